import { expect, test } from 'vitest';
import { logBadRow } from '../../../../src/commands/run/reporting/log-bad-row.ts';
import type { RowLine } from '../../../../src/journal/journal-lines.ts';
import { Tally } from '../../../../src/journal/tally.ts';
import { createTestLog } from '../../../helpers/test-log.ts';

/** What is logged loudly of 250 bad rows of one cause and 3 of another. */
function loudLines(isWatched: boolean): string[] {
  const { logger, text } = createTestLog();
  const tally = new Tally();
  for (let row = 1; row <= 253; row += 1) {
    const error =
      row <= 250
        ? { code: 'ERR_EMAIL', message: `no address in row ${row}` }
        : { code: 'ERR_DATE', message: 'no date' };
    const line: RowLine = { type: 'row', row, line: row + 1, status: 'invalid', error, at: '' };
    tally.add(line);
    logBadRow(logger, line, tally, isWatched);
  }
  const lines = text().trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line).msg);
}

test('in a log the first five rows of a cause stand by themselves', () => {
  expect(loudLines(false)).toEqual([
    ...[1, 2, 3, 4, 5].map((row) => `no address in row ${row}`),
    ...Array(3).fill('no date'),
  ]);
});

test('beside a progress line a cause is counted: its first row, then each tenfold', () => {
  expect(loudLines(true)).toEqual([
    'no address in row 1',
    '10 rows so far: no address in row 10',
    '100 rows so far: no address in row 100',
    'no date',
  ]);
});
