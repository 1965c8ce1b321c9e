import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { onTestFinished, type TestContext } from 'vitest';
import { fixture } from './fixture.ts';
import { leaveOut } from './leave-out.ts';
import { tempDir } from './temp-dir.ts';

/** A Redis of a test's own, which keeps its port over restarts; it ends with the test. */
export interface RedisHere {
  /** Of the place it listens at. */
  readonly url: string;
  /** Its process stops in its tracks, with all connections open. */
  freeze(): void;
  thaw(): void;
  kill(): Promise<void>;
  start(): Promise<void>;
  /** A connection for the test to look in. */
  readonly client: Redis;
}

/**
 * Starts Debian's redis-server, with TLS and a certificate that nobody vouches for if asked. Where there is none the
 * test is skipped, except in continuous integration, where a test that never runs would go unnoticed.
 */
export async function redisHere(
  { skip }: TestContext,
  { tls = false, args = [] }: { readonly tls?: boolean; readonly args?: readonly string[] } = {},
): Promise<RedisHere> {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'pipe' });
  } catch {
    const why = 'sharing a rate takes redis-server, which is not installed';
    leaveOut(why);
    skip(why);
  }
  const port = await freePort();
  const certificate = ['--tls-cert-file', fixture('tls/self-signed.crt'), '--tls-key-file'];
  const secure = [...certificate, fixture('tls/self-signed.key'), '--tls-auth-clients', 'no'];
  const listening = tls ? ['--port', '0', '--tls-port', `${port}`, ...secure] : ['--port', `${port}`];
  const dir = tempDir();
  let child: ChildProcess | undefined;
  const client = new Redis({
    port,
    lazyConnect: true,
    retryStrategy: () => 20,
    maxRetriesPerRequest: null,
    ...(tls ? { tls: { rejectUnauthorized: false } } : {}),
  });
  client.on('error', () => {}); // while it starts, and while it is gone
  const start = async (): Promise<void> => {
    child = spawn(
      'redis-server',
      [...listening, '--bind', '127.0.0.1', '--save', '', '--dir', dir, ...args],
      {
        stdio: 'ignore',
      },
    );
    if (args.length === 0) await client.ping();
    else await delay(300); // it may ask for a password
  };
  const kill = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'close');
    child.kill('SIGKILL');
    await ended;
  };
  onTestFinished(async () => {
    client.disconnect();
    await kill();
  });
  await start();
  return {
    url: `${tls ? 'rediss' : 'redis'}://127.0.0.1:${port}`,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    kill,
    start,
    client,
  };
}

// --- internal ---

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
