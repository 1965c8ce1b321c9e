import { expect, test } from 'vitest';
import { isBeyond, tooManyErrors } from '../../../src/commands/run/error-limit.ts';
import type { Share } from '../../../src/core/types.ts';

const TEN_ROWS: Share = { kind: 'rows', rows: 10 };
const FIVE_PERCENT: Share = { kind: 'percent', percent: 5 };

test.each<[what: string, share: Share, bad: number, rows: number, isOver: boolean]>([
  ['as many bad rows as allowed', TEN_ROWS, 10, 10, false],
  ['one more', TEN_ROWS, 11, 11, true],
  ['no bad row, where none is allowed', { kind: 'rows', rows: 0 }, 0, 5, false],
  ['the first bad row, where none is allowed', { kind: 'rows', rows: 0 }, 1, 1, true],
  ['a share of fewer than a hundred rows means nothing yet', FIVE_PERCENT, 99, 99, false],
  ['the hundredth row, beyond the share', FIVE_PERCENT, 6, 100, true],
  ['the hundredth row, at the share', FIVE_PERCENT, 5, 100, false],
  ['beyond the share of many rows', FIVE_PERCENT, 51, 1_000, true],
  ['at the share of many rows', FIVE_PERCENT, 50, 1_000, false],
])('%s', (_what, share, bad, rows, isOver) => {
  expect(isBeyond(share, { rows, bad })).toBe(isOver);
});

test.each<[share: Share, bound: string]>([
  [TEN_ROWS, '10'],
  [FIVE_PERCENT, '5%'],
])('the error names the bound: %j', (share, bound) => {
  expect(tooManyErrors(share, { rows: 200, bad: 11 })).toMatchObject({
    code: 'ERR_MAX_ERRORS',
    exitCode: 3,
    message: `11 of 200 rows ended badly, more than --max-errors ${bound}`,
  });
});
