import fc from 'fast-check';
import { expect, it } from 'vitest';
import { IdTable, widened } from '../../src/core/id-table.ts';

const ID = fc.oneof(
  fc.integer({ min: 1, max: 50 }),
  fc.nat(9).map((n) => (n + 1) * 2 ** 40),
  fc.maxSafeNat(),
);

it('law: numbers ids as a map would, in the order in which they come', () => {
  fc.assert(
    fc.property(fc.array(ID, { maxLength: 200 }), (ids) => {
      const table = new IdTable();
      const model = new Map<number, number>();
      for (const id of ids) {
        expect(table.indexOf(id)).toBe(model.get(id));
        if (!model.has(id)) model.set(id, model.size);
        expect(table.add(id)).toBe(model.get(id));
      }
      expect(table.size).toBe(model.size);
      for (const [id, index] of model) expect([table.at(index), table.has(id)]).toEqual([id, true]);
    }),
  );
});

it('grows, and tells for how many there is room', () => {
  const table = new IdTable();
  let numbers = new Float64Array(table.room);
  for (let i = 0; i < 10_000; i += 1) {
    const index = table.add(i * 1_000);
    if (table.room > numbers.length) numbers = widened(numbers, table.room);
    numbers[index] = i;
  }
  expect([table.size, table.indexOf(7), numbers[table.indexOf(9_999_000) ?? 0]]).toEqual([
    10_000,
    undefined,
    9_999,
  ]);
});
