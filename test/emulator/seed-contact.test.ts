import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UNIQUE_COLUMNS } from '../../src/emulator/contact.ts';
import { seedContact, seedIdIn } from '../../src/emulator/seed-contact.ts';
import { validate } from '../../src/emulator/validate.ts';

const id = fc.integer({ min: 1, max: 2 ** 47 });

test('a made-up contact is valid, visible in lists, and the same every time', () => {
  fc.assert(
    fc.property(fc.nat(), id, (seed, of) => {
      const contact = seedContact(seed, of);
      expect(validate(contact, () => false, 'anchored')).toEqual([]);
      expect(contact.email ?? contact.identifier ?? contact.phone_number).not.toBeNull();
      expect(seedContact(seed, of)).toEqual(contact);
    }),
  );
});

test('its unique values name it', () => {
  fc.assert(
    fc.property(fc.nat(), id, (seed, of) => {
      const contact = seedContact(seed, of);
      for (const column of UNIQUE_COLUMNS) {
        const value = contact[column];
        if (value !== null) expect(seedIdIn(column, value)).toBe(of);
      }
    }),
  );
});

test.each([
  ['email', 'someone@example.com'],
  ['email', ''],
  ['identifier', 'x'],
  ['phone_number', '+1'],
] as const)('%s %j names no made-up contact', (column, value) => {
  expect(seedIdIn(column, value)).toBeUndefined();
});
