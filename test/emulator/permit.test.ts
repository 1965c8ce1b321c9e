import { expect, test } from 'vitest';
import type { JsonValue } from '../../src/core/types.ts';
import { permit } from '../../src/emulator/permit.ts';

const CASES: readonly (readonly [string, JsonValue, object])[] = [
  ['keeps what may be written', { name: 'A', blocked: true }, { name: 'A', blocked: true }],
  ['drops unknown keys', { nickname: 'A' }, {}],
  ['drops read-only fields', { thumbnail: 'x', availability_status: 'online', created_at: 1, id: 9 }, {}],
  ['drops first and last name', { first_name: 'A', last_name: 'B' }, {}],
  ['drops an object for a scalar', { name: { first: 'A' }, email: ['a@b'] }, {}],
  [
    'drops attributes given as a JSON string',
    { custom_attributes: '{"a":1}', email: 'A@b.c' },
    { email: 'a@b.c' },
  ],
  ['drops attributes given as null', { custom_attributes: null, additional_attributes: null }, {}],
  ['drops attributes given as a list', { custom_attributes: [1] }, {}],
  ['casts a number to text', { identifier: 2222 }, { identifier: '2222' }],
  ['casts booleans to text', { name: true, identifier: false }, { name: 't', identifier: 'f' }],
  ['clears a blank e-mail', { email: ' ' }, { email: null }],
  ['keeps spaces around an e-mail', { email: ' X@y.z ' }, { email: ' x@y.z ' }],
  ['keeps null and empty text apart', { name: null, phone_number: '' }, { name: null, phone_number: '' }],
  ['gives blocked no value for null', { blocked: null }, { blocked: null }],
  ['gives blocked no value for empty text', { blocked: '' }, { blocked: null }],
  ['has no fields in a list', [1, 2], {}],
  ['has no fields in a scalar', 'text', {}],
];

test.each(CASES)('%s', (_, body, change) => {
  expect(permit(body)).toEqual(change);
});

test.each([false, 0, '0', 'f', 'F', 'false', 'FALSE', 'off', 'OFF'])('blocked: %j is false', (value) => {
  expect(permit({ blocked: value })).toEqual({ blocked: false });
});

test.each([true, 1, '1', 'False', 'no', 'No', 'N', ' '])('blocked: %j is true', (value) => {
  expect(permit({ blocked: value })).toEqual({ blocked: true });
});
