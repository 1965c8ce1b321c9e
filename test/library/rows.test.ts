import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { finish, syncHere } from '../helpers/sync-here.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const NAMED = { version: 1, contact_id: 'contact_id', fields: { name: 'name' } } as const;

describe('rows of a program', () => {
  it('are what JSON makes of them', async () => {
    const emulator = await emulatorHere({ contacts: 3 });
    const rows = [
      { contact_id: 1, custom_attributes: { since: new Date(0), tags: ['a', undefined], gone: undefined } },
    ];
    const { outcomes } = await finish(syncHere(emulator, { rows }));
    expect(outcomes).toMatchObject([{ status: 'updated', contactId: 1 }]);
    expect(emulator.journal.map(({ body }) => body)).toEqual([
      { custom_attributes: { since: '1970-01-01T00:00:00.000Z', tags: ['a', null] } },
    ]);
  });

  const circle: { contact_id: number; self?: unknown } = { contact_id: 2 };
  circle.self = circle;
  it.each([
    ['a BigInt', { contact_id: 2, name: 10n }, '"name" is a bigint, which JSON cannot hold'],
    ['NaN', { contact_id: 2, score: Number.NaN }, '"score" is NaN, which JSON cannot hold'],
    ['an invalid date', { contact_id: 2, on: new Date('x') }, '"on" is an invalid date'],
    ['a Map', { contact_id: 2, custom_attributes: new Map() }, '"custom_attributes" is a Map or a Set'],
    ['a function', { contact_id: 2, name: () => 'Ben' }, '"name" is a function'],
    ['a circle', circle, 'the row cannot be written as JSON (TypeError)'],
    ['no object', [2], 'an array, not a JSON object'],
    ['too large', { contact_id: 2, name: 'x'.repeat(1024 * 1024) }, 'longer than 1 MiB'],
  ])('that JSON cannot hold are invalid, and the rest goes on: %s', async (_what, row, message) => {
    const emulator = await emulatorHere({ contacts: 3 });
    const rows: object[] = [{ contact_id: 1, name: 'Anna' }, row, { contact_id: 3, name: 'Cai' }];
    const { outcomes } = await finish(syncHere(emulator, { rows, mapping: NAMED }));
    expect(outcomes.map(({ status }) => status)).toEqual(['updated', 'invalid', 'updated']);
    expect(outcomes[1]?.error?.message).toContain(message);
  });

  it('may be none', async () => {
    const emulator = await emulatorHere({ contacts: 3 });
    for (const mapping of [undefined, NAMED]) {
      const { summary } = await finish(syncHere(emulator, { rows: [], mapping }));
      expect(summary).toMatchObject({ exit_code: 0, rows_read: 0, warnings: ['the input has no rows'] });
    }
  });

  it('are sent as they come where a function maps them', async () => {
    const emulator = await emulatorHere({ contacts: 3 });
    let answer: (() => void) | undefined;
    async function* questions() {
      for (const id of [1, 2, 3]) {
        yield { id };
        await new Promise<void>((resolve) => (answer = resolve)); // the next one waits for the outcome of this one
      }
    }
    const run = syncHere(emulator, {
      rows: questions(),
      mapping: ({ id }) => ({ contactId: id, fields: { name: `Contact ${id}` } }),
    });
    const seen: number[] = [];
    for await (const { row } of run) {
      seen.push(row);
      answer?.();
    }
    expect(seen).toEqual([1, 2, 3]);
  });

  it('that break off stop the run, after those before', async () => {
    const emulator = await emulatorHere({ contacts: 3 });
    const broken = new RangeError('the cursor is gone');
    async function* rows() {
      yield { id: 1 };
      yield { id: 2 };
      throw broken;
    }
    const run = syncHere(emulator, {
      rows: rows(),
      mapping: ({ id }) => ({ contactId: id, fields: { name: 'A' } }),
    });
    const { outcomes, summary } = await finish(run);
    expect(outcomes).toHaveLength(2);
    expect(summary).toMatchObject({ exit_code: 3, stopped: { code: 'ERR_INPUT' }, statuses: { updated: 2 } });
    expect(summary.stopped?.message).toBe('the rows broke off after row 2 (RangeError).');
    expect(run.stopped?.cause).toBe(broken);
    expect(summary.next).toBeUndefined();
  });

  it('are kept by spool, so that a run can be gone on with', async () => {
    const emulator = await emulatorHere({ contacts: 50 });
    const runDir = join(tempDir(), 'run');
    const rows: object[] = Array.from({ length: 50 }, (_, i) => ({
      contact_id: i + 1,
      name: `Contact ${i}`,
    }));
    rows[0] = { contact_id: 1, name: 1n };
    const canary = await finish(syncHere(emulator, { rows, spool: true, limit: 10, runDir, mapping: NAMED }));
    expect(canary.summary.statuses).toMatchObject({ updated: 9, invalid: 1 });
    const rest = await finish(syncHere(emulator, { resume: runDir, limit: Number.POSITIVE_INFINITY }));
    expect(rest.summary.statuses).toMatchObject({ updated: 49, invalid: 1 });
    expect(rest.outcomes).toHaveLength(40);
  });

  it('leave what is refused in a rejects file, ready to be sent again', async () => {
    const emulator = await emulatorHere({ contacts: 3 });
    const runDir = join(tempDir(), 'run');
    const rows = [{ contact_id: 1, email: 'anna at example.com' }];
    await finish(syncHere(emulator, { rows, runDir }));
    expect(readdirSync(runDir)).toContain('rejects.jsonl');
    const [reject = ''] = readFileSync(join(runDir, 'rejects.jsonl'), 'utf8').split('\n');
    expect(JSON.parse(reject)).toMatchObject({ ...rows[0], _error_code: 'ERR_EMAIL' });
  });
});
