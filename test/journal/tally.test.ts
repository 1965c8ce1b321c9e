import { describe, expect, test } from 'vitest';
import type { ErrorLine, RowLine } from '../../src/journal/journal-lines.ts';
import { Tally } from '../../src/journal/tally.ts';

function bad(row: number, error: ErrorLine, more: Partial<RowLine> = {}): RowLine {
  return { type: 'row', row, line: row + 1, status: 'rejected', error, at: '', ...more };
}
function tallied(...lines: readonly RowLine[]): Tally {
  const tally = new Tally();
  for (const line of lines) tally.add(line);
  return tally;
}

test('counts statuses, bad rows, what was not applied and what was dropped', () => {
  const ok: RowLine = { type: 'row', row: 1, line: 2, status: 'updated', at: '' };
  const error = { code: 'ERR_X', message: 'x' };
  const tally = tallied(
    { ...ok, not_applied: ['a', 'b'] },
    { ...ok, not_applied: ['a'], dropped: [error, error] },
    { ...ok, status: 'skipped' },
    bad(4, error, { status: 'invalid' }),
    bad(5, error, { status: 'failed' }),
    bad(6, error),
  );
  expect(tally.statuses).toMatchObject({
    updated: 2,
    skipped: 1,
    invalid: 1,
    failed: 1,
    rejected: 1,
    created: 0,
  });
  expect([tally.rows, tally.bad, tally.dropped]).toEqual([6, 3, 2]);
  expect(Object.fromEntries(tally.notApplied)).toEqual({ a: 2, b: 1 });
});

describe('causes', () => {
  test.each<[what: string, a: Partial<ErrorLine>, b: Partial<ErrorLine>, same: boolean]>([
    ['numbers differ', { message: 'id 17 is none' }, { message: 'id 4 is none' }, true],
    ['quoted text differs', { message: 'not "a" but' }, { message: 'not "bcd" but' }, true],
    [
      'some were tried more than once',
      { message: 'refused (2 requests): x' },
      { message: 'refused: x' },
      true,
    ],
    ['messages differ', { message: 'too long' }, { message: 'too short' }, false],
    ['codes differ', { code: 'ERR_A' }, { code: 'ERR_B' }, false],
    ['fields differ', { field: 'email' }, { field: 'name' }, false],
    ['columns differ', { column: 'A' }, { column: 'B' }, false],
  ])('%s: the same %j', (_what, a, b, same) => {
    const base: ErrorLine = { code: 'ERR_X', message: 'x' };
    expect(tallied(bad(1, { ...base, ...a }), bad(2, { ...base, ...b })).causes()).toHaveLength(same ? 1 : 2);
  });

  test('the commonest first, each with its first row', () => {
    const [a, b] = [
      { code: 'ERR_A', message: 'a', field: 'email', column: 'Mail' },
      { code: 'ERR_B', message: 'b' },
    ];
    expect(tallied(bad(1, b), bad(2, a), bad(3, a, { input: 1 })).causes()).toEqual([
      { ...a, count: 2, example: { row: 2, line: 3 } },
      { ...b, count: 1, example: { row: 1, line: 2 } },
    ]);
  });

  test('beyond 200 they are counted together, and seldom told', () => {
    const tally = new Tally();
    const letters = (i: number): string => String.fromCharCode(97 + (i % 26), 97 + Math.floor(i / 26));
    const error = (i: number): ErrorLine => ({ code: 'ERR_X', message: letters(i), column: 'Name' });
    for (let i = 0; i < 210; i += 1) tally.add(bad(i, error(i)));
    expect(tally.causes()).toHaveLength(201);
    expect(tally.causes()[0]).toEqual({
      code: 'OTHER',
      message: 'other causes',
      count: 10,
      example: { row: 200, line: 201 },
    });
    expect(tally.countOf(error(209))).toBe(10);
    expect(tally.countOf(error(0))).toBe(1);
  });
});
