import { describe, expect, test } from 'vitest';
import type { Created, NewContact } from '../../../src/client/write/create-contact.ts';
import type { Emulator } from '../../../src/emulator/emulator.ts';
import { FAULTS, type InjectedFault } from '../../../src/emulator/fault.ts';
import type { EmulatorOptions } from '../../../src/emulator/options.ts';
import { emulatorHere } from '../../helpers/emulator-here.ts';
import { lookupsAt } from '../lookup/lookups.ts';
import { answer } from '../scripted-sending.ts';

const BODY = {
  name: 'Anna Müller',
  email: 'anna+new@example.com',
  phone_number: '+15557770000',
  identifier: 'CRM-1',
  custom_attributes: { vip: true },
  blocked: false,
};

const wishFor = (more: Partial<NewContact> = {}): NewContact => ({
  inboxId: 407,
  keys: [
    { field: 'identifier', value: 'CRM-1' },
    { field: 'email', value: 'anna+new@example.com' },
  ],
  body: BODY,
  values: () => [],
  ...more,
});

/** An emulator, what wishes for contacts at it, and how often an intent was noted. */
async function setUp(options: EmulatorOptions = {}, limits: Parameters<typeof lookupsAt>[1] = {}) {
  const emulator = await emulatorHere({ contacts: 0, ...options });
  const lookups = lookupsAt(emulator, limits);
  let intents = 0;
  const wish = (more: Partial<NewContact> = {}): Promise<Created> =>
    lookups.create(wishFor(more), async () => {
      intents += 1;
    });
  return { emulator, wish, ...lookups, intents: () => intents };
}

const methods = (emulator: Emulator): string[] => [...emulator.requests].map(({ method }) => method);
const made = (emulator: Emulator): number[] =>
  emulator.journal.filter(({ by }) => by === 'create').map(({ contactId }) => contactId);

test('makes a contact with what can be given at once', async () => {
  const { emulator, wish } = await setUp();
  const created = await wish();
  expect(created).toMatchObject({ kind: 'created', id: 1, requests: 1 });
  expect(emulator.contact(1)).toMatchObject({
    name: 'Anna Müller',
    email: 'anna+new@example.com',
    phone_number: '+15557770000',
    identifier: 'CRM-1',
    custom_attributes: {},
  });
  expect(methods(emulator)).toEqual(['POST']);
});

test('sends nothing before the intent is noted', async () => {
  const { emulator, create } = await setUp();
  let requestsThen: number | undefined;
  await create(wishFor(), async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    requestsThen = emulator.requests.length;
  });
  expect(requestsThen).toBe(0);
  expect(made(emulator)).toHaveLength(1);
});

test('sends nothing where the intent cannot be noted', async () => {
  const { emulator, create } = await setUp();
  const broken = create(wishFor(), () => Promise.reject(new Error('disk full')));
  await expect(broken).rejects.toThrow('disk full');
  expect(emulator.requests.length).toBe(0);
});

describe('a POST without a clear answer', () => {
  const AFTER: readonly InjectedFault[] = ['reset-after', '504-after', 'hang', 'cut', 'garbage'];
  const BEFORE: readonly InjectedFault[] = ['reset-before', '500', '502', '503', '504', '408', '425'];

  test.each([...AFTER, ...BEFORE])('%s: one contact is made, and no second one', async (fault) => {
    let posts = 0;
    const { emulator, create, search } = await setUp(
      {
        onRequest({ method }) {
          if (method !== 'POST') return;
          posts += 1;
          emulator.set({ faults: {} });
        },
      },
      { timeoutMs: 500 },
    );
    // once it was seen to be the API, one strange answer does not stop the run
    await search({ field: 'email', value: 'nobody@example.com' });
    emulator.reset();
    const created = await create(wishFor(), async () => {
      emulator.set({ faults: { [fault]: 1 } });
    });

    expect(made(emulator)).toEqual([1]);
    if (AFTER.includes(fault)) {
      expect(created).toMatchObject({ kind: 'found', id: 1, isOurs: true, requests: 1 });
      expect(methods(emulator)).toEqual(['POST', 'GET']);
    } else {
      expect(created).toMatchObject({ kind: 'created', id: 1, requests: 2 });
      expect(methods(emulator)).toEqual(['POST', 'GET', 'GET', 'POST']);
    }
    expect(posts).toBe(AFTER.includes(fault) ? 1 : 2);
  });

  test('each of them with several faults in a row', async () => {
    for (const fault of FAULTS) {
      if (fault === '401' || fault === '403' || fault === 'hang') continue;
      const { emulator, wish, search } = await setUp({ seed: 7 }, { maxAttempts: 20 });
      await search({ field: 'email', value: 'nobody@example.com' });
      emulator.set({ faults: { [fault]: 0.5 } });
      const created = await wish();
      expect([fault, made(emulator).length]).toEqual([fault, 1]);
      expect(['created', 'found']).toContain(created === 'pending' ? created : created.kind);
    }
  });

  test('is given up after the last attempt, when nobody was found', async () => {
    const { emulator, wish } = await setUp(
      {},
      { instead: ({ method }) => (method === 'POST' ? answer(500) : undefined) },
    );
    const ended = await wish({ body: { email: 'anna@example.com' } });
    expect(ended).toMatchObject({
      kind: 'ended',
      outcome: { status: 'failed', httpStatus: 500, attempts: 4, error: { code: 'ERR_SERVER' } },
    });
    expect(made(emulator)).toEqual([]);
  });

  test('of an earlier process is looked for first', async () => {
    const { emulator, wish, intents } = await setUp({ contactList: [{ id: 5, identifier: 'CRM-1' }] });
    expect(await wish({ isUnsure: true })).toMatchObject({ kind: 'found', id: 5, isOurs: true, requests: 0 });
    expect(methods(emulator)).toEqual(['GET']);
    expect(intents()).toBe(0);
  });

  test('of an earlier process that never arrived is made now', async () => {
    const { emulator, wish } = await setUp();
    expect(await wish({ isUnsure: true })).toMatchObject({ kind: 'created', id: 1, requests: 1 });
    expect(methods(emulator)).toEqual(['GET', 'GET', 'POST']);
  });
});

describe('a value that is taken', () => {
  test.each([
    ['the identifier', { id: 5, identifier: 'CRM-1' }],
    ['the identifier, with another e-mail', { id: 5, identifier: 'CRM-1', email: 'old@example.com' }],
    ['the e-mail, in other letters', { id: 5, email: 'anna+new@example.com' }],
    ['both', { id: 5, email: 'anna+new@example.com', identifier: 'CRM-1' }],
  ])('%s: the contact is found', async (_what, contact) => {
    const { emulator, wish } = await setUp({ contactList: [contact] });
    expect(await wish()).toMatchObject({ kind: 'found', id: 5, isOurs: false, requests: 1 });
    expect(made(emulator)).toEqual([]);
  });

  test('by somebody else with the same e-mail: nobody is touched', async () => {
    const { emulator, wish } = await setUp({
      contactList: [{ id: 5, email: 'anna+new@example.com', identifier: 'CRM-9' }],
    });
    const ended = await wish();
    expect(ended).toMatchObject({
      kind: 'ended',
      outcome: { status: 'rejected', error: { code: 'ERR_TAKEN', field: 'email' } },
    });
    expect(JSON.stringify(ended)).toContain('contact 5');
    expect(emulator.journal).toHaveLength(0);
  });

  test('by a contact that the row does not name: nobody is touched', async () => {
    const { emulator, wish } = await setUp({ contactList: [{ id: 5, email: 'anna+new@example.com' }] });
    expect(await wish({ keys: [{ field: 'identifier', value: 'CRM-1' }] })).toMatchObject({
      kind: 'ended',
      outcome: {
        status: 'rejected',
        error: {
          code: 'ERR_TAKEN',
          field: 'email',
          message: expect.stringContaining('does not name its contact by that'),
        },
      },
    });
    expect(emulator.journal).toHaveLength(0);
  });

  test('the phone: several may have it, so it is refused', async () => {
    const { emulator, wish } = await setUp({ contactList: [{ id: 5, phone_number: '+15557770000' }] });
    expect(await wish()).toMatchObject({
      kind: 'ended',
      outcome: {
        status: 'rejected',
        httpStatus: 422,
        error: { code: 'ERR_VALIDATION', field: 'phone_number' },
      },
    });
    expect(methods(emulator)).toEqual(['POST']);
  });

  test('by nobody: the API has another reason', async () => {
    const { emulator, wish } = await setUp();
    const ended = await wish({
      keys: [{ field: 'email', value: 'no e-mail' }],
      body: { email: 'no e-mail' },
      values: () => [['email', 'no e-mail']],
    });
    expect(ended).toMatchObject({
      kind: 'ended',
      outcome: { status: 'rejected', error: { code: 'ERR_VALIDATION', field: 'email' } },
    });
    expect(JSON.stringify(ended)).not.toContain('no e-mail');
    expect(methods(emulator)).toEqual(['POST', 'GET']);
  });

  test('by two wishes at the same time: one is made, the other finds it', async () => {
    const { emulator, wish } = await setUp({ latencyMs: [0, 20] });
    const both = await Promise.all([wish(), wish()]);
    expect(both.map((one) => (one === 'pending' ? one : one.kind)).sort()).toEqual(['created', 'found']);
    expect(made(emulator)).toEqual([1]);
  });
});

test('an inbox that is not there stops the run and is named', async () => {
  const { wish } = await setUp();
  await expect(wish({ inboxId: 999 })).rejects.toMatchObject({
    code: 'ERR_INBOX',
    exitCode: 3,
    message: expect.stringContaining('inbox 999'),
  });
});

test.each([
  ['only a phone', { name: 'Anna', phone_number: '+15557770000' }],
  ['empty keys', { email: '', identifier: null }],
])('%s is not enough to make a contact', async (_what, body) => {
  const { emulator, wish, intents } = await setUp();
  expect(await wish({ body })).toMatchObject({
    kind: 'ended',
    outcome: { status: 'invalid', error: { code: 'ERR_NO_KEY' } },
  });
  expect(emulator.requests.length + intents()).toBe(0);
});

test('a refused key ends no row', async () => {
  const { wish, told } = await setUp({ faults: { '401': 1 } });
  expect(await wish()).toBe('pending');
  expect(told).toEqual(['unauthorized']);
});

test('who is forbidden is held until others testify', async () => {
  const { wish, forbidden } = await setUp({ faults: { '403': 1 } });
  const held = await wish();
  if (held === 'pending' || held.kind !== 'held') throw new Error('not held');
  forbidden.different(318763);
  expect(await held.held).toMatchObject({ status: 'rejected', error: { code: 'ERR_FORBIDDEN' } });
});

test('throttled answers use up no attempt', async () => {
  const { emulator, wish } = await setUp(
    { limit: { requests: 1, windowMs: 300 }, throttleMode: 'json' },
    { maxAttempts: 1 },
  );
  await wish({ body: { email: 'a@b.c' } });
  expect(await wish({ body: { email: 'd@e.f' } })).toMatchObject({ kind: 'created' });
  expect(emulator.stats().throttled).toBeGreaterThan(0);
});

test('but behind a gateway that is out of breath it may have been made', async () => {
  const { emulator, wish } = await setUp({
    limit: { requests: 2, windowMs: 1_000 },
    throttleMode: 'unavailable',
  });
  for (const email of ['a@b.c', 'd@b.c']) await wish({ body: { email } });
  emulator.reset();
  expect(await wish({ body: { email: 'd@e.f' } })).toMatchObject({ kind: 'created' });
  const [first, ...rest] = methods(emulator);
  expect(first).toBe('POST');
  expect(rest.indexOf('GET')).toBeLessThan(rest.indexOf('POST'));
  expect(rest).toContain('GET');
});
