import { expect, test } from 'vitest';
import { RunError } from '../../../src/core/errors.ts';
import type { ContactSource } from '../../../src/mapping/document.ts';
import { parseMapping } from '../../../src/mapping/parse/parse.ts';
import { thrownBy } from '../helpers.ts';

const matched = (text: string, fields = '{ name: n }') => `version: 1\nfields: ${fields}\n${text}`;
const contactOf = (text: string): ContactSource => parseMapping(matched(text), 'm.yaml').contact;

test.each<[string, string, string]>([
  ['no key', 'match: {}', 'm.yaml:3:8: "match" is empty: name a key, as in match: { identifier: crm_id }.'],
  ['an empty list', 'match: []', '"match" is empty'],
  ['nothing', 'match:', '"match" says which column holds which key, as in'],
  ['a word', 'match: email', 'm.yaml:3:8: "match" says which column holds which key, as in'],
  ['words in a list', 'match: [email]', 'm.yaml:3:9: each item of "match" is one key and its column'],
  ['two keys in an item', 'match: [{ email: e, identifier: i }]', 'each item of "match" is one key'],
  [
    'a misspelt key',
    'match: { emial: e }',
    'm.yaml:3:10: "emial" is no key of a contact. Did you mean "email"?',
  ],
  [
    'a field that is not unique',
    'match: { name: n }',
    '"name" is no key of a contact. Contacts are found by identifier, email, phone_number: nothing else is unique',
  ],
  [
    'an attribute',
    'match: { custom_attributes.crm_id: n }',
    '"custom_attributes.crm_id" is no key of a contact.',
  ],
  [
    'the contact id',
    'match: { contact_id: n }',
    'm.yaml:3:10: a contact whose id is known needs no match. Write contact_id: <column> instead of "match".',
  ],
  [
    'a key twice in the list',
    'match: [{ email: a }, { email: b }]',
    'm.yaml:3:25: email stands twice in "match".',
  ],
  ['a key twice in the map', 'match: { email: a, email: b }', 'this key stands twice'],
  ['a key without a column', 'match: { email: }', 'here belongs the name of a column, or a template'],
  ['an empty column', 'match: { email: "" }', 'm.yaml:3:17: here belongs the name of a column'],
  [
    'options without a column',
    'match: { email: { trim: true } }',
    'm.yaml:3:17: "column" is missing for email.',
  ],
  [
    'a column and a template',
    'match: { email: { column: a, template: "{b}" } }',
    'm.yaml:3:40: email has two sources, "column" and "template".',
  ],
  [
    'an option that means nothing',
    'match: { phone_number: { column: P, contry: US } }',
    'm.yaml:3:37: "contry" means nothing in "match" by phone_number. Did you mean "country"?',
  ],
  ['a fixed value', 'match: { email: { value: a@b } }', '"value" means nothing in "match" by email'],
  [
    'a policy for the empty cell',
    'match: { email: { column: a, empty: error } }',
    '"empty" means nothing in "match" by email',
  ],
  [
    'a country for an e-mail',
    'match: { email: { column: a, country: US } }',
    '"country" belongs to type phone, and this field is of type email.',
  ],
  [
    'another type',
    'match: { identifier: { column: a, type: integer } }',
    'm.yaml:3:41: identifier is always of type string.',
  ],
  ['UK', 'match: { phone_number: { column: a, country: UK } }', 'The United Kingdom is GB.'],
  ['an open brace', 'match: { identifier: "{a" }', 'm.yaml:3:22: a "{" is not closed.'],
  [
    'match beside contact_id',
    'contact_id: id\nmatch: { email: e }',
    'm.yaml:4:8: there is "contact_id" too. A row says whose it is in one way',
  ],
  [
    'neither',
    '',
    'm.yaml: "contact_id" is missing: it names the column with the LiveDesk contact id. Where there is none, contacts are found by a key of your own, as in match: { identifier: crm_id }.',
  ],
  [
    'a misspelt match',
    'mach: { email: e }',
    'm.yaml:3:1: "mach" means nothing in the mapping. Did you mean "match"?',
  ],
  [
    'on_missing beside contact_id',
    'contact_id: id\non_missing: skip',
    'm.yaml:4:1: "on_missing" belongs to "match"',
  ],
  ['inbox_id beside contact_id', 'contact_id: id\ninbox_id: 4', 'm.yaml:4:1: "inbox_id" belongs to "match"'],
  ['on_missing alone', 'on_missing: skip', 'm.yaml:3:1: "on_missing" belongs to "match"'],
  [
    'on_missing in other words',
    'match: { email: e }\non_missing: ignore',
    'm.yaml:4:13: this must be one of error, skip, create.',
  ],
  [
    'create without an inbox',
    'match: { email: e }\non_missing: create',
    'm.yaml:4:13: "inbox_id" is missing: a new contact belongs to an inbox. Write its Channel ID',
  ],
  [
    'an inbox without create',
    'match: { email: e }\ninbox_id: 407',
    'm.yaml:4:11: "inbox_id" is for new contacts. Write on_missing: create too, or remove it.',
  ],
  [
    'an inbox with skip',
    'match: { email: e }\non_missing: skip\ninbox_id: 407',
    '"inbox_id" is for new contacts.',
  ],
  ...['"407"', '0', '-1', '4.5', '1e30', '[407]', 'true', 'sales'].map((inbox): [string, string, string] => [
    `the inbox ${inbox}`,
    `match: { email: e }\non_missing: create\ninbox_id: ${inbox}`,
    'm.yaml:5:11: an inbox is a whole number above zero',
  ]),
  [
    'create by phone alone',
    'match: { phone_number: p }\non_missing: create\ninbox_id: 407',
    'm.yaml:4:13: a new contact needs an email or an identifier, since LiveDesk keeps only those unique. Match by one of them, or take one from a column under "fields".',
  ],
])('%s is refused', (_, text, message) => {
  const error = thrownBy(() => parseMapping(matched(text), 'm.yaml'));
  expect(error).toBeInstanceOf(RunError);
  expect(error).toMatchObject({ code: 'ERR_MAPPING', exitCode: 2 });
  expect(error.message).toContain(message);
});

test.each<[string, string]>([
  ['match: { phone_number: p }', '{ email: e }'],
  ['match: { phone_number: p }', '{ identifier: "{a}-{b}" }'],
  ['match: { phone_number: p, email: e }', '{ name: n }'],
  ['match: { identifier: i }', '{ name: n }'],
])('%s with %s has what a new contact needs', (text, fields) => {
  const { contact } = parseMapping(matched(`${text}\non_missing: create\ninbox_id: 407`, fields), 'm.yaml');
  expect(contact).toMatchObject({ kind: 'match', onMissing: 'create', inboxId: 407 });
});

test('one fixed e-mail for all new contacts keeps none of them apart', () => {
  const text = matched(
    'match: { phone_number: p }\non_missing: create\ninbox_id: 407',
    '{ email: { value: a@b } }',
  );
  expect(thrownBy(() => parseMapping(text, 'm.yaml')).message).toContain('a new contact needs');
});

test.each([
  'match: { phone_number: p, identifier: i, email: e }',
  'match: [{ phone_number: p }, { identifier: i }, { email: e }]',
  'match:\n  - phone_number: { column: p, type: phone }\n  - identifier: i\n  - email: { column: e }',
  '"match": {"phone_number": "p", "identifier": "i", "email": "e"}',
])('keys are tried in the order of the document: %s', (text) => {
  const contact = contactOf(text);
  expect(contact).toEqual(contactOf('match: { phone_number: p, identifier: i, email: e }'));
  expect(contact).toMatchObject({
    kind: 'match',
    onMissing: 'error',
    keys: [{ path: 'phone_number' }, { path: 'identifier' }, { path: 'email' }],
  });
});

test('a key follows trim of defaults, but half a template is never a key', () => {
  const text = 'match: { identifier: "{a}-{b}", email: e }\ndefaults: { trim: false, partial: send }';
  expect(contactOf(text)).toMatchObject({
    keys: [{ trim: false, source: { kind: 'template', partial: 'keep' } }, { trim: false }],
  });
});

test('a key knows where its column is named', () => {
  const { places } = parseMapping(
    matched('match: { email: e, identifier: { trim: true, column: i } }'),
    'm.yaml',
  );
  expect(Object.fromEntries(places)).toMatchObject({
    'match.email': 'm.yaml:3:17',
    'match.identifier': 'm.yaml:3:54',
  });
});
