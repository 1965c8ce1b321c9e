import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../src/core/types.ts';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { CONTACTS, call } from './call.ts';

const LISTED = [
  { id: 1001, name: 'Zoë_x', identifier: 'Key-1', additional_attributes: { company_name: 'Zebra' } },
  { id: 1002, name: 'Zoë-x', email: 'zoe@example.org', phone_number: '+15559990000' },
  { id: 1003, name: 'Zoë nobody can see' },
];

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ contacts: 32, contactList: LISTED });
});
afterAll(() => emulator.close());

async function list(query: string): Promise<{ meta: JsonObject; ids: number[] }> {
  const { json } = await call(emulator, 'GET', CONTACTS + query);
  const payload = json?.['payload'] as JsonObject[];
  return { meta: Object(json?.['meta']), ids: payload.map((contact) => Number(contact['id'])) };
}

test('gives fifteen a page, the page as a string only when it was asked for', async () => {
  const first = await list('');
  expect(first.meta).toEqual({ count: 34, current_page: 1 });
  expect(first.ids).toEqual(Array.from({ length: 15 }, (_, n) => n + 1));
  const last = await list('?page=3&page_size=100');
  expect(last.meta).toEqual({ count: 34, current_page: '3' });
  expect(last.ids).toEqual([31, 32, 1001, 1002]);
  expect((await list('?page=4')).ids).toEqual([]);
});

test.each([
  ['a substring in any case', 'zO%C3%AB', [1001, 1002]],
  ['_ as any character', 'zo%C3%AB_x', [1001, 1002]],
  ['% as anything', 'zo%25org', [1002]],
  ['the company', 'zebra', [1001]],
  ['the identifier in its own case', 'Key-1', [1001]],
  ['not the identifier in another case', 'key-1', []],
  ['a phone with its + encoded', '%2B1555999', [1002]],
  ['a phone whose + came as a space, since q is stripped', '+1555999', [1002]],
  ['not a name with a + within, which is a space', 'zo%C3%AB+nobody+x', []],
  ['characters that mean something to a pattern', '(.*', []],
] as const)('search finds %s', async (_, q, ids) => {
  expect((await list(`?q=${q}`)).ids).toEqual(ids);
});

test('a blank search finds nothing and counts null', async () => {
  expect(await list('?q=')).toEqual({ meta: { count: null, current_page: 1 }, ids: [] });
});

test('sorts, empty values last', async () => {
  const { ids } = await list('?q=zo%C3%AB&sort=company&direction=asc');
  expect(ids).toEqual([1001, 1002]);
  const names = await list('?sort=email&direction=desc&page=1');
  expect(names.ids).toContain(1001);
});

test('page_size counts where it is honoured', async () => {
  emulator.set({ pageSize: 'honoured' });
  expect((await list('?page_size=3')).ids).toEqual([1, 2, 3]);
  emulator.set({ pageSize: 'ignored' });
});

test('searches have a limit of their own', async () => {
  emulator.set({ searchLimit: { requests: 0, windowMs: 60_000 } });
  expect((await call(emulator, 'GET', `${CONTACTS}?page=1&q=x`)).status).toBe(429);
  expect((await call(emulator, 'GET', CONTACTS)).status).toBe(200);
  emulator.set({ searchLimit: null });
});

test('creates a contact that the list then shows', async () => {
  const { status, json } = await call(emulator, 'POST', CONTACTS, {
    inbox_id: 407,
    name: 'New',
    email: 'New@x.yz',
  });
  expect(status).toBe(200);
  expect(json).toMatchObject({
    payload: { contact: { id: 1004, name: 'New', email: 'new@x.yz' }, contact_inbox: { inbox: { id: 407 } } },
  });
  expect((await list('?q=new@x.yz')).ids).toEqual([1004]);
  expect(emulator.journal.at(-1)).toMatchObject({ by: 'create', contactId: 1004 });
});

test.each([
  ['no inbox', { name: 'x' }, 422, { error: 'param is missing or the value is empty: inbox_id' }],
  [
    'an unknown inbox',
    { inbox_id: 1, email: 'nobody@example.net' },
    404,
    { error: 'Resource could not be found' },
  ],
  [
    'a taken e-mail',
    { inbox_id: '407', email: 'zoe@example.org' },
    422,
    { message: 'Email has already been taken', attributes: ['email'] },
  ],
])('creates nothing with %s', async (_, body, status, answer) => {
  const { meta } = await list('');
  expect(await call(emulator, 'POST', CONTACTS, body)).toMatchObject({ status, json: answer });
  expect((await list('')).meta).toEqual(meta);
});
