import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { Coverage, type Spans } from '../../../src/commands/merge/row-coverage.ts';

test('law: exactly the rows that are missing or told of twice are found, in whatever order they come', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.constantFrom(0, 1, 1, 1, 2), { maxLength: 40 }), { minLength: 1, maxLength: 3 }),
      fc.infiniteStream(fc.nat()),
      (inputs, order) => {
        const told = inputs.flatMap((times, input) =>
          times.flatMap((n, i) => Array(n).fill({ input, row: i + 1 })),
        );
        const shuffled = told
          .map((place) => ({ place, key: order.next().value }))
          .sort((a, b) => a.key - b.key);
        const coverage = new Coverage();
        for (const { place } of shuffled) coverage.add(place.input, place.row);
        const { rows, gaps, doubles, strangers } = coverage.settle(inputs.map(({ length }) => length));
        const all = inputs.flatMap((times, input) => times.map((n, i) => ({ n, name: `${input}:${i + 1}` })));
        expect(rowsIn(gaps)).toEqual(all.filter(({ n }) => n === 0).map(({ name }) => name));
        expect(rowsIn(doubles)).toEqual(all.filter(({ n }) => n === 2).map(({ name }) => name));
        expect(rows).toBe(all.filter(({ n }) => n > 0).length);
        expect(strangers.rows).toBe(0);
      },
    ),
  );
});

it('makes spans of neighbours, and finds rows that no input has', () => {
  const coverage = new Coverage();
  for (const row of [1, 5, 9, 10]) coverage.add(0, row);
  coverage.add(1, 1);
  const { gaps, strangers } = coverage.settle([8]);
  expect(gaps).toMatchObject({
    rows: 6,
    spans: [
      { from: 2, to: 4 },
      { from: 6, to: 8 },
    ],
  });
  expect(strangers).toMatchObject({
    rows: 3,
    spans: [
      { input: 0, from: 9, to: 10 },
      { input: 1, from: 1, to: 1 },
    ],
  });
});

it('knows only the rows before the last one seen where nobody knows how many there are', () => {
  const coverage = new Coverage();
  for (const row of [1, 3]) coverage.add(0, row);
  expect(coverage.settle([undefined]).gaps).toMatchObject({ rows: 1, spans: [{ from: 2, to: 2 }] });
});

it('counts all gaps and keeps the first thousand', () => {
  const coverage = new Coverage();
  for (let row = 2; row <= 10_000; row += 2) coverage.add(0, row);
  const { gaps } = coverage.settle([10_000]);
  expect([gaps.rows, gaps.spans.length]).toEqual([5_000, 1_000]);
});

// --- internal ---

/** `input:row` of every row in the spans. */
function rowsIn({ rows, spans }: Spans): string[] {
  const names = spans.flatMap(({ input, from, to }) =>
    Array.from({ length: to - from + 1 }, (_, i) => `${input}:${from + i}`),
  );
  expect(names).toHaveLength(rows);
  return names;
}
