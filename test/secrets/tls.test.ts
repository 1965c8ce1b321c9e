import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, get, type Server } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { test as base, describe, expect, onTestFinished } from 'vitest';
import { createAttempt } from '../../src/client/http/attempt.ts';
import { findProxyAgent } from '../../src/client/http/proxy.ts';
import { cliHere } from '../helpers/cli-here.ts';
import { fixture } from '../helpers/fixture.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { numberedCsv, writeInput } from '../helpers/write-input.ts';

/** A test that may change the environment, which Node reads for each connection. */
const test = base.extend<{ env: (values: Readonly<Record<string, string>>) => void }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest asks for a pattern
  env: async ({}, use) => {
    const before = { ...process.env };
    await use((values) => Object.assign(process.env, values));
    process.env = before;
  },
});

describe('a certificate that nobody vouches for', () => {
  test('is refused, before a header is sent', async () => {
    const server = await tlsServer();
    expect(await ask(server.url)).toMatchObject({ kind: 'fault', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    expect(server.requests()).toBe(0);
  });

  test('is refused although the environment says otherwise', async ({ env }) => {
    env({ NODE_TLS_REJECT_UNAUTHORIZED: '0' });
    const server = await tlsServer();
    expect(await ask(server.url)).toMatchObject({ kind: 'fault', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    expect(server.requests()).toBe(0);
    // the switch works in Node itself, so it is our client that ignores it
    await new Promise((resolve) => get(server.url, resolve));
    expect(server.requests()).toBe(1);
  });

  test('is refused through a proxy, too', async ({ env }) => {
    const server = await tlsServer();
    const proxy = await connectProxy();
    env({
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      HTTPS_PROXY: `http://user:P-UNMISTAKABLE@127.0.0.1:${proxy.port}`,
      NO_PROXY: '',
    });
    const found = await findProxyAgent(server.url, 1);
    expect(found?.host).toBe(`127.0.0.1:${proxy.port}`);
    expect(await ask(server.url, found?.agent)).toMatchObject({
      kind: 'fault',
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    expect(proxy.tunnels()).toBe(1);
    expect(server.requests()).toBe(0);
  });
});

test('a run stops at once, says what to do, and leaves its rows to be gone on with', async () => {
  const server = await tlsServer();
  const args = [writeInput('contacts.csv', numberedCsv(3)), '--base-url', server.url, '--json'];
  const { code, stdout } = await cliHere(['run', ...args, '--run-dir', join(tempDir(), 'run')]);
  expect(code).toBe(3);
  const { stopped, pending, next } = JSON.parse(stdout);
  expect(stopped).toMatchObject({ code: 'ERR_TLS', message: expect.stringContaining('NODE_EXTRA_CA_CERTS') });
  expect([pending, next]).toEqual([3, expect.stringContaining('--resume')]);
  expect(server.requests()).toBe(0);
});

test('a proxy that nobody vouches for gets no request, and no login', async ({ env }) => {
  const proxy = await tlsServer();
  env({
    NODE_TLS_REJECT_UNAUTHORIZED: '0',
    HTTPS_PROXY: proxy.url.replace('//', '//user:P-UNMISTAKABLE@'),
    NO_PROXY: '',
  });
  const found = await findProxyAgent('https://127.0.0.1:9', 1);
  expect(await ask('https://127.0.0.1:9', found?.agent)).toMatchObject({
    kind: 'fault',
    code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  });
  expect(proxy.requests()).toBe(0);
});

// --- internal ---

async function tlsServer(): Promise<{ url: string; requests(): number }> {
  let requests = 0;
  const certificate = {
    key: readFileSync(fixture('tls/self-signed.key')),
    cert: readFileSync(fixture('tls/self-signed.crt')),
  };
  const server = createServer(certificate, (_request, response) => {
    requests += 1;
    response.end('{}');
  }).on('connect', (_request, socket) => {
    requests += 1;
    socket.destroy();
  });
  const port = await listen(server);
  return { url: `https://127.0.0.1:${port}`, requests: () => requests };
}

/** A proxy that opens tunnels to wherever it is asked to. */
async function connectProxy(): Promise<{ port: number; tunnels(): number }> {
  let tunnels = 0;
  const server = createHttpServer();
  server.on('connect', ({ url }, socket) => {
    tunnels += 1;
    const target = connect(Number(url?.split(':').at(-1)), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      target.pipe(socket);
      socket.pipe(target);
    });
    target.on('error', () => socket.destroy());
    socket.on('error', () => target.destroy());
  });
  return { port: await listen(server), tunnels: () => tunnels };
}

async function listen(server: Server | ReturnType<typeof createHttpServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function ask(baseUrl: string, proxyAgent?: Parameters<typeof createAttempt>[0]['proxyAgent']) {
  const { attempt, close } = createAttempt({
    baseUrl,
    apiKey: 'K-UNMISTAKABLE',
    apiSecret: 'S-UNMISTAKABLE',
    timeoutMs: 5_000,
    concurrency: 1,
    userAgent: 'test',
    aborting: new AbortController().signal,
    ...(proxyAgent ? { proxyAgent } : {}),
  });
  const reply = await attempt({ method: 'PATCH', path: '/api/v2/accounts/contacts/1', body: '{}' });
  close();
  return reply;
}
