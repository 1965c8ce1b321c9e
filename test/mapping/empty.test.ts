import { expect, test } from 'vitest';
import { gist, mapCsv, mapJson } from './helpers.ts';

const KEPT = 'empty';

test.each<[string, string, Record<string, string>, unknown]>([
  ['an empty cell keeps', 'email: E', { E: '' }, KEPT],
  ['a blank cell keeps', 'email: E', { E: ' \t' }, KEPT],
  ['empty: clear sends null', 'email: { column: E, empty: clear }', { E: ' ' }, { email: null }],
  ['the phone number too', 'phone_number: { column: E, empty: clear }', { E: '' }, { phone_number: null }],
  [
    'a custom attribute too',
    'custom_attributes.a: { column: E, empty: clear }',
    { E: '' },
    { custom_attributes: { a: null } },
  ],
  [
    'an additional attribute is cleared with a text',
    'additional_attributes.city: { column: E, empty: clear }',
    { E: '' },
    { additional_attributes: { city: '' } },
  ],
  [
    'so is a profile',
    'additional_attributes.social_profiles.x: { column: E, empty: clear }',
    { E: '' },
    { additional_attributes: { social_profiles: { x: '' } } },
  ],
  [
    'all profiles are cleared with an object',
    'additional_attributes.social_profiles: { column: E, type: json, empty: clear }',
    { E: '' },
    { additional_attributes: { social_profiles: {} } },
  ],
  ['empty: error', 'email: { column: E, empty: error }', { E: '' }, 'ERR_EMPTY'],
  ['the marker clears', 'email: E\nname: N', { E: '\\N', N: 'a' }, { email: null, name: 'a' }],
  ['the marker in blanks clears', 'email: E', { E: ' \\N ' }, { email: null }],
  ['the marker inside a text does not', 'name: E', { E: 'a\\N' }, { name: 'a\\N' }],
  ['the marker cannot clear blocked', 'blocked: E', { E: '\\N' }, 'ERR_CLEAR'],
  ['without trim a blank is a value', 'name: { column: E, trim: false }', { E: ' ' }, { name: ' ' }],
  ['with it the ends go', 'name: E', { E: ' Anna  B ' }, { name: 'Anna  B' }],
  ['a constant alone is not worth sending', 'email: E\ncustom_attributes.s: { value: crm }', { E: '' }, KEPT],
  [
    'beside a value it is sent',
    'email: E\ncustom_attributes.s: { value: crm }',
    { E: 'a@b' },
    { email: 'a@b', custom_attributes: { s: 'crm' } },
  ],
  [
    'beside a clearing too',
    'email: E\ncustom_attributes.s: { value: crm }',
    { E: '\\N' },
    { email: null, custom_attributes: { s: 'crm' } },
  ],
  [
    'a fixed null clears',
    'email: E\nadditional_attributes.city: { value: null }',
    { E: 'a@b' },
    { email: 'a@b', additional_attributes: { city: '' } },
  ],
])('CSV: %s', async (_, fields, cells, result) => {
  expect(gist(await mapCsv(fields, cells, "clear_marker: '\\N'"))).toEqual(result);
});

test.each<[string, string, Record<string, unknown>, unknown]>([
  ['null follows empty: keep', 'email: e', { e: null }, KEPT],
  ['null follows empty: error', 'email: { column: e, empty: error }', { e: null }, 'ERR_EMPTY'],
  ['null: clear', 'email: { column: e, null: clear }', { e: null }, { email: null }],
  [
    'null: clear leaves an absent key alone',
    'email: { column: e, null: clear }\nname: n',
    { n: 'a' },
    { name: 'a' },
  ],
  ['null: clear leaves "" alone', 'email: { column: e, null: clear }', { e: '' }, KEPT],
  ['null: keep beats empty: clear', 'email: { column: e, empty: clear, null: keep }', { e: null }, KEPT],
  ['an empty list is a value', 'custom_attributes.t: t', { t: [] }, { custom_attributes: { t: [] } }],
  [
    'false and 0 are values',
    'custom_attributes.a: a\ncustom_attributes.b: b',
    { a: false, b: 0 },
    { custom_attributes: { a: false, b: 0 } },
  ],
  ['the JSON text null is a null', 'custom_attributes.a: { column: a, type: json }', { a: 'null' }, KEPT],
])('JSONL: %s', async (_, fields, record, result) => {
  expect(gist(await mapJson(fields, record))).toEqual(result);
});

test('null: clear by default reaches what can be cleared, and refuses the row elsewhere', async () => {
  const more = 'defaults: { null: clear }';
  expect(gist(await mapJson('email: e\nblocked: b', { e: null, b: false }, more))).toEqual({
    email: null,
    blocked: false,
  });
  expect(gist(await mapJson('email: e\nblocked: b', { e: 'a@b', b: null }, more))).toBe('ERR_EMPTY');
  expect(
    gist(await mapJson('email: e\nblocked: { column: b, null: keep }', { e: 'a@b', b: null }, more)),
  ).toEqual({ email: 'a@b' });
});
