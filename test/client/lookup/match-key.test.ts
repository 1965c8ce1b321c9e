import { describe, expect, test } from 'vitest';
import { createRequest, listRequest, searchRequest } from '../../../src/client/http/requests.ts';
import { chooseLookup } from '../../../src/client/lookup/choose-lookup.ts';
import { ambiguous, noMatch } from '../../../src/client/lookup/match-error.ts';
import { hasKey, matchKeysOf, onlyKeys } from '../../../src/client/lookup/match-key.ts';
import { certainKeys, creationBody, isSamePerson } from '../../../src/client/write/create-request.ts';
import type { JsonObject, KeyField } from '../../../src/core/types.ts';

test.each<[contact: JsonObject, field: KeyField, value: string, has: boolean]>([
  [{ email: 'Anna@B.c' }, 'email', 'anna@b.c', true],
  [{ email: 'anna@b.c' }, 'email', 'ANNA@b.c', true],
  [{ email: 'anna@b.com' }, 'email', 'anna@b.c', false],
  [{ identifier: 'A-1' }, 'identifier', 'A-1', true],
  [{ identifier: 'A-1' }, 'identifier', 'a-1', false],
  [{ identifier: 2222 }, 'identifier', '2222', true],
  [{ phone_number: '+1555' }, 'phone_number', '+1555', true],
  [{ phone_number: '1555' }, 'phone_number', '+1555', false],
  [{ email: null }, 'email', '', false],
  [{}, 'email', 'a@b.c', false],
  [{ email: ['a@b.c'] }, 'email', 'a@b.c', false],
])('%j has %s %j: %s', (contact, field, value, has) => {
  expect(hasKey(contact, { field, value })).toBe(has);
});

test('the keys of a contact, and a contact of nothing else', () => {
  const contact = { id: 5, name: 'Anna', email: 'A@b.c', phone_number: '', identifier: null };
  expect(matchKeysOf(contact)).toEqual([{ field: 'email', value: 'a@b.c' }]);
  expect(onlyKeys(contact)).toEqual({ id: 5, email: 'A@b.c', phone_number: '', identifier: null });
});

describe('requests', () => {
  test.each([
    ['anna+news@example.com', 'anna%2Bnews%40example.com'],
    ['+15550001', '%2B15550001'],
    ['50%_off', '50%25_off'],
    ['a\\b', 'a_b'],
    ['a&page=2#x y', 'a%26page%3D2%23x%20y'],
    ['zoë', 'zo%C3%AB'],
  ])('a search for %s', (value, q) => {
    expect(searchRequest(value, 3)).toMatchObject({
      method: 'GET',
      path: `/api/v2/accounts/contacts?q=${q}&page=3&sort=created_at&direction=asc&include_contact_inboxes=false`,
    });
  });

  test('a page, large or not', () => {
    const rest = 'sort=created_at&direction=asc&include_contact_inboxes=false';
    expect(listRequest(7, 15).path).toBe(`/api/v2/accounts/contacts?page=7&${rest}`);
    expect(listRequest(7, 100).path).toBe(`/api/v2/accounts/contacts?page=7&page_size=100&${rest}`);
  });

  test('a new contact', () => {
    expect(createRequest({ inbox_id: 407 })).toEqual({
      method: 'POST',
      path: '/api/v2/accounts/contacts',
      body: '{"inbox_id":407}',
    });
  });
});

describe('a new contact', () => {
  test('is made with what can be given at once, and nothing empty', () => {
    const patch = { name: 'Anna', email: '', phone_number: null, identifier: 'a', blocked: true };
    expect(creationBody('407', patch)).toEqual({ inbox_id: '407', name: 'Anna', identifier: 'a' });
  });

  test('is found again by identifier, then e-mail', () => {
    const keys = certainKeys({ email: 'A@b.c', phone_number: '+1555', identifier: 'x' });
    expect(keys.map(({ field }) => field)).toEqual(['identifier', 'email']);
  });

  test.each<[what: string, body: JsonObject, stored: JsonObject, same: boolean]>([
    ['the identifier', { identifier: 'a' }, { identifier: 'a', email: 'x' }, true],
    ['only the e-mail', { email: 'x', identifier: 'a' }, { email: 'x', identifier: null }, true],
    [
      'the e-mail and another identifier',
      { email: 'x', identifier: 'a' },
      { email: 'x', identifier: 'b' },
      false,
    ],
    ['no identifier of its own', { email: 'x' }, { email: 'x', identifier: 'b' }, true],
  ])('shares %s with a contact: the same person %s', (_what, body, stored, same) => {
    expect(isSamePerson(body, stored)).toBe(same);
  });
});

describe('searches or a list', () => {
  const cost = { searched: 0, contacts: 100_000, listCalls: 6_667, rate: 10, searchRate: 1 };
  test.each([
    ['few keys', { ...cost, keysLeft: 600 }, 'search', 600, 666.7],
    ['many keys', { ...cost, keysLeft: 700 }, 'list', 700, 666.7],
    ['a slow rate holds searches back, too', { ...cost, keysLeft: 700, rate: 0.5 }, 'search', 1_400, 13_334],
    ['keys that nobody counted, at first', { ...cost, keysLeft: undefined, searched: 6 }, 'search', 6, 666.7],
    ['later', { ...cost, keysLeft: undefined, searched: 667 }, 'list', 667, 666.7],
    [
      'no rate at all: as many calls',
      { ...cost, keysLeft: 6_668, rate: Number.POSITIVE_INFINITY, searchRate: Number.POSITIVE_INFINITY },
      'list',
      6.668,
      6.667,
    ],
  ] as const)('%s', (_what, given, how, searchSeconds, listSeconds) => {
    expect(chooseLookup(given)).toMatchObject({ how, searchSeconds, listSeconds });
  });
});

test('errors name fields and ids, and no value', () => {
  const keys = [
    { field: 'identifier', value: 'crm-7' },
    { field: 'email', value: 'anna@b.c' },
  ] as const;
  expect(noMatch(keys)).toMatchObject({ code: 'ERR_NO_MATCH', field: 'identifier' });
  expect(noMatch(keys).message).toContain('the identifier or email of the row');
  expect(JSON.stringify(noMatch(keys))).not.toMatch(/crm-7|anna/);
  const many = ambiguous(
    'phone_number',
    Array.from({ length: 12 }, (_, i) => i + 1),
  );
  expect(many.message).toContain(
    '12 contacts have the phone_number of the row: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more',
  );
});
