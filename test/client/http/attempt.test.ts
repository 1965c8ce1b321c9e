import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type AttemptOptions, createAttempt } from '../../../src/client/http/attempt.ts';
import type { ApiRequest } from '../../../src/client/http/reply.ts';
import { type Script, type ScriptedServer, scriptedServer } from '../../helpers/scripted-server.ts';

const PATCH: ApiRequest = { method: 'PATCH', path: '/api/v2/accounts/contacts/7', body: '{"name":"Änna"}' };

/** An attempt against a server that plays `scripts`. */
async function against(scripts: readonly Script[], more: Partial<AttemptOptions> = {}) {
  const server = await scriptedServer(...scripts);
  return { server, attempt: attemptTo(server, more) };
}

function attemptTo({ url }: Pick<ScriptedServer, 'url'>, more: Partial<AttemptOptions> = {}) {
  const { attempt, close } = createAttempt({
    baseUrl: url,
    apiKey: 'key',
    apiSecret: 'secret',
    timeoutMs: 5_000,
    concurrency: 4,
    userAgent: 'test/1',
    aborting: new AbortController().signal,
    ...more,
  });
  onTestFinished(close);
  return attempt;
}

test('sends one request as it was asked for, and gives the answer', async () => {
  const { server, attempt } = await against([
    (response) => response.writeHead(200, { 'X-Odd': 'yes' }).end('{"payload":{"id":7,"name":"Änna"}}'),
  ]);
  const reply = await attempt(PATCH);
  expect(reply).toMatchObject({ kind: 'answer', status: 200, body: '{"payload":{"id":7,"name":"Änna"}}' });
  expect(reply.kind === 'answer' && reply.headers['x-odd']).toBe('yes');
  expect(server.seen).toHaveLength(1);
  expect(server.seen[0]).toMatchObject({ method: 'PATCH', url: PATCH.path, body: '{"name":"Änna"}' });
  expect(server.seen[0]?.headers).toMatchObject({
    authorization: `Basic ${btoa('key:secret')}`,
    'content-type': 'application/json',
    'content-length': '16',
    'user-agent': 'test/1',
  });
  expect(server.seen[0]?.headers['accept-encoding']).toBe('identity');
});

test('an answered request leaves no timer behind', async () => {
  const { attempt } = await against([[200, '{}']], { timeoutMs: 60_000 });
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  await attempt(PATCH);
  const before = timers();
  for (let i = 0; i < 10; i += 1) await attempt(PATCH);
  expect(timers()).toBeLessThan(before + 5);
});

test('a GET has no body', async () => {
  const { server, attempt } = await against([[200, '{}']]);
  await attempt(PATCH);
  await attempt({ method: 'GET', path: '/api/v2/accounts/contacts?page=1' });
  expect(server.seen[1]).toMatchObject({ method: 'GET', url: '/api/v2/accounts/contacts?page=1', body: '' });
});

test('a key of any characters is sent as UTF-8', async () => {
  const { server, attempt } = await against([[200]], { apiKey: 'schlüssel', apiSecret: '秘密' });
  await attempt(PATCH);
  const [, encoded = ''] = (server.seen[0]?.headers.authorization ?? '').split(' ');
  expect(Buffer.from(encoded, 'base64').toString('utf8')).toBe('schlüssel:秘密');
});

test.each([204, 304, 400, 401, 403, 404, 422, 429, 500, 503])('%i is an answer', async (status) => {
  const { server, attempt } = await against([[status, '']]);
  expect(await attempt(PATCH)).toMatchObject({ kind: 'answer', status, body: '' });
  expect(server.seen).toHaveLength(1);
});

test('no redirect is followed', async () => {
  const { server, attempt } = await against([
    (response) => response.writeHead(307, { location: '/elsewhere' }).end('gone'),
  ]);
  expect(await attempt(PATCH)).toMatchObject({ kind: 'answer', status: 307, body: 'gone' });
  expect(server.seen).toHaveLength(1);
});

test('connections are kept and used again', async () => {
  const { server, attempt } = await against([[200, '{}']]);
  for (let i = 0; i < 5; i += 1) await attempt(PATCH);
  expect(server.seen.map(({ connection }) => connection)).toEqual([1, 1, 1, 1, 1]);
});

test('no more connections than rows in flight; requests do not mix', async () => {
  const { server, attempt } = await against([
    (response) => setTimeout(() => response.end(`{"was":"${response.req.url}"}`), 5),
  ]);
  const paths = Array.from({ length: 40 }, (_one, i) => `/contacts/${i}`);
  const replies = await Promise.all(
    paths.map((path, i) => attempt({ method: 'PATCH', path, body: `{"n":${i}}` })),
  );
  expect(replies.map((reply) => reply.kind === 'answer' && reply.body)).toEqual(
    paths.map((path) => `{"was":"${path}"}`),
  );
  expect(new Set(server.seen.map(({ connection }) => connection)).size).toBeLessThanOrEqual(4);
  for (const { url, body } of server.seen) expect(body).toBe(`{"n":${url.split('/').at(-1)}}`);
});

describe('no answer', () => {
  test.each<[what: string, script: Script, code: string | RegExp]>([
    ['hangs up before the headers', (response) => response.destroy(), 'ECONNRESET'],
    [
      'hangs up after the headers',
      (response) => {
        response.writeHead(200, { 'content-length': '100' }).write('{"payload":');
        setTimeout(() => response.destroy(), 20);
      },
      'ECONNRESET',
    ],
    [
      'hangs up within a chunked body',
      (response) => {
        response.writeHead(200).write('{"payload":');
        setTimeout(() => response.destroy(), 20);
      },
      'ECONNRESET',
    ],
    ['speaks no HTTP', (response) => response.socket?.end('hello\r\n\r\n'), /^HPE_/],
  ])('the server %s', async (_what, script, code) => {
    const { attempt } = await against([script, [200, '{}']]);
    expect(await attempt(PATCH)).toEqual({ kind: 'fault', code: expect.stringMatching(code) });
    expect(await attempt(PATCH)).toMatchObject({ kind: 'answer', status: 200 });
  });

  test('nobody listens', async () => {
    const attempt = attemptTo({ url: 'http://127.0.0.1:1' });
    expect(await attempt(PATCH)).toEqual({ kind: 'fault', code: 'ECONNREFUSED' });
  });

  test.each<[what: string, script: Script]>([
    ['never answers', () => {}],
    ['stops within the body', (response) => response.writeHead(200).write('{')],
    [
      'drips',
      (response) => {
        const drip = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(drip));
      },
    ],
  ])('the server %s: the time runs to the last byte', async (_what, script) => {
    const { attempt } = await against([script], { timeoutMs: 100 });
    expect(await attempt(PATCH)).toEqual({ kind: 'fault', code: 'ETIMEDOUT' });
  });
});

test.each([
  [200, 32],
  [404, 1],
])('of a huge body with %i only the beginning is taken: %i MiB', async (status, most) => {
  const { attempt } = await against([
    (response) => {
      response.writeHead(status);
      const piece = 'x'.repeat(64 * 1024);
      const pour = (): void => {
        while (!response.destroyed && response.write(piece));
        if (!response.destroyed) response.once('drain', pour);
      };
      pour();
    },
    [200, '{}'],
  ]);
  const reply = await attempt(PATCH);
  expect(reply).toMatchObject({ kind: 'answer', status, isCut: true });
  expect(reply.kind === 'answer' && reply.body.length).toBeGreaterThan(0);
  expect(reply.kind === 'answer' && reply.body.length).toBeLessThanOrEqual(most * 1024 * 1024);
  expect(await attempt(PATCH)).toMatchObject({ body: '{}' });
});

test('abort cuts what is open and what would begin', async () => {
  const aborting = new AbortController();
  const { server, attempt } = await against([() => aborting.abort()], { aborting: aborting.signal });
  const replies = await Promise.all([attempt(PATCH), attempt(PATCH)]);
  expect(replies).toEqual([{ kind: 'cut' }, { kind: 'cut' }]);
  const before = server.seen.length;
  expect(await attempt(PATCH)).toEqual({ kind: 'cut' });
  expect(server.seen).toHaveLength(before);
});

test('read-only refuses to write', async () => {
  const { server, attempt } = await against([[200, '{}']], { readOnly: true });
  expect(() => attempt(PATCH)).toThrow('A dry run does not send PATCH');
  expect(await attempt({ method: 'GET', path: '/' })).toMatchObject({ status: 200 });
  expect(server.seen.map(({ method }) => method)).toEqual(['GET']);
});

test('a switch of protocols (101) is an answer, and its connection is cut', async () => {
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
  const attempt = attemptTo({ url: `http://127.0.0.1:${port}` });
  expect(await attempt(PATCH)).toMatchObject({ kind: 'answer', status: 101, body: '' });
  await expect.poll(() => isCut).toBe(true);
});
