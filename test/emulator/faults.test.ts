import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { drawFault, FAULTS } from '../../src/emulator/fault.ts';
import { CONTACTS, call, patch } from './call.ts';

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator({ contacts: 20 });
});
afterEach(() => emulator.close());

test.each(['401', '403', '408', '425', '500', '502', '503', '504'] as const)(
  '%s is answered, nothing written',
  async (fault) => {
    emulator.set({ faults: { [fault]: 1 } });
    expect((await patch(emulator, 1, { name: 'x' })).status).toBe(Number(fault));
    expect(emulator.journal).toHaveLength(0);
    expect(emulator.stats().faults).toEqual({ [fault]: 1 });
  },
);

test.each([
  ['reset-before', 0],
  ['reset-after', 1],
  ['cut', 1],
] as const)('%s breaks the connection with %i writes', async (fault, writes) => {
  emulator.set({ contactFaults: { 1: fault } });
  await expect(patch(emulator, 1, { name: 'x' })).rejects.toThrow();
  expect(emulator.journal).toHaveLength(writes);
  expect(emulator.requests.at(0)).toMatchObject({ contactId: 1, status: 0 });
});

test('hang never answers; the request is open until its client goes', async () => {
  emulator.set({ contactFaults: { 1: 'hang' } });
  const abort = new AbortController();
  const open = fetch(`${emulator.url}${CONTACTS}/1`, { method: 'PATCH', signal: abort.signal, body: '{}' });
  while (emulator.stats().inFlight === 0) await call(emulator, 'GET', '/_emulator/stats');
  abort.abort();
  await expect(open).rejects.toThrow();
  while (emulator.stats().inFlight > 0) await call(emulator, 'GET', '/_emulator/stats');
});

test('a list of faults begins anew each time it is set', async () => {
  const contactFaults = { 1: ['500'] } as const;
  for (let round = 0; round < 2; round += 1) {
    emulator.set({ contactFaults });
    expect([(await patch(emulator, 1, {})).status, (await patch(emulator, 1, {})).status]).toEqual([
      500, 200,
    ]);
  }
});

test('504-after and garbage write, then lie', async () => {
  emulator.set({ contactFaults: { 1: ['504-after', 'garbage'] } });
  expect((await patch(emulator, 1, { name: 'x' })).status).toBe(504);
  expect(await patch(emulator, 1, { name: 'y' })).toMatchObject({ status: 200, json: undefined });
  expect((await patch(emulator, 1, { name: 'z' })).status).toBe(200);
  expect(emulator.journal).toHaveLength(3);
});

test('the same seed gives the same faults', async () => {
  const statuses = async () => {
    const shaky = await startEmulator({ seed: 7, faults: { '500': 0.5 } });
    const seen: number[] = [];
    for (let id = 1; id <= 20; id += 1) seen.push((await patch(shaky, id, {})).status);
    await shaky.close();
    return seen;
  };
  const first = await statuses();
  expect(new Set(first)).toEqual(new Set([200, 500]));
  expect(await statuses()).toEqual(first);
});

test('each fault gets its share of the numbers', () => {
  const shares = { '500': 0.25, 'reset-before': 0.5 };
  const drawn = Array.from({ length: 100 }, (_, n) => drawFault(shares, n / 100) ?? 'none');
  expect(
    [...FAULTS, 'none'].map((fault) => drawn.filter((one) => one === fault).length).filter(Boolean),
  ).toEqual([25, 50, 25]);
});

test.each([
  ['login-page', 200, /Sign in/],
  ['redirect', 302, /Found/],
  ['spa', 200, /id="app"/],
] as const)('the impostor %s answers every path', async (impostor, status, page) => {
  emulator.set({ impostor });
  for (const path of [`${CONTACTS}/1`, '/', '/login']) {
    const answer = await call(emulator, 'PATCH', path, {});
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('text/html');
    expect(answer.text).toMatch(page);
  }
});

test.each([
  ['error', { error: 'Invalid Access Token' }],
  ['errors', { errors: ['You need to sign in or sign up before continuing.'] }],
  ['code', { code: 2001, message: 'Authentication failed' }],
  ['empty', undefined],
] as const)('wrong credentials are a 401 with %s', async (authBody, json) => {
  emulator.set({ authBody });
  const authorization = `Basic ${btoa('demo-key:demo-secret\n')}`;
  const answer = await call(emulator, 'PATCH', `${CONTACTS}/1`, { name: 'x' }, { authorization });
  expect(answer).toMatchObject({ status: 401, json });
  expect(answer.headers.has('www-authenticate')).toBe(authBody === 'empty');
  expect(emulator.journal).toHaveLength(0);
});

test('methods that are not there are 404 or 405, and GET of one contact is one of them', async () => {
  expect((await call(emulator, 'DELETE', `${CONTACTS}/1`)).status).toBe(404);
  emulator.set({ methodNotAllowed: 405 });
  expect((await call(emulator, 'GET', `${CONTACTS}/1`)).status).toBe(405);
  emulator.set({ showContact: true });
  expect((await call(emulator, 'GET', `${CONTACTS}/1`)).json).toEqual({ payload: emulator.contact(1) });
});
