import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { CONTACTS, call, patch } from './call.ts';

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator({ contacts: 3 });
});
afterEach(() => emulator.close());

const control = (method: string, path: string, body?: unknown) =>
  call(emulator, method, `/_emulator/${path}`, body);

test('an outage drops the API, also on open connections, and not the controls', async () => {
  await patch(emulator, 1, {});
  expect((await control('POST', 'set', { down: true })).json).toMatchObject({ down: true });
  await expect(patch(emulator, 1, {})).rejects.toThrow();
  await control('POST', 'set', { down: false });
  expect((await patch(emulator, 1, {})).status).toBe(200);
  expect(emulator.stats().requests).toBe(2);
});

test('an outage hangs up on idle connections at once', async () => {
  const socket = connect(emulator.port, '127.0.0.1');
  await once(socket, 'connect');
  while (emulator.stats().connections === 0) await control('GET', 'stats');
  emulator.setDown(true);
  await once(socket, 'close');
});

test('a client that goes away while it waits is counted once, and its write is applied', async () => {
  emulator.set({ latencyMs: [50, 50] });
  const abort = new AbortController();
  const waiting = fetch(`${emulator.url}${CONTACTS}/1`, {
    method: 'PATCH',
    signal: abort.signal,
    headers: { authorization: `Basic ${btoa('demo-key:demo-secret')}`, 'content-type': 'application/json' },
    body: '{"name":"x"}',
  });
  while (emulator.stats().inFlight === 0) await control('GET', 'stats');
  abort.abort();
  await expect(waiting).rejects.toThrow();
  while (emulator.stats().inFlight > 0) await control('GET', 'stats');
  expect(emulator.stats()).toMatchObject({ inFlight: 0, writes: 1 });
  expect(emulator.stats().byStatus).toEqual({ 200: 1 });
});

test('a request that waits when the outage begins is not applied', async () => {
  emulator.set({ latencyMs: [100, 100] });
  const waiting = patch(emulator, 1, { name: 'x' });
  while (emulator.stats().inFlight === 0) await control('GET', 'stats');
  emulator.setDown(true);
  await expect(waiting).rejects.toThrow();
  while (emulator.stats().inFlight > 0) await control('GET', 'stats');
  expect(emulator.journal).toHaveLength(0);
});

test('journal and requests come as a JSON object a line', async () => {
  await patch(emulator, 1, { name: 'x' });
  await patch(emulator, 9, { name: 'x' });
  expect((await control('GET', 'journal')).json).toMatchObject({ seq: 1, contactId: 1, body: { name: 'x' } });
  const requests = (await control('GET', 'requests')).text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(requests).toMatchObject([
    { method: 'PATCH', contactId: 1, status: 200 },
    { method: 'PATCH', contactId: 9, status: 404 },
  ]);
  expect(requests[1].at - requests[0].at).toBeGreaterThan(0);
  expect(Math.abs(requests[1].at - Date.now())).toBeLessThan(60_000);
});

test('is neither counted nor throttled, and needs no credentials', async () => {
  emulator.setLimit({ requests: 1, windowMs: 3_600_000 });
  expect([(await patch(emulator, 1, {})).status, (await patch(emulator, 2, {})).status]).toEqual([200, 429]);
  const response = await fetch(`${emulator.url}/_emulator/stats`);
  expect(await response.json()).toMatchObject({
    requests: 2,
    throttled: 1,
    byStatus: { 200: 1, 429: 1 },
    writes: 0,
  });
});

test('an agent edits and deletes', async () => {
  expect((await control('PATCH', 'contacts/2', { name: 'Agent' })).json).toMatchObject({
    id: 2,
    name: 'Agent',
  });
  expect((await control('GET', 'contacts/2')).json).toEqual(emulator.contact(2));
  await control('DELETE', 'contacts/2');
  expect((await control('GET', 'contacts/2')).status).toBe(404);
  expect((await patch(emulator, 2, {})).status).toBe(404);
  expect(emulator.journal.map(({ by }) => by)).toEqual(['agent', 'delete']);
});

test('reset empties what was recorded and keeps the contacts', async () => {
  await patch(emulator, 1, { name: 'x' });
  await control('POST', 'reset');
  expect(emulator.stats()).toMatchObject({ requests: 0, writes: 0, byStatus: {} });
  expect([emulator.journal.length, emulator.requests.length]).toEqual([0, 0]);
  expect(emulator.contact(1)?.['name']).toBe('x');
});

test.each([
  ['{"down": 1}', 'down: expected true or false'],
  [
    '{"limit": {"requests": 1}}',
    'limit: expected {"requests": N, "windowMs": N}, with "burst": N for a bucket, or null for none',
  ],
  ['{"latencyMs": [9, 1]}', 'latencyMs: expected [shortest, longest] in milliseconds'],
  ['{"constructor": 1}', 'constructor: expected one of down, '],
  ['[]', 'the switches: expected a JSON object'],
  ['{', ''],
])('refuses %s', async (body, message) => {
  const { status, json } = await control('POST', 'set', body);
  expect(status).toBe(400);
  expect(json?.['error']).toContain(message);
  expect(emulator.stats().requests).toBe(0);
});

test('tells what it can when asked for anything else', async () => {
  expect((await control('GET', '')).text).toContain('/_emulator/journal');
  expect((await control('GET', 'nothing')).status).toBe(404);
});
