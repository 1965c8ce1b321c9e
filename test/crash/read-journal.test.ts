import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RowLine } from '../../src/journal/journal-lines.ts';
import { foldJournal, isFinished } from '../../src/journal/read-journal.ts';
import { RowSet } from '../../src/journal/row-set.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const HEADER = {
  type: 'run',
  version: 1,
  run_id: 'r',
  tool_version: '0.1.0',
  started_at: '2026-11-22T02:00:00.000Z',
  account: 'a',
  base_url: 'u',
  inputs: [],
  mapping_hash: 'm',
  options: { limit: 10 },
  dry_run: false,
};
const rowLine = (row: number, more: Partial<RowLine> = {}): RowLine => ({
  type: 'row',
  row,
  line: row + 1,
  status: 'updated',
  at: '2026-11-22T02:00:00.000Z',
  ...more,
});
const textOf = (lines: readonly object[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join('');

test('a journal cut at any byte, with anything behind it that is no line, folds to its whole lines', async () => {
  const dir = tempDir();
  const rows = [1, 2, 3, 5, 4].map((row) => rowLine(row, { contact_id: row, fields: ['näme', '→'] }));
  const bytes = Buffer.from(textOf([HEADER, ...rows]), 'utf8');
  const headerEnd = bytes.indexOf(10) + 1;
  const tails = fc.constantFrom(
    '',
    '\0',
    '\0'.repeat(4_096),
    '{"type":"row","row":6',
    '\0\n\0\n',
    '\u{FFFD}',
  );
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: headerEnd, max: bytes.length }), tails, async (cut, tail) => {
      writeFileSync(join(dir, 'results.jsonl'), Buffer.concat([bytes.subarray(0, cut), Buffer.from(tail)]));
      const fold = await foldJournal(dir);
      const whole = bytes.lastIndexOf(10, cut - 1) + 1;
      expect(fold.size).toBe(whole);
      expect(fold.tornBytes).toBe(cut - whole + Buffer.byteLength(tail));
      const lines = bytes.subarray(headerEnd, whole).toString('utf8').split('\n').length - 1;
      expect(fold.done.size).toBe(lines);
      expect(rows.slice(0, lines).every(({ row }) => fold.done.has(0, row))).toBe(true);
      expect(fold.tally.rows).toBe(lines);
    }),
    { numRuns: 300 },
  );
});

test('a row counts once, and its first outcome is the one', async () => {
  const dir = tempDir();
  const lines = [HEADER, rowLine(1), rowLine(1, { status: 'failed' })];
  writeFileSync(join(dir, 'results.jsonl'), textOf(lines));
  const { done, bad, tally } = await foldJournal(dir);
  expect([done.size, bad.size, tally.rows, tally.statuses.updated]).toEqual([1, 0, 1, 1]);
});

test.each([
  ['the header', [], 10],
  ['a resume that gave more', [{ type: 'resume', limit: 50 }], 50],
  [
    'a resume that gave all',
    [
      { type: 'resume', limit: 50 },
      { type: 'resume', limit: 'all' },
    ],
    Infinity,
  ],
  ['a resume of a version that did not say', [{ type: 'resume', limit: 50 }, { type: 'resume' }], 50],
])('the limit is that of %s', async (_what, more, limit) => {
  const dir = tempDir();
  writeFileSync(join(dir, 'results.jsonl'), textOf([HEADER, ...more]));
  expect((await foldJournal(dir)).limit).toBe(limit);
});

test.each([
  ['without an end', [], false],
  ['that ended', [{ type: 'end', summary: { pending: 0 } }], true],
  ['that stopped early', [{ type: 'end', summary: { pending: 0, stopped: { code: 'SIGTERM' } } }], false],
  ['with rows pending', [{ type: 'end', summary: { pending: 1 } }], false],
  ['that ended and was begun again', [{ type: 'end', summary: { pending: 0 } }, { type: 'resume' }], false],
])('a run %s: finished %s', async (_what, more, finished) => {
  const dir = tempDir();
  writeFileSync(join(dir, 'results.jsonl'), textOf([HEADER, rowLine(1), ...more]));
  expect(isFinished(await foldJournal(dir))).toBe(finished);
});

test.each([
  ['is not there', undefined, /there is no results\.jsonl in it/],
  ['is empty', '', /its journal is empty/],
  ['does not begin with a run', textOf([rowLine(1)]), /does not begin with a run/],
  [
    'is of a newer version',
    textOf([{ ...HEADER, version: 4, tool_version: '9.0.0' }]),
    /9\.0\.0, which is newer/,
  ],
  [
    'is damaged',
    textOf([HEADER]) + textOf([rowLine(1)]).slice(5) + textOf([rowLine(2)]),
    /line 2 is not readable/,
  ],
])('a journal that %s is refused', async (_what, text, message) => {
  const dir = tempDir();
  if (text !== undefined) writeFileSync(join(dir, 'results.jsonl'), text);
  await expect(foldJournal(dir)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(message),
  });
});

test('a row set is a set, whatever the order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 100_000 })), (rows) => {
      const set = new RowSet();
      const model = new Set<number>();
      for (const row of rows) {
        expect(set.add(row)).toBe(!model.has(row));
        model.add(row);
      }
      expect(set.size).toBe(model.size);
      expect(rows.every((row) => set.has(row))).toBe(true);
      expect([1, 7, 8, 9, 99_999].every((row) => set.has(row) === model.has(row))).toBe(true);
    }),
  );
});
