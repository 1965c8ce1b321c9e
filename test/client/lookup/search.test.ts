import { describe, expect, test } from 'vitest';
import { contactIdOf } from '../../../src/client/answer/payload.ts';
import { filterRequest } from '../../../src/client/http/requests.ts';
import { createSearch, type Hits } from '../../../src/client/lookup/search.ts';
import { requestKindOf } from '../../../src/client/resilience/send.ts';
import type { KeyField } from '../../../src/core/types.ts';
import type { Emulator } from '../../../src/emulator/emulator.ts';
import { emulatorHere } from '../../helpers/emulator-here.ts';
import { answer } from '../scripted-sending.ts';
import { lookupsAt } from './lookups.ts';

const CONTACTS = [
  { id: 1, email: 'anna_b@example.com' },
  { id: 2, email: 'annaxb@example.com' },
  { id: 3, email: '50%off@example.com' },
  { id: 4, email: '50xyzoff@example.com' },
  { id: 5, email: 'anna+news@example.com', phone_number: '+15550001111' },
  { id: 6, email: 'anna@example.com', phone_number: '+15550002222', identifier: 'CRM-7' },
  { id: 7, email: 'joanna@example.com', phone_number: '+15550002222', identifier: 'crm-7' },
  { id: 8, identifier: 'a\\b', name: 'anna@example.com' },
  { id: 9, identifier: 'axb', additional_attributes: { company_name: '+15550001111' } },
  { id: 10, identifier: 'CRM-77' },
  { id: 11, email: 'zoë@example.com' },
];

const idsOf = (hits: Hits): unknown =>
  hits !== 'pending' && hits.kind === 'hits' ? hits.contacts.map(contactIdOf) : hits;

test.each<[what: string, field: KeyField, value: string, ids: number[]]>([
  ['an underscore is no wildcard', 'email', 'anna_b@example.com', [1]],
  ['a percent sign is no wildcard', 'email', '50%off@example.com', [3]],
  ['a plus is no space', 'email', 'anna+news@example.com', [5]],
  ['upper case', 'email', 'ANNA@Example.COM', [6]],
  ['letters beyond ASCII', 'email', 'ZOË@example.com', [11]],
  ['part of an e-mail, and a name', 'email', 'na@example.com', []],
  ['a phone', 'phone_number', '+15550001111', [5]],
  ['a phone of two', 'phone_number', '+15550002222', [6, 7]],
  ['part of a phone', 'phone_number', '+1555000222', []],
  ['an identifier, in its own case', 'identifier', 'CRM-7', [6]],
  ['the same in another case is another', 'identifier', 'crm-7', [7]],
  ['a backslash', 'identifier', 'a\\b', [8]],
  ['an e-mail is no identifier', 'identifier', 'anna@example.com', []],
  ['nobody', 'email', 'nobody@example.com', []],
])('%s', async (_what, field, value, ids) => {
  const { search } = lookupsAt(await emulatorHere({ contacts: 0, contactList: CONTACTS }));
  expect(idsOf(await search({ field, value }))).toEqual(ids);
});

const many = (n: number, last: string) => [
  ...Array.from({ length: n }, (_, i) => ({ id: i + 1, email: `x${i}-${last}` })),
  { id: n + 1, email: last, phone_number: '+15550001111' },
];

test.each([14, 15, 16, 150])('looks through all pages: one of %i more', async (n) => {
  const emulator = await emulatorHere({ contacts: 0, contactList: many(n, 'a@b.c') });
  const { search } = lookupsAt(emulator);
  expect(idsOf(await search({ field: 'email', value: 'a@b.c' }))).toEqual([n + 1]);
  // a full last page may have another behind it
  expect(emulator.requests.length).toBe(Math.floor((n + 1) / 15) + 1);
});

test('gives up after twenty pages', async () => {
  const emulator = await emulatorHere({ contacts: 0, contactList: many(400, 'a@b.c') });
  const { search } = lookupsAt(emulator);
  expect(await search({ field: 'email', value: '-a@b.c' })).toEqual({ kind: 'too_many', seen: 300 });
  expect(emulator.requests.length).toBe(20);
});

test('but not where it found the one that the database can hold', async () => {
  const contactList = many(400, 'a@b.c').map((one) => ({ ...one, id: 1_000 - one.id }));
  const { search } = lookupsAt(await emulatorHere({ contacts: 0, contactList: contactList.reverse() }));
  expect(idsOf(await search({ field: 'email', value: 'a@b.c' }))).toEqual([599]);
});

test('of phones it may hold several, and one that was found says nothing', async () => {
  const phone = '+15550001111';
  const contactList = [
    { id: 1, phone_number: phone },
    ...many(400, 'a@b.c').map(({ id, email }) => ({ id: id + 1, email, name: `calls ${phone}` })),
  ];
  const { search } = lookupsAt(await emulatorHere({ contacts: 0, contactList }));
  expect(await search({ field: 'phone_number', value: phone })).toMatchObject({ kind: 'too_many' });
});

describe('among a thousand contacts of one import', () => {
  const keys = async (emulator: Emulator, field: KeyField) =>
    Array.from({ length: 220 }, (_, i) => emulator.contact(i + 1)?.[field])
      .filter((value) => typeof value === 'string')
      .slice(0, 200)
      .map((value) => ({ field, value }));

  test.each<[field: KeyField, sortKeys: 'several' | 'first', searchCount: 'total' | 'page']>([
    ['identifier', 'several', 'total'],
    ['identifier', 'first', 'total'],
    ['identifier', 'first', 'page'],
    ['email', 'first', 'total'],
  ])(
    '200 keys by %s, sort keys: %s, count: %s',
    { timeout: 180_000 },
    async (field, sortKeys, searchCount) => {
      const emulator = await emulatorHere({
        contacts: 1_000,
        imported: 1_000,
        searchLimit: null,
        sortKeys,
        searchCount,
      });
      const { search } = lookupsAt(emulator);
      const missed: string[] = [];
      for (const key of await keys(emulator, field)) {
        const ids = idsOf(await search(key));
        if (!Array.isArray(ids) || ids.length !== 1) missed.push(key.value);
      }
      expect(missed).toEqual([]);
      expect(emulator.requests.length).toBeLessThan(500);
    },
  );

  test('a key that is not there is not, and where hits do not all show nobody says so', async () => {
    const contactList = Array.from({ length: 100 }, (_, i) => ({ id: i + 1, identifier: `x-${i}` }));
    const emulator = await emulatorHere({ contactList: [...contactList, { id: 500, identifier: 'y' }] });
    const { search } = lookupsAt(emulator);
    expect(await search({ field: 'identifier', value: 'x-1000' })).toEqual({ kind: 'hits', contacts: [] });
    const hits = await search({ field: 'identifier', value: 'x-' });
    expect(hits).toMatchObject({ kind: 'too_many' });
    expect(emulator.requests.length).toBe(1 + 2 * 7);
  });
});

describe('an account that finds exact keys', () => {
  const fields: readonly KeyField[] = ['email', 'identifier', 'phone_number'];
  const exactAt = (emulator: Emulator) => {
    const { ask, told } = lookupsAt(emulator);
    return { told, search: createSearch(ask, { fields, onRefused: () => told.push('no exact look-up') }) };
  };
  const paths = (emulator: Emulator) => [...emulator.requests].map(({ method }) => method);

  test.each<[field: KeyField, value: string, ids: number[]]>([
    ['email', 'ANNA@Example.COM', [6]],
    ['email', 'na@example.com', []],
    ['identifier', 'CRM-7', [6]],
    ['identifier', 'a\\b', [8]],
    ['phone_number', '+15550002222', [6, 7]],
  ])('%s %s: one request', async (field, value, ids) => {
    const emulator = await emulatorHere({ contacts: 0, contactList: CONTACTS, filterContacts: true });
    expect(idsOf(await exactAt(emulator).search({ field, value }))).toEqual(ids);
    expect(paths(emulator)).toEqual(['POST']);
  });

  test('letters beyond ASCII are searched for: databases lower them otherwise', async () => {
    const emulator = await emulatorHere({ contacts: 0, contactList: CONTACTS, filterContacts: true });
    expect(idsOf(await exactAt(emulator).search({ field: 'email', value: 'ZOË@example.com' }))).toEqual([11]);
    expect(paths(emulator)).toEqual(['GET']);
  });

  test('a look-up is a read, in an outage and in a dry run', () => {
    const { method, path, ...request } = filterRequest({ field: 'email', value: 'a@b.c' }, 1);
    expect([method, path.split('?')[0]]).toEqual(['POST', '/api/v2/accounts/contacts/filter']);
    expect(requestKindOf({ method, path, ...request })).toBe('read');
  });

  test('short keys are never too many', async () => {
    const emulator = await emulatorHere({ contactList: many(400, 'a@b.c'), filterContacts: true });
    expect(idsOf(await exactAt(emulator).search({ field: 'email', value: '-a@b.c' }))).toEqual([]);
    expect(paths(emulator)).toEqual(['POST']);
  });

  test('and one day refuses to: from then on it is searched', async () => {
    const emulator = await emulatorHere({ contacts: 0, contactList: CONTACTS });
    const { search, told } = exactAt(emulator);
    for (const _time of [1, 2])
      expect(idsOf(await search({ field: 'identifier', value: 'CRM-7' }))).toEqual([6]);
    expect(paths(emulator)).toEqual(['POST', 'GET', 'GET']);
    expect(told).toEqual(['no exact look-up']);
  });
});

test('reads on where pages are smaller than documented', async () => {
  const all = Array.from({ length: 12 }, (_, i) => ({ id: i + 1, email: i === 11 ? 'a@b.c' : `x${i}a@b.c` }));
  const search = createSearch(async ({ path }) => {
    const page = Number(new URL(path, 'http://localhost').searchParams.get('page'));
    return { kind: 'page', page: { count: 12, contacts: all.slice((page - 1) * 5, page * 5) } };
  });
  expect(idsOf(await search({ field: 'email', value: 'a@b.c' }))).toEqual([12]);
});

test('says that it could not look, and why', async () => {
  const { search, told } = lookupsAt(await emulatorHere({ contacts: 1 }), {
    instead: ({ path }) => (path.includes('q=') ? answer(500) : undefined),
  });
  const hits = await search({ field: 'email', value: 'a@b.c' });
  expect(hits).toMatchObject({ kind: 'refused', status: 'failed', code: 'ERR_SERVER' });
  expect(told).toEqual(['retry', 'retry', 'retry']);
});

test('a key that may not search stops the run, and ends no row', async () => {
  const { search, told } = lookupsAt(await emulatorHere({ contacts: 1, faults: { '403': 1 } }));
  expect(await search({ field: 'email', value: 'a@b.c' })).toBe('pending');
  expect(told).toEqual(['may not read']);
});

test('a page that takes its place stops the run, and ends no row', async () => {
  const { search, told } = lookupsAt(await emulatorHere({ contacts: 1, impostor: 'login-page' }));
  expect(await search({ field: 'email', value: 'a@b.c' })).toBe('pending');
  expect(told[0]).toMatch(/^impostor: an HTML page/);
});
