import { describe, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/core/types.ts';
import type { EmulatorOptions } from '../../src/emulator/options.ts';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { CONTACTS, call, patch } from './call.ts';

// what upstream's source and its database do (livedesk-api.md 5, 6.18 to 6.22)

const ADA = { id: 1, name: 'Ada', email: 'ada@example.com' };

async function accountWith(options: EmulatorOptions) {
  const emulator = await emulatorHere({ searchLimit: null, ...options });
  const get = async (query: string) => {
    const { json } = await call(emulator, 'GET', `${CONTACTS}?${query}`);
    const payload = json?.['payload'] as JsonObject[];
    return { meta: json?.['meta'] as JsonObject, payload, ids: payload.map(({ id }) => Number(id)) };
  };
  const create = (body: JsonObject) => call(emulator, 'POST', CONTACTS, body);
  const sweep = async (query: string, pages: number) => {
    const met: number[] = [];
    for (let page = 1; page <= pages; page += 1) met.push(...(await get(`page=${page}&${query}`)).ids);
    return met;
  };
  return { emulator, get, create, sweep };
}

describe('contacts of one import', () => {
  const IMPORTED = { contacts: 300, imported: 200 };

  test('share created_at and have no activity', async () => {
    const { emulator } = await accountWith({ contacts: 10, imported: [3, 2] });
    const createdAt = (id: number) => emulator.contact(id)?.['created_at'];
    expect([createdAt(2), createdAt(3)]).toEqual([createdAt(1), createdAt(1)]);
    expect([createdAt(5), createdAt(6)]).toEqual([createdAt(4), expect.not.toBeOneOf([createdAt(4)])]);
    expect(emulator.contact(3)).not.toHaveProperty('last_activity_at');
  });

  test('stand in another order on each page, the same one each time', async () => {
    const { sweep, get } = await accountWith(IMPORTED);
    const query = 'sort=created_at&direction=asc';
    const met = await sweep(query, 20);
    expect(met).toHaveLength(300);
    expect(new Set(met).size).toBeLessThan(260);
    expect(await sweep(query, 20)).toEqual(met);
    const [up, down] = [await get(`page=3&${query}`), await get('page=3&sort=created_at&direction=desc')];
    expect(up.ids).not.toEqual(down.ids);
    // those of different times stand where they belong
    expect((await get(`page=15&${query}`)).ids).toEqual(Array.from({ length: 15 }, (_, i) => 211 + i));
  });

  test.each(['email', 'name'])('are all met by %s where no two have the same', async (sort) => {
    const contactList = Array.from({ length: 60 }, (_, i) => ({
      id: i + 1,
      name: `N${i}`,
      email: `n${i}@example.com`,
      created_at: 1_700_000_000,
    }));
    const { sweep } = await accountWith({ contactList });
    expect(new Set(await sweep(`sort=${sort}&direction=asc`, 4)).size).toBe(60);
  });

  test('stand in one order with --ties stable', async () => {
    const { sweep } = await accountWith({ ...IMPORTED, ties: 'stable' });
    expect(new Set(await sweep('sort=created_at&direction=asc', 20)).size).toBe(300);
  });

  test('are tied in a search as in the list', async () => {
    const contactList = Array.from({ length: 90 }, (_, i) => ({
      id: i + 1,
      email: `same${i}@example.com`,
      created_at: 1_700_000_000,
    }));
    const { sweep } = await accountWith({ contactList });
    const met = await sweep('q=same&sort=created_at&direction=asc', 6);
    expect([met.length, new Set(met).size < 90]).toEqual([90, true]);
  });

  test('those made one by one are not tied, though answers show whole seconds', async () => {
    const { create, sweep } = await accountWith({ contacts: 0 });
    for (let i = 0; i < 20; i += 1) await create({ inbox_id: 407, email: `n${i}@example.com` });
    expect(await sweep('sort=created_at&direction=asc', 2)).toEqual(
      Array.from({ length: 20 }, (_, i) => i + 1),
    );
  });
});

describe('sorts', () => {
  const contactList = [
    { id: 1, name: 'b', email: 'B@example.com', additional_attributes: { city: 'Bonn' } },
    { id: 2, name: 'A', email: 'a@example.com', last_activity_at: 5, created_at: 7 },
    { id: 3, name: 'c', identifier: 'x', last_activity_at: 9, created_at: 3 },
  ];
  test.each([
    ['sort=email&direction=asc', [2, 1, 3], 'without regard to case, empty ones last'],
    ['sort=email&direction=desc', [3, 1, 2], 'downwards a plain column puts empty ones first'],
    ['sort=name&direction=asc', [2, 1, 3], 'names, too'],
    ['sort=last_activity_at&direction=asc', [2, 3, 1], 'empty ones last'],
    ['sort=last_activity_at&direction=desc', [3, 2, 1], 'empty ones last downwards, too'],
    ['sort=created_at&direction=desc', [2, 3, 1], 'the same of created_at'],
    ['sort=-name', [3, 1, 2], 'upstream writes a minus'],
    ['sort=city,name&direction=asc', [1, 2, 3], 'several keys'],
  ])('%s gives %j: %s', async (query, ids) => {
    const { get } = await accountWith({ contactList });
    expect((await get(query)).ids).toEqual(ids);
  });
});

describe('several sort keys', () => {
  const contactList = [3, 2, 1].map((id) => ({ id, email: `${id}@x.yz`, created_at: 5 }));
  const query = 'sort=created_at,email&direction=asc';

  test.each<[sortKeys: EmulatorOptions['sortKeys'], ids: number[]]>([
    ['several', [1, 2, 3]],
    ['ignored', [3, 2, 1]],
  ])('%s', async (sortKeys = 'several', ids) => {
    const { get } = await accountWith({ contactList, sortKeys });
    expect((await get(query)).ids).toEqual(ids);
  });

  test('first: as with the first alone', async () => {
    const { get } = await accountWith({ contacts: 60, imported: 60, sortKeys: 'first' });
    const page = (sort: string) => get(`page=2&sort=${sort}&direction=asc`);
    expect((await page('created_at,email')).ids).toEqual((await page('created_at')).ids);
  });

  test('refused', async () => {
    const { emulator } = await accountWith({ contactList, sortKeys: 'refused' });
    expect((await call(emulator, 'GET', `${CONTACTS}?${query}`)).status).toBe(422);
    expect((await call(emulator, 'GET', `${CONTACTS}?sort=email`)).status).toBe(200);
  });
});

describe('searches', () => {
  const contactList = [
    { id: 1, identifier: 'DOM\\user', name: 'Ada' },
    { id: 2, email: 'b@example.com', name: 'Ada', additional_attributes: { company_name: 'Zebra' } },
    { id: 3, name: 'Ada without a key' },
    { id: 4, identifier: '100%', name: 'Full' },
  ];
  test.each([
    ['a backslash takes the meaning from the next character', 'DOM\\user', []],
    ['two of them are one', 'DOM\\\\user', [1]],
    ['_ finds it', 'DOM_user', [1]],
    ['an escaped % is itself', '100\\%', [4]],
    ['white space around is stripped', '  b@example.com ', [2]],
  ])('%s', async (_what, q, ids) => {
    const { get } = await accountWith({ contactList });
    expect((await get(`q=${encodeURIComponent(q)}`)).ids).toEqual(ids);
  });

  test.each<[what: string, options: EmulatorOptions, q: string, ids: number[]]>([
    ['resolved: those with a key', {}, 'Ada', [1, 2]],
    ['all: those without, too', { searchScope: 'all' }, 'Ada', [1, 2, 3]],
    ['leads: not those with an identifier alone', { searchScope: 'leads' }, 'Ada', [2]],
    ['the company', {}, 'zebra', [2]],
    ['not the company', { searchCompany: false }, 'zebra', []],
  ])('look through %s', async (_what, options, q, ids) => {
    const { get } = await accountWith({ contactList, ...options });
    expect((await get(`q=${q}`)).ids).toEqual(ids);
  });

  test('leads: the list shows no others, and a creation of a hidden one is refused', async () => {
    const { get, create } = await accountWith({ contactList, searchScope: 'leads' });
    expect((await get('page=1')).ids).toEqual([2]);
    expect((await create({ inbox_id: 407, identifier: '100%' })).status).toBe(422);
  });

  test('newer servers count the page and say whether there is more', async () => {
    const { get } = await accountWith({ contacts: 20, searchCount: 'page' });
    expect((await get('q=example&page=1')).meta).toMatchObject({ count: 15, has_more: true });
    const { meta, ids } = await get('q=example&page=2');
    expect(meta).toMatchObject({ count: ids.length, has_more: false });
    expect((await get('page=1')).meta).toEqual({ count: 20, current_page: '1' });
  });

  test('blank labels ask for nothing, given ones for contacts that there are not', async () => {
    const { get } = await accountWith({ contactList });
    expect((await get('labels=')).ids).toEqual([1, 2, 4]);
    expect((await get('labels=vip')).ids).toEqual([]);
  });

  test('blank include_contact_inboxes is as if it were not there', async () => {
    const { get } = await accountWith({ contactList });
    expect((await get('include_contact_inboxes=')).payload[0]).toHaveProperty('contact_inboxes');
    expect((await get('include_contact_inboxes=1')).payload[0]).not.toHaveProperty('contact_inboxes');
  });
});

describe('columns filled from additional_attributes', () => {
  const LONG = 'x'.repeat(256);

  test.each<[what: string, additional: JsonObject, attributes: string[]]>([
    ['a city', { city: LONG }, ['location']],
    ['a country', { country: LONG }, ['country_code']],
    ['an object as a value', { city: { a: LONG } }, ['location']],
    ['both', { city: LONG, country: LONG }, ['location', 'country_code']],
  ])(
    '%s of more than 255 characters passes once and bricks the contact',
    async (_what, additional, attributes) => {
      const { emulator } = await accountWith({ contactList: [ADA] });
      expect((await patch(emulator, 1, { additional_attributes: additional })).status).toBe(200);
      expect(await patch(emulator, 1, {})).toMatchObject({ status: 422, json: { attributes } });
      const shorter = { additional_attributes: { city: 'Bonn', country: 'Germany' } };
      expect((await patch(emulator, 1, shorter)).json?.['message']).toContain('is too long (maximum is 255');
    },
  );

  test('an imported contact that has one is bricked by any PATCH', async () => {
    const contactList = [{ ...ADA, additional_attributes: { city: LONG } }];
    const { emulator } = await accountWith({ contactList });
    expect((await patch(emulator, 1, {})).status).toBe(200);
    expect((await patch(emulator, 1, { name: 'A' })).json?.['attributes']).toEqual(['location']);
  });

  test('255 characters are kept, and --synced-columns off keeps more', async () => {
    const { emulator } = await accountWith({ contactList: [ADA] });
    await patch(emulator, 1, { additional_attributes: { city: LONG.slice(1) } });
    expect((await patch(emulator, 1, {})).status).toBe(200);
    emulator.set({ syncedColumns: 'off' });
    await patch(emulator, 1, { additional_attributes: { city: LONG } });
    expect((await patch(emulator, 1, {})).status).toBe(200);
  });

  test('errors come in the order of the columns', async () => {
    const { emulator } = await accountWith({ contactList: [ADA] });
    await patch(emulator, 1, { additional_attributes: { city: LONG } });
    const { json } = await patch(emulator, 1, { name: LONG, email: 'no' });
    expect(json?.['attributes']).toEqual(['name', 'location', 'email']);
  });
});

describe('creation through an inbox', () => {
  const inboxes = { '1': 'web', '2': 'api', '3': 'email', '4': 'whatsapp', '5': 'unsupported' } as const;
  const missing = (name: string) => ({ error: `param is missing or the value is empty: ${name}` });
  test.each<[inbox: number, body: JsonObject, status: number, says: JsonObject | undefined]>([
    [1, { identifier: 'x' }, 200, undefined],
    [2, { identifier: 'x' }, 200, undefined],
    [3, { identifier: 'x' }, 422, missing('contact email')],
    [3, { email: 'x@example.com' }, 200, undefined],
    [4, { email: 'x@example.com' }, 422, missing('contact phone number')],
    [4, { phone_number: '+15551234567' }, 200, undefined],
    [5, { email: 'x@example.com', phone_number: '+15551234567' }, 500, undefined],
    [6, { email: 'x@example.com' }, 404, undefined],
  ])('%i with %j: %i', async (inbox, body, status, says) => {
    const { emulator, create } = await accountWith({ contacts: 0, inboxes });
    const answer = await create({ inbox_id: inbox, ...body });
    expect(answer).toMatchObject({ status, ...(says ? { json: says } : {}) });
    expect(emulator.journal.length).toBe(status === 200 ? 1 : 0);
  });

  test.each([
    ['taken', { plan: 'team' }],
    ['dropped', {}],
  ] as const)('its attributes are %s', async (createAttributes, custom) => {
    const { create } = await accountWith({ contacts: 0, createAttributes });
    const { json } = await create({ inbox_id: 407, email: 'x@y.z', custom_attributes: { plan: 'team' } });
    expect(json).toMatchObject({ payload: { contact: { custom_attributes: custom } } });
  });
});

describe('attributes that are null in the database', () => {
  const legacy = { contactList: [ADA], nullAttributesOf: [1] };

  test.each<[what: string, body: JsonObject, options: EmulatorOptions, status: number]>([
    ['custom attributes', { custom_attributes: { a: 1 } }, {}, 500],
    ['additional attributes that are merged', { additional_attributes: { a: 1 } }, {}, 500],
    [
      'additional attributes that are replaced',
      { additional_attributes: { a: 1 } },
      { additionalAttributes: 'replace' },
      200,
    ],
    ['a name', { name: 'A' }, {}, 200],
  ])('a PATCH of %s', async (_what, body, options, status) => {
    const { emulator } = await accountWith({ ...legacy, ...options });
    expect(emulator.contact(1)).toMatchObject({ custom_attributes: null, additional_attributes: null });
    for (let i = 0; i < 2; i += 1) expect((await patch(emulator, 1, body)).status).toBe(status);
    expect((await patch(emulator, 1, {})).status).toBe(200);
    expect((await patch(emulator, 1, body)).status).toBe(200);
  });
});

describe('values', () => {
  test.each<[sent: JsonValue, stored: JsonValue]>([
    [
      ['a', null, 'b'],
      ['a', 'b'],
    ],
    [
      ['a', ['b'], 'c'],
      ['a', 'c'],
    ],
    [[{ x: [null, 1] }], [{ x: [1] }]],
    [[null], []],
    [{ a: null }, { a: null }],
  ])('%j is stored as %j', async (sent, stored) => {
    const { emulator } = await accountWith({ contactList: [ADA] });
    await patch(emulator, 1, { custom_attributes: { list: sent }, additional_attributes: { list: sent } });
    expect(emulator.contact(1)).toMatchObject({
      custom_attributes: { list: stored },
      additional_attributes: { list: stored },
    });
  });

  test.each([
    ['tel:+15551234567', 200],
    ['+15551234567 ', 422],
    ['15551234567', 422],
  ])('phone %j: %i', async (phone, status) => {
    const { emulator } = await accountWith({ contactList: [ADA] });
    expect((await patch(emulator, 1, { phone_number: phone })).status).toBe(status);
  });

  test.each([
    ['a\u00a0b@example.com', 200],
    ['a b@example.com', 422],
    ['a\u000bb@example.com', 422],
  ])('e-mail %j: %i', async (email, status) => {
    const { emulator } = await accountWith({ contactList: [ADA] });
    expect((await patch(emulator, 1, { email })).status).toBe(status);
  });

  test('a body that is not JSON is a 400, of a contact that is not there, too', async () => {
    const { emulator } = await accountWith({ contactList: [ADA] });
    expect((await patch(emulator, 99, '{')).status).toBe(400);
  });
});

describe('calls that are not documented', () => {
  const filter = (key: string, value: string) => ({
    payload: [{ attribute_key: key, filter_operator: 'equal_to', values: [value], query_operator: null }],
  });

  test('are not there', async () => {
    const { emulator } = await accountWith({ contactList: [ADA] });
    expect((await call(emulator, 'POST', `${CONTACTS}/filter`, filter('email', 'x'))).status).toBe(404);
    const path = `${CONTACTS}/1/destroy_custom_attributes`;
    expect((await call(emulator, 'POST', path, { custom_attributes: ['a'] })).status).toBe(404);
  });

  test('filter finds what is equal in any case, no parts', async () => {
    const { emulator } = await accountWith({ contactList: [ADA], filterContacts: true });
    const found = async (key: string, value: string) => {
      const { json } = await call(emulator, 'POST', `${CONTACTS}/filter?page=1`, filter(key, value));
      return json;
    };
    expect(await found('email', 'ADA@example.com')).toMatchObject({
      meta: { count: 1 },
      payload: [{ id: 1 }],
    });
    expect(await found('email', 'ada')).toMatchObject({ meta: { count: 0 }, payload: [] });
    expect(await found('shoe_size', '5')).toHaveProperty('error');
  });

  test('destroy_custom_attributes takes keys away', async () => {
    const contactList = [{ ...ADA, custom_attributes: { a: 1, b: 2 } }];
    const { emulator } = await accountWith({ contactList, destroyAttributes: true });
    const path = `${CONTACTS}/1/destroy_custom_attributes`;
    expect((await call(emulator, 'POST', path, { custom_attributes: ['a'] })).status).toBe(200);
    expect(emulator.contact(1)?.['custom_attributes']).toEqual({ b: 2 });
    expect(emulator.journal.at(-1)?.changed).toEqual(['custom_attributes.a']);
  });
});
