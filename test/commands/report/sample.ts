import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const HOSTILE =
  '</script><script>window.broken=1</script><img src=x onerror="window.broken=1">\'"&\u2028`|';

const START = Date.parse('2026-11-22T02:00:00Z');
const at = (seconds: number) => new Date(START + seconds * 1000).toISOString();

export const HEADER = {
  type: 'run',
  version: 2,
  run_id: 'run-1',
  tool_version: '0.1.0',
  started_at: at(0),
  account: 'a067cdbe7d1bc2b2',
  base_url: 'http://127.0.0.1:1',
  inputs: [{ name: 'contacts.csv', format: 'csv' }],
  mapping_hash: 'h',
  options: {},
  dry_run: false,
};

/** A row that ended `seconds` after the start. */
export function rowAt(row: number, seconds: number, more: object = {}) {
  const sent = { http_status: 200, attempts: 1, duration_ms: 40 + (row % 90), fields: ['email', 'name'] };
  return {
    type: 'row',
    row,
    line: row + 1,
    contact_id: row,
    status: 'updated',
    ...sent,
    ...more,
    at: at(seconds),
  };
}

/** Two processes, a pause, bad rows of two causes; what others named is hostile. */
export function busyRun(): object[] {
  const lines: object[] = [HEADER];
  const stretch = (from: number, to: number, shift: number) => {
    for (let second = from; second < to; second += 1) {
      for (let i = 0; i < 5; i += 1) {
        const row = second * 5 + i + 1;
        const error = { code: 'ERR_EMAIL', message: `Column "${HOSTILE}" is no address`, column: HOSTILE };
        const refused = { code: 'ERR_NOT_FOUND', message: 'the account has no such contact' };
        const more =
          row % 17 === 0
            ? { status: 'invalid', error }
            : row % 29 === 0
              ? { status: 'rejected', error: refused }
              : {};
        const extra = row % 13 === 0 ? { not_applied: ['name'], attempts: 2, conflicts: ['email'] } : {};
        lines.push(rowAt(row, second + shift + i / 10, { ...extra, ...more }));
      }
      const isPaused = second % 20 > 15;
      lines.push({
        type: 'pulse',
        at: at(second + shift + 0.9),
        ms: 1000,
        requests: isPaused ? 1 : 6,
        retries: 1,
        throttled: isPaused ? 2 : 0,
        paused_ms: isPaused ? 800 : 0,
        outage_ms: 0,
      });
    }
  };
  stretch(0, 30, 0);
  lines.push({ type: 'resume', tool_version: '0.1.0', at: at(3600), rows_done: 150, torn_bytes: 0 });
  stretch(30, 60, 3570);
  return lines;
}

/** Writes a run directory `name` in `root`. */
export function writeRun(root: string, name: string, lines: readonly object[], torn = ''): string {
  const dir = join(root, name);
  mkdirSync(dir, { recursive: true });
  writeFileSync(
    join(dir, 'results.jsonl'),
    `${lines.map((line) => JSON.stringify(line)).join('\n')}\n${torn}`,
  );
  return dir;
}

/** The night of the `day`th of November of a job with 100 rows, as its first and its last line. */
export function nightOf(
  job: string,
  day: number,
  {
    bad = 0,
    fresh,
    pending = 0,
    ...more
  }: {
    readonly bad?: number;
    readonly fresh?: number;
    readonly pending?: number;
    readonly exit_code?: number;
    readonly stopped?: object;
  },
): object[] {
  const none = { created: 0, skipped: 0, superseded: 0, planned: 0, rejected: 0, failed: 0 };
  const statuses = { ...none, updated: 10, unchanged: 90 - bad - pending, invalid: bad };
  const started_at = `2026-11-${String(day).padStart(2, '0')}T02:00:00.000Z`;
  const summary = {
    exit_code: 0,
    duration_s: 120,
    rows_read: 100,
    statuses,
    pending,
    requests: 12,
    rate: { allowed: 20, achieved: 7.5, held_back_by: 'rate' },
    ...(fresh === undefined ? {} : { new_bad_rows: fresh }),
    ...more,
  };
  return [
    { ...HEADER, run_id: `${job}-${day}`, started_at, job },
    { type: 'end', summary },
  ];
}
