import { expect, it } from 'vitest';
import { emulatorProcess, type Write } from '../helpers/emulator-process.ts';
import { sync } from '../helpers/sync.ts';
import { writeInput } from '../helpers/write-input.ts';

/** A run of any size; `ROWS=20000` takes over a minute. */
const ROWS = Number(process.env['ROWS'] ?? 8_000);
/** Half of them come twice. */
const CONTACTS = Math.ceil(ROWS / 1.5);
/** From a row of a contact to its next one: side by side, within the window of rows in flight, and far apart. */
const DISTANCES = [1, 40, ROWS / 4];

it('brings its rows through throttling, errors and lost answers, each contact in order', {
  timeout: 300_000,
}, async () => {
  const emulator = await emulatorProcess([
    ...['--contacts', `${CONTACTS}`, '--limit', '500/1s', '--latency', '5-50ms'],
    ...['--fault', '500=2%', '--fault', 'reset-before=1%', '--fault', 'reset-after=1%'],
  ]);
  const ids = contactOfRows();
  const lines = ids.map((id, i) => `${id},${i + 1}\n`);
  const input = writeInput('contacts.csv', `contact_id,custom_attributes.row\n${lines.join('')}`);

  const { code, rows, summary } = await sync({
    url: emulator.url,
    args: [input, '--rate', '520', '--log-level', 'error'],
  });

  expect(code).toBe(0);
  expect(summary).toMatchObject({ rows_read: ROWS, pending: 0, statuses: { updated: ROWS } });
  expect(new Set(rows.map(({ row }) => row)).size).toBe(ROWS);
  expect(rows).toHaveLength(ROWS);

  const writes = await emulator.writes();
  const lastRow = new Map(ids.map((id, i) => [id, i + 1]));
  const lastWritten = new Map(writes.map((write) => [write.contactId, rowOf(write)]));
  expect(lastWritten).toEqual(lastRow);
  expect(wentBack(writes)).toEqual([]);

  const stats = await emulator.stats();
  expect(stats.throttled).toBeGreaterThan(0);
  expect(stats.faults).toMatchObject({
    '500': expect.any(Number),
    'reset-before': expect.any(Number),
    'reset-after': expect.any(Number),
  });
  expect(summary.throttled).toBe(stats.throttled);
  expect(summary.requests).toBe(stats.requests);
  expect(rows.reduce((sum, { attempts = 0 }) => sum + attempts, 0)).toBe(stats.requests);
  expect(stats.overlaps).toBe(0);
});

// --- internal ---

/** The contact of each row; the first half of the contacts come a second time, a varying distance later. */
function contactOfRows(): number[] {
  const again: (number | undefined)[] = [];
  const ids: number[] = [];
  let next = 1;
  while (ids.length < ROWS) {
    const due = again[ids.length];
    if (due !== undefined || next > CONTACTS) {
      ids.push(due ?? CONTACTS);
      continue;
    }
    const id = next++;
    if (id <= CONTACTS / 2) {
      let at = ids.length + (DISTANCES[id % DISTANCES.length] ?? 1);
      while (again[at] !== undefined) at += 1;
      again[at] = id;
    }
    ids.push(id);
  }
  return ids;
}

function rowOf({ body }: Write): number {
  return Number((body['custom_attributes'] as { row: string }).row);
}

/** Writes of a contact that came after one of a later row. */
function wentBack(writes: readonly Write[]): Write[] {
  const latest = new Map<number, number>();
  return writes.filter((write) => {
    const before = latest.get(write.contactId) ?? 0;
    latest.set(write.contactId, Math.max(before, rowOf(write)));
    return rowOf(write) < before;
  });
}
