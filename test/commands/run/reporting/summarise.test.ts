import { describe, expect, test } from 'vitest';
import { incompleteness, pendingRows } from '../../../../src/commands/run/reporting/summarise.ts';

const counts = (read: number, settled: number) => ({
  read,
  doneBefore: settled,
  given: 0,
  seen: 0,
  inFlight: 0,
  underWay: 0,
});

test.each([
  [10, 0, 10, 0],
  [10, 4, 6, 0],
  [10, 4, 2, 4],
])(
  'of %i rows read, %i of an earlier process, with %i outcomes, %i are pending',
  (read, settled, outcomes, pending) => {
    expect(pendingRows(counts(read, settled), outcomes)).toBe(pending);
  },
);

test('more outcomes than rows are a bug', () => {
  expect(() => pendingRows(counts(3, 1), 3)).toThrow('counts do not add up: 2 rows read, 3 outcomes');
});

describe('a run that read its input to the end', () => {
  test('is complete where each row has an outcome', () => {
    expect(incompleteness(counts(10, 4), { outcomes: 6, earlier: 4 })).toBeUndefined();
  });

  test('is not complete with rows that have none', () => {
    expect(incompleteness(counts(10, 4), { outcomes: 5, earlier: 4 })).toMatchObject({
      code: 'ERR_PENDING',
      exitCode: 3,
      message: '1 row was left without an outcome',
    });
  });

  test('is not complete where it gave fewer rows than its journal knew', () => {
    expect(incompleteness(counts(0, 0), { outcomes: 0, earlier: 4 })).toMatchObject({
      code: 'ERR_INPUT_CHANGED',
      exitCode: 3,
      message: expect.stringContaining('has the outcomes of 4 rows, but the input gave only 0 of them'),
    });
  });
});
