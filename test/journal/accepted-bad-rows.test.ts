import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Share } from '../../src/core/types.ts';
import { acceptBadRows } from '../../src/journal/accepted-bad-rows.ts';
import { Tally } from '../../src/journal/tally.ts';

function tallied(dataRows: number, counts: { invalid?: number; rejected?: number; failed?: number }) {
  const { statuses } = new Tally();
  return { statuses: { ...statuses, ...counts }, dataRows };
}
const percent = (percent: number): Share => ({ kind: 'percent', percent });
const rows = (rows: number): Share => ({ kind: 'rows', rows });

test.each<
  [share: Share, dataRows: number, counts: Parameters<typeof tallied>[1], allowed: number, met: boolean]
>([
  [rows(3), 10, { invalid: 2, rejected: 1 }, 3, true],
  [rows(3), 10, { invalid: 2, rejected: 2 }, 3, false],
  [rows(3), 10, { failed: 1 }, 3, false],
  [percent(0.5), 20_000, { invalid: 100 }, 100, true],
  [percent(0.5), 19_999, { invalid: 100 }, 99, false],
  [percent(0.07), 10_000, { rejected: 7 }, 7, true],
  [percent(100), 5, { invalid: 5 }, 5, true],
  [percent(1), 99, {}, 0, true],
])('%j of %i rows, %j: %i allowed, met: %s', (share, dataRows, counts, allowed, met) => {
  expect(acceptBadRows(share, tallied(dataRows, counts), false)).toMatchObject({ allowed, met });
});

test('none where none is accepted; a shard is judged only for what failed', () => {
  expect(acceptBadRows(rows(0), tallied(10, { invalid: 1 }), false)).toBeUndefined();
  expect(acceptBadRows(percent(0), tallied(10, {}), true)).toBeUndefined();
  expect(acceptBadRows(percent(1), tallied(10, { invalid: 9 }), true)).toEqual({ given: '1%', met: true });
  expect(acceptBadRows(percent(1), tallied(10, { failed: 1 }), true)).toEqual({ given: '1%', met: false });
});

test('a percentage with digits after the point allows what a person would count', () => {
  fc.assert(
    fc.property(fc.nat(100_000), fc.nat(1_000_000), (thousandths, dataRows) => {
      const share = percent(thousandths / 1_000);
      const counted = acceptBadRows(share, tallied(dataRows, {}), false);
      const exact = (BigInt(thousandths) * BigInt(dataRows)) / 100_000n;
      expect(counted?.allowed ?? 0).toBe(Number(exact));
    }),
  );
});
