import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { postJson } from '../../src/telemetry/webhook.ts';
import { type Script, scriptedServer } from '../helpers/scripted-server.ts';

const WAIT = { timeoutMs: 5_000 };

test.each<[what: string, script: Script, fault: string | undefined]>([
  ['a good answer', [200, 'ok'], undefined],
  ['an empty one', [204], undefined],
  ['a refusal', [403, 'no'], 'status 403'],
  ['a server error, once', [500], 'status 500'],
  [
    'a redirect, which is not followed',
    (response) => void response.writeHead(307, { location: '/other' }).end(),
    'status 307',
  ],
  ['an answer without an end', (response) => void response.writeHead(200).write('x'), undefined],
  ['a reset', (response) => void response.destroy(), 'ECONNRESET'],
])('%s', async (_what, script, fault) => {
  const { url, seen } = await scriptedServer(script);
  expect(await postJson(new URL('/hook', url), { text: 'Grüße' }, WAIT)).toBe(fault);
  expect(seen).toHaveLength(1);
  expect(seen[0]).toMatchObject({ method: 'POST', url: '/hook', body: '{"text":"Grüße"}' });
  expect(seen[0]?.headers).toMatchObject({ 'content-type': 'application/json' });
});

test('gives up after its time', async () => {
  const { url } = await scriptedServer(() => undefined);
  expect(await postJson(new URL(url), {}, { timeoutMs: 100 })).toBe('ETIMEDOUT');
});

test('gives up where nothing listens', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  expect(await postJson(new URL(`http://127.0.0.1:${port}`), {}, WAIT)).toBe('ECONNREFUSED');
});

test('a switch of protocols is a fault, and its connection is cut', async () => {
  let isCut = false;
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('close', () => {
      isCut = true;
    });
    socket.once('data', () =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: foo\r\nconnection: upgrade\r\n\r\n'),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  expect(await postJson(new URL(`http://127.0.0.1:${port}`), {}, WAIT)).toBe('status 101');
  await expect.poll(() => isCut).toBe(true);
});
