import { expect, test } from 'vitest';
import type { Contact } from '../../src/emulator/contact.ts';
import { blankContact } from '../../src/emulator/contact.ts';
import { breaksDatabase, isUnstorable, validate } from '../../src/emulator/validate.ts';

const nothingTaken = () => false;
const everythingTaken = () => true;

function messages(contact: Partial<Contact>, isTaken = nothingTaken): readonly string[] {
  const problems = validate({ ...blankContact(1, null), ...contact }, isTaken, 'anchored');
  return problems.map(({ message }) => message);
}

const CASES: readonly (readonly [string, Partial<Contact>, readonly string[]])[] = [
  ['an empty contact', {}, []],
  ['blank texts', { name: '', phone_number: '', identifier: '' }, []],
  ['an e-mail without a dot', { email: 'a@b' }, []],
  ['an e-mail with spaces around', { email: ' a@b.c ' }, ['Email Invalid email']],
  ['an e-mail without @', { email: 'a.b.c' }, ['Email Invalid email']],
  ['a phone', { phone_number: '+15551234567' }, []],
  ['a phone without +', { phone_number: '15551234567' }, ['Phone number should be in e164 format']],
  ['a phone with spaces', { phone_number: '+1 555' }, ['Phone number should be in e164 format']],
  ['255 characters beyond the BMP', { name: '😀'.repeat(255) }, []],
  ['256 characters', { name: 'x'.repeat(256) }, ['Name is too long (maximum is 255 characters)']],
];

test.each(CASES)('%s', (_, contact, expected) => {
  expect(messages(contact)).toEqual(expected);
});

test('lengths come first, then e-mail, identifier and phone, taken before malformed', () => {
  const contact = { email: 'bad', identifier: 'i'.repeat(256), phone_number: '5' };
  expect(messages(contact, everythingTaken)).toEqual([
    'Identifier is too long (maximum is 255 characters)',
    'Email has already been taken',
    'Email Invalid email',
    'Identifier has already been taken',
    'Phone number has already been taken',
    'Phone number should be in e164 format',
  ]);
});

test('the unanchored pattern looks at the end only', () => {
  const contact = { ...blankContact(1, null), phone_number: 'tel:+15551234567' };
  expect(validate(contact, nothingTaken, 'unanchored')).toEqual([]);
  expect(validate(contact, nothingTaken, 'anchored')).toHaveLength(1);
});

test('the database refuses blocked without a value and a second empty identifier', () => {
  expect(breaksDatabase({ blocked: null }, nothingTaken)).toBe(true);
  expect(breaksDatabase({ identifier: '' }, everythingTaken)).toBe(true);
  expect(breaksDatabase({ identifier: '' }, nothingTaken)).toBe(false);
  expect(breaksDatabase({ identifier: null }, everythingTaken)).toBe(false);
});

test('NUL and half a surrogate pair cannot be stored, however deep', () => {
  expect(isUnstorable({ a: [{ b: 'x\0' }] })).toBe(true);
  expect(isUnstorable({ '\ud83d': 1 })).toBe(true);
  expect(isUnstorable({ a: ['😀', 1, null] })).toBe(false);
});
