import { expect, test } from 'vitest';
import { badRowsToKeep, countNewBadRows } from '../../../../src/commands/run/reporting/known-bad-rows.ts';
import type { RowLine, RunLine } from '../../../../src/journal/journal-lines.ts';
import type { Summary } from '../../../../src/journal/summary.ts';
import { Tally } from '../../../../src/journal/tally.ts';

/** A tally of bad rows with these faults; undefined: one whose line does not name it. */
function tallied(...faults: readonly (string | undefined)[]): Tally {
  const tally = new Tally();
  for (const [i, fault] of faults.entries()) {
    const line: RowLine = { type: 'row', row: i + 1, line: i + 2, status: 'invalid', at: '' };
    tally.add(fault === undefined ? line : { ...line, fault });
  }
  return tally;
}

const known = (hashes: readonly string[] | null, number: number | null = 4) => ({
  run_id: 'before',
  number,
  at: '',
  hashes,
});

test.each<[bad: (string | undefined)[], before: string[] | null | undefined, fresh: number | undefined]>([
  [[], undefined, undefined],
  [['a'], undefined, undefined],
  [[], ['a'], 0],
  [['a', 'b'], ['a', 'b', 'c'], 0],
  [['a', 'd', 'e'], ['a', 'b'], 2],
  [['d', 'd'], ['a'], 2],
  [['a', 'a'], ['a'], 0],
  [['a'], [], 1],
  [['a'], null, undefined],
  [['a', undefined], ['a'], undefined],
])('of %j after %j: %s new', (bad, before, fresh) => {
  expect(countNewBadRows(tallied(...bad), before === undefined ? undefined : known(before))).toBe(fresh);
});

const HEADER = { run_id: 'now', number: 5, dry_run: false } as RunLine;
const SUMMARY = { ended_at: '2026-11-22T02:00:00.000Z', pending: 0 } as Summary;
const ENDED = { header: HEADER, summary: SUMMARY, tally: tallied('a', 'b'), isWhole: true };

test('a run of all rows is what the next one is compared with, however bad it was', () => {
  expect(badRowsToKeep(ENDED, undefined)).toEqual({
    run_id: 'now',
    number: 5,
    at: SUMMARY.ended_at,
    hashes: ['a', 'b'],
  });
  expect(badRowsToKeep({ ...ENDED, tally: tallied() }, known(['a']))).toMatchObject({ hashes: [] });
  expect(badRowsToKeep({ ...ENDED, tally: tallied('a', undefined) }, known(['a']))).toMatchObject({
    hashes: null,
  });
});

test.each<[what: string, ended: Partial<typeof ENDED>]>([
  ['a dry run', { header: { ...HEADER, dry_run: true } }],
  ['a retry', { header: { ...HEADER, parent_run: { run_id: 'p', dir: '' } } }],
  ['a canary', { isWhole: false }],
  ['one that stopped', { summary: { ...SUMMARY, stopped: { code: 'ERR_OUTAGE', message: '' } } }],
  ['one with pending rows', { summary: { ...SUMMARY, pending: 1 } }],
  ['one of older data', { header: { ...HEADER, number: 3 } }],
])('%s is not', (_what, ended) => {
  expect(badRowsToKeep({ ...ENDED, ...ended }, known(['a']))).toBeUndefined();
});
