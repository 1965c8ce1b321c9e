import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/core/types.ts';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { CONTACTS, call, patch } from './call.ts';

const ADA = {
  id: 1,
  name: 'Ada',
  email: 'ada@example.com',
  custom_attributes: { plan: 'team', tier: 'gold' },
};
const payload = ({ json }: { json: JsonObject | undefined }): JsonObject => Object(json?.['payload']);

test.each([
  ['stored', { plan: 'free', tier: 'gold' }, 'Ada L'],
  ['no-custom-attributes', {}, 'Ada L'],
  ['before', { plan: 'team', tier: 'gold' }, 'Ada'],
] as const)('a PATCH answers with %s', async (patchAnswer, custom, name) => {
  const emulator = await emulatorHere({ contactList: [ADA], patchAnswer });
  const answer = await patch(emulator, 1, { name: 'Ada L', custom_attributes: { plan: 'free' } });
  expect(payload(answer)).toMatchObject({ name });
  expect(payload(answer)['custom_attributes']).toEqual(custom);
  expect(emulator.contact(1)).toMatchObject({ name: 'Ada L', custom_attributes: { plan: 'free' } });
});

test.each([
  ['stored', { plan: null, tier: 'iron' }],
  ['deletes', { tier: 'iron' }],
  ['ignored', { plan: 'team', tier: 'iron' }],
] as const)('null in a custom attribute: %s', async (nullAttribute, custom) => {
  const emulator = await emulatorHere({ contactList: [ADA], nullAttribute });
  await patch(emulator, 1, { custom_attributes: { plan: null, tier: 'iron' } });
  expect(emulator.contact(1)?.['custom_attributes']).toEqual(custom);
});

test('a contact that is not there can be told with a code', async () => {
  const emulator = await emulatorHere({ contactList: [ADA], notFound: 'code', showContact: true });
  const told = { status: 400, json: { code: 4001, message: 'Resource not found' } };
  expect(await patch(emulator, 9, {})).toMatchObject(told);
  expect(await call(emulator, 'GET', `${CONTACTS}/9`)).toMatchObject(told);
});

test('q can be ignored', async () => {
  const emulator = await emulatorHere({ contacts: 3, search: 'ignored' });
  const { json } = await call(emulator, 'GET', `${CONTACTS}?q=nobody`);
  expect(json?.['meta']).toMatchObject({ count: 3 });
});

test('the largest page that is given', async () => {
  const emulator = await emulatorHere({ contacts: 30, pageSize: 'honoured', pageSizeMax: 20 });
  const { json } = await call(emulator, 'GET', `${CONTACTS}?page_size=100`);
  expect(json?.['payload']).toHaveLength(20);
});

test('every answer can tell what is left of the limit', async () => {
  const limit = { requests: 10, windowMs: 3_600_000 };
  const emulator = await emulatorHere({ contacts: 3, limitHeaders: true, limit });
  await patch(emulator, 1, {});
  const { headers } = await call(emulator, 'GET', CONTACTS);
  expect(headers.get('x-ratelimit-limit')).toBe('10');
  expect(headers.get('x-ratelimit-remaining')).toBe('8');
  expect(Number(headers.get('x-ratelimit-reset'))).toBeGreaterThan(0);
});
