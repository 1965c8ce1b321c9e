import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Contact } from '../../src/emulator/contact.ts';
import { UNIQUE_COLUMNS } from '../../src/emulator/contact.ts';
import { ContactStore } from '../../src/emulator/contact-store.ts';
import { seedContact } from '../../src/emulator/seed-contact.ts';

const SEED = 1;
const FIRST_ID = 100;
const COUNT = 5;

const id = fc.integer({ min: FIRST_ID, max: FIRST_ID + COUNT + 1 });
const column = fc.constantFrom(...UNIQUE_COLUMNS);
const value = fc.oneof(
  fc.constantFrom('a', 'b', null),
  fc.tuple(id, column).map(([of, name]) => seedContact(SEED, of)[name]),
);

test('a value is taken exactly when another contact has it, whatever was written before', () => {
  const write = fc.record({ id, column, value, isRemoval: fc.boolean() });
  fc.assert(
    fc.property(fc.array(write), (writes) => {
      const store = new ContactStore(SEED, FIRST_ID, COUNT);
      for (const { id: at, column: name, value: to, isRemoval } of writes) {
        const contact = store.get(at) ?? { ...seedContact(SEED, 1), id: at };
        if (isRemoval) store.remove(at);
        else store.put({ ...contact, [name]: to });
      }
      const contacts = [...store.ids()].map((at) => store.get(at) as Contact);
      for (const one of contacts) {
        for (const name of UNIQUE_COLUMNS) {
          const held = one[name];
          if (held === null) continue;
          const isHeldTwice = contacts.some((other) => other.id !== one.id && other[name] === held);
          expect(store.isTaken(name, held, one.id)).toBe(isHeldTwice);
        }
      }
    }),
  );
});

test('an e-mail is taken in any case, an identifier only as it is', () => {
  const store = new ContactStore(SEED, FIRST_ID, 0);
  store.put({ ...seedContact(SEED, 1), email: 'Ada@Example.com', identifier: 'CRM-x' });
  expect(store.isTaken('email', 'ada@example.COM', 2)).toBe(true);
  expect(store.isTaken('identifier', 'crm-x', 2)).toBe(false);
  expect(store.isTaken('identifier', 'CRM-x', 2)).toBe(true);
});

test('a new id was never used, not even by a deleted contact', () => {
  const store = new ContactStore(SEED, FIRST_ID, COUNT);
  store.put(seedContact(SEED, 500));
  store.remove(500);
  expect(store.newId()).toBe(501);
});
