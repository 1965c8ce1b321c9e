import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { CONTACTS, call, patch } from './call.ts';

const ADA = {
  id: 1,
  name: 'Ada',
  email: 'ada@example.com',
  phone_number: '+15550000001',
  identifier: 'crm-a',
  created_at: 1_700_000_000,
  additional_attributes: {
    city: 'London',
    source_id: 'email:1@x',
    social_profiles: { github: 'ada', twitter: '' },
  },
  custom_attributes: { plan: 'team', nested: { a: 1, b: 2 } },
};
const BOB = {
  id: 2,
  name: 'Bob',
  email: 'bob@example.com',
  phone_number: '+15550000002',
  identifier: 'crm-b',
};

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator({ contactList: [ADA, BOB] });
});
afterEach(() => emulator.close());

test('answers the contact, keys in the documented order, absent timestamps left out', async () => {
  const { status, json } = await patch(emulator, 1, { name: 'Ada L' });
  expect(status).toBe(200);
  expect(Object.keys(json ?? {})).toEqual(['payload']);
  expect(json?.['payload']).toEqual(emulator.contact(1));
  expect(Object.keys(Object(json?.['payload']))).toEqual([
    'additional_attributes',
    'availability_status',
    'email',
    'id',
    'name',
    'phone_number',
    'blocked',
    'identifier',
    'thumbnail',
    'custom_attributes',
    'created_at',
    'contact_inboxes',
  ]);
});

test('leaves contact_inboxes out unless the parameter is true', async () => {
  const keysWith = async (query: string) => {
    const { json } = await call(emulator, 'PATCH', `${CONTACTS}/1${query}`, {});
    return Object.keys(Object(json?.['payload']));
  };
  expect(await keysWith('?include_contact_inboxes=true')).toContain('contact_inboxes');
  expect(await keysWith('?include_contact_inboxes=1')).not.toContain('contact_inboxes');
});

test('custom attributes merge one level deep and keep null', async () => {
  await patch(emulator, 1, { custom_attributes: { nested: { c: 3 }, plan: null } });
  expect(emulator.contact(1)?.['custom_attributes']).toEqual({ plan: null, nested: { c: 3 } });
});

test('additional attributes merge one level deep, or are replaced whole', async () => {
  await patch(emulator, 1, { additional_attributes: { social_profiles: { twitter: 't' } } });
  expect(emulator.contact(1)?.['additional_attributes']).toEqual({
    city: 'London',
    source_id: 'email:1@x',
    social_profiles: { twitter: 't' },
  });
  emulator.set({ additionalAttributes: 'replace' });
  await patch(emulator, 1, { additional_attributes: {} });
  expect(emulator.contact(1)?.['additional_attributes']).toEqual({});
});

describe.each(['merge', 'replace'] as const)('the example of the Update page, attributes %s', (mode) => {
  test('does what its fields do, read-only ones nothing', async () => {
    emulator.set({ additionalAttributes: mode });
    const example = await readFile(
      new URL('../../fixtures/emulator/update-page-example.json', import.meta.url),
      'utf8',
    );
    const { status, json } = await patch(emulator, 1, example);
    expect(status).toBe(200);
    const blank = {
      description: '',
      company_name: '',
      city: '',
      telegram: '',
      country: '',
      country_code: '',
    };
    const social_profiles = { facebook: '', github: '', instagram: '', linkedin: '', twitter: '' };
    const kept = mode === 'merge' ? { source_id: 'email:1@x' } : {};
    expect(json?.['payload']).toMatchObject({
      email: 'test@example.com',
      name: 'test',
      phone_number: null,
      blocked: false,
      identifier: '2222',
      created_at: 1_700_000_000,
      additional_attributes: { ...kept, ...blank, social_profiles },
      custom_attributes: { plan: 'team', nested: { a: 1, b: 2 }, vip_level: 'gold' },
    });
    const payload = Object(json?.['payload']);
    expect(Object.keys(payload.additional_attributes).includes('source_id')).toBe(mode === 'merge');
    expect(payload).not.toHaveProperty('first_name');
    expect(payload).not.toHaveProperty('last_activity_at');
  });
});

const REFUSALS: readonly (readonly [string, unknown, number, unknown])[] = [
  [
    'taken values, all in one answer',
    { email: 'BOB@example.com', identifier: 'crm-b', phone_number: '+15550000002' },
    422,
    {
      message:
        'Email has already been taken, Identifier has already been taken, Phone number has already been taken',
      attributes: ['email', 'identifier', 'phone_number'],
    },
  ],
  [
    'a malformed phone',
    { phone_number: '555' },
    422,
    { message: 'Phone number should be in e164 format', attributes: ['phone_number'] },
  ],
  ['half a body', '{"name":', 400, { status: 400, error: 'Bad Request' }],
  ['blocked null', { blocked: null }, 500, { status: 500, error: 'Internal Server Error' }],
  ['NUL', { custom_attributes: { a: 'x\0' } }, 500, { status: 500, error: 'Internal Server Error' }],
];

test.each(REFUSALS)('refuses %s and writes nothing', async (_, body, status, answer) => {
  const before = emulator.contact(1);
  expect(await patch(emulator, 1, body)).toMatchObject({ status, json: answer });
  expect(emulator.contact(1)).toEqual(before);
  expect(emulator.journal).toEqual([]);
});

test('a second empty identifier is a 500, the first one is not', async () => {
  expect((await patch(emulator, 1, { identifier: '' })).status).toBe(200);
  expect((await patch(emulator, 2, { identifier: '' })).status).toBe(500);
});

test('a NUL in a field that is dropped hurts nobody', async () => {
  expect((await patch(emulator, 1, { thumbnail: 'x\0' })).status).toBe(200);
});

test('unknown, deleted and malformed ids are 404', async () => {
  emulator.remove(2);
  for (const id of ['3', '2', '1abc']) {
    const answer = await call(emulator, 'PATCH', `${CONTACTS}/${id}`, {});
    expect(answer).toMatchObject({ status: 404, json: { error: 'Resource could not be found' } });
  }
});

test('a body that does not say it is JSON has no fields', async () => {
  const answer = await call(emulator, 'PATCH', `${CONTACTS}/1`, '{"name":"x"}', {
    'content-type': 'text/plain',
  });
  expect(answer.status).toBe(200);
  expect(emulator.contact(1)?.['name']).toBe('Ada');
});

test('the journal has every write in order, with what changed; PATCH {} is none', async () => {
  await patch(emulator, 1, { name: 'Ada', custom_attributes: { plan: 'free' } });
  await patch(emulator, 1, {});
  emulator.edit(2, { name: 'Robert' });
  await patch(emulator, 2, { name: 'Robert' });
  expect(emulator.journal.map((entry) => entry.toJSON())).toMatchObject([
    { seq: 1, contactId: 1, by: 'update', changed: ['custom_attributes.plan'], body: { name: 'Ada' } },
    { seq: 2, contactId: 2, by: 'agent', changed: ['name'] },
    { seq: 3, contactId: 2, by: 'update', changed: [] },
  ]);
});

test('two writers at once lose a key, both with 200', async () => {
  emulator.set({ writeDelayMs: 30 });
  const answers = await Promise.all([
    patch(emulator, 1, { custom_attributes: { one: 1 }, name: 'Lovelace' }),
    patch(emulator, 1, { custom_attributes: { two: 2 } }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  const custom = Object(emulator.contact(1)?.['custom_attributes']);
  expect('one' in custom !== 'two' in custom).toBe(true);
  expect(emulator.contact(1)?.['name']).toBe('Lovelace');
  expect(emulator.stats().overlaps).toBe(1);
});

test('contacts that share a phone are refused for a field that was not sent', async () => {
  const broken = await startEmulator({ contacts: 4, sharedPhones: 1 });
  try {
    const answers = await Promise.all([1, 2, 3].map((id) => patch(broken, id, { name: 'x' })));
    expect(answers.map(({ status }) => status)).toEqual([422, 422, 200]);
    expect(answers[0]?.json?.['attributes']).toEqual(['phone_number']);
  } finally {
    await broken.close();
  }
});
