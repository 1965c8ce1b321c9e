import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ContactIndex } from '../../../src/client/lookup/contact-index.ts';
import { hasKey } from '../../../src/client/lookup/match-key.ts';
import { type JsonObject, KEY_FIELDS } from '../../../src/core/types.ts';

const value = fc.constantFrom('a@b.c', 'A@b.c', 'x', 'y', '+1555', '', null, 7);
/** Ids next to each other, far apart, and beyond 32 bits. */
const id = fc.oneof(
  fc.integer({ min: 1, max: 12 }),
  fc.constantFrom(2 ** 32 + 1, 2 ** 32 + 2, 17_629_000_001_207),
);
const contact = fc.record(
  { id, email: value, phone_number: value, identifier: value },
  { requiredKeys: ['id'] },
);

test('finds what a map of all contacts finds, however they change', () => {
  fc.assert(
    fc.property(fc.array(contact, { maxLength: 60 }), (seen) => {
      const index = new ContactIndex();
      const all = new Map<number, JsonObject>();
      for (const one of seen) {
        expect(index.meet(one)).toBe(!all.has(one.id));
        all.set(one.id, { ...all.get(one.id), ...one });
      }
      expect(index.size).toBe(all.size);
      for (const field of KEY_FIELDS) {
        for (const text of ['a@b.c', 'x', 'y', '+1555', '7', 'nobody']) {
          const holders = [...all.values()].filter((one) => hasKey(one, { field, value: text }));
          const ids = [...index.find({ field, value: text })];
          expect(ids.sort()).toEqual(holders.map((one) => one['id']).sort());
        }
      }
    }),
    { numRuns: 500 },
  );
});

test('grows', () => {
  const index = new ContactIndex();
  const at = (n: number): JsonObject => ({ id: n * 1_024, email: `${n}@b.c`, identifier: `crm-${n}` });
  for (let n = 1; n <= 20_000; n += 1) index.meet(at(n));
  // those that change again and again leave nothing behind
  for (let n = 0; n < 10_000; n += 1) index.meet({ id: 1_024, email: `${n % 2}@x.y` });
  expect(index.size).toBe(20_000);
  for (let n = 2; n <= 20_000; n += 997) {
    expect(index.find({ field: 'email', value: `${n}@B.c` })).toEqual([n * 1_024]);
  }
  expect(index.find({ field: 'email', value: '1@b.c' })).toEqual([]);
  expect(index.find({ field: 'email', value: '1@x.y' })).toEqual([1_024]);
});

test('takes no contact without an id', () => {
  expect(new ContactIndex().meet({ email: 'a@b.c' })).toBe(false);
});
