import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, startCli } from '../helpers/cli-process.ts';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { emulatorProcess } from '../helpers/emulator-process.ts';
import { fixture } from '../helpers/fixture.ts';
import { type RedisHere, redisHere } from '../helpers/redis-here.ts';
import { watchStalls } from '../helpers/stalls.ts';
import { sync } from '../helpers/sync.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { numberedCsv, writeInput } from '../helpers/write-input.ts';

/** The environment of a machine of its own: its lock is not seen by another. */
const machine = (redis: RedisHere) => ({ LIVEDESK_REDIS_URL: redis.url, TMPDIR: tempDir() });

/** Resolves once a process has said so. */
async function said({ child }: ReturnType<typeof startCli>, what: RegExp): Promise<void> {
  let text = '';
  for (;;) {
    text += String((await once(child.stderr, 'data'))[0]);
    if (what.test(text)) return;
  }
}

/** The most of the times in any second. */
function busiestSecond(times: readonly number[]): number {
  let first = 0;
  return Math.max(
    ...times.map((time, last) => {
      while (time - (times[first] ?? 0) >= 1000) first += 1;
      return last - first + 1;
    }),
  );
}

describe('two workers, one rate', { retry: 2 }, () => {
  it('hold it together, also while Redis hangs, and deliver every row', async (context) => {
    const redis = await redisHere(context);
    const emulator = await emulatorProcess(['--contacts', '1600', '--latency', '5ms', '--limit', 'none']);
    const input = writeInput('contacts.csv', numberedCsv(1_600));
    const stalled = watchStalls();
    const workers = [1, 2].map((i) => {
      const out = ['-o', join(tempDir(), 'run'), '--log-format', 'json'];
      const args = ['run', input, '--base-url', emulator.url, '--rate', '200', '--shard', `${i}/2`];
      return startCli([...args, ...out], { env: machine(redis) });
    });
    await Promise.all(workers.map((worker) => said(worker, /run begins/)));
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    redis.freeze();
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    redis.thaw();
    for (const { code, stderr } of await Promise.all(workers.map(({ ended }) => ended))) {
      expect(code).toBe(0);
      expect(stderr).toContain('Redis fails: this worker goes on with its share of the rate, one of 2');
      expect(stderr).toContain('Redis is back');
      expect(stderr).not.toContain('sends at its own --rate');
    }
    expect(new Set((await emulator.writes()).map(({ contactId }) => contactId)).size).toBe(1_600);
    const times = (await emulator.arrivals()).map(({ at }) => at);
    expect(busiestSecond(times)).toBeLessThanOrEqual(220 + 200 * stalled());
    expect(times.length / (((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000)).toBeGreaterThan(140);
  });
});

describe('a Redis that cannot be used at the start', () => {
  it('is not there: nothing is sent, and no password shown', async (context) => {
    const redis = await redisHere(context);
    await redis.kill();
    const emulator = await emulatorHere();
    const url = redis.url.replace('//', '//user:P-UNMISTAKABLE@');
    const ended = await sync({
      url: emulator.url,
      args: [writeInput('contacts.csv', numberedCsv(3))],
      env: { LIVEDESK_REDIS_URL: url },
    });
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/Redis at 127\.0\.0\.1:\d+ cannot be used \(ECONNREFUSED\).*ERR_REDIS/);
    expect(ended.stdout + ended.stderr).not.toContain('P-UNMISTAKABLE');
    expect(emulator.requests.length).toBe(0);
  });

  it('does not take the password, which comes from a file', async (context) => {
    const redis = await redisHere(context, { args: ['--requirepass', 'right'] });
    const file = join(tempDir(), 'redis-url');
    writeFileSync(file, `${redis.url.replace('//', '//:P-UNMISTAKABLE@')}\n`);
    const args = ['run', writeInput('contacts.csv', numberedCsv(3)), '--base-url', 'http://127.0.0.1:9'];
    const ended = await runCli(args, { env: { LIVEDESK_REDIS_URL_FILE: file }, cwd: tempDir() });
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/cannot be used \(WRONGPASS\).*ERR_REDIS/);
    expect(ended.stderr).not.toContain('P-UNMISTAKABLE');
  });

  it('hangs', async (context) => {
    const redis = await redisHere(context);
    redis.freeze();
    const args = ['run', writeInput('contacts.csv', numberedCsv(3)), '--base-url', 'http://127.0.0.1:9'];
    const ended = await runCli(args, { env: machine(redis), cwd: tempDir() });
    redis.thaw();
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/cannot be used \(no answer\)/);
  });
});

it('a run on another machine keeps out a second one, and a pull', async (context) => {
  const redis = await redisHere(context);
  const emulator = await emulatorHere({ contacts: 100 });
  const input = writeInput('contacts.csv', numberedCsv(100));
  const at = ['--base-url', emulator.url, '--rate', '10'];
  const first = startCli(['run', input, ...at, '-o', join(tempDir(), 'run')], { env: machine(redis) });
  await said(first, /run begins/);
  const second = await runCli(['run', input, ...at, '-o', join(tempDir(), 'run')], { env: machine(redis) });
  expect(second).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('is held in Redis by another run on'),
  });
  const pull = await runCli(['pull', '--state', tempDir(), ...at], { env: machine(redis) });
  expect(pull).toMatchObject({ code: 4, stderr: expect.stringContaining('ERR_LOCKED') });

  redis.freeze(); // an end does not wait for it
  const began = performance.now();
  first.child.kill('SIGTERM');
  expect((await first.ended).code).toBe(143);
  expect(performance.now() - began).toBeLessThan(2_000);
  redis.thaw();
});

it('with TLS only what is vouched for is spoken to', async (context) => {
  const redis = await redisHere(context, { tls: true });
  const emulator = await emulatorHere({ contacts: 3 });
  const run = (env: Record<string, string>) =>
    sync({
      url: emulator.url,
      args: [writeInput('contacts.csv', numberedCsv(3))],
      env: { ...machine(redis), LIVEDESK_REDIS_URL: redis.url, ...env },
    });
  const refused = await run({ NODE_TLS_REJECT_UNAUTHORIZED: '0' });
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
  const known = await run({ NODE_EXTRA_CA_CERTS: fixture('tls/self-signed.crt') });
  expect(known.code).toBe(0);
  expect(known.stderr).toContain('shares the rate');
});
