import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { PullSummary } from '../../src/commands/pull-summary.ts';
import { type CliOptions, runCli, startCli } from '../helpers/cli-process.ts';
import { emulatorProcess } from '../helpers/emulator-process.ts';
import { tempDir } from '../helpers/temp-dir.ts';

/** An emulator in a process of its own, and a pull from it into a fresh directory. */
async function setUp(...args: readonly string[]) {
  const emulator = await emulatorProcess(['--limit', 'none', ...args]);
  const state = join(tempDir(), 'state');
  const pull = (more: readonly string[] = [], options?: CliOptions) => {
    const rate = more.includes('--rate') ? [] : ['--rate', 'unlimited'];
    return startCli(['pull', '--state', state, '--base-url', emulator.url, ...rate, ...more], options);
  };
  return { emulator, state, pull };
}

const summaryOf = ({ stdout }: { stdout: string }): PullSummary => JSON.parse(stdout);

it('reads an account and says what it did', async () => {
  const { emulator, pull } = await setUp('--contacts', '1000');

  const { code, stdout, stderr } = await pull().ended;

  expect(code).toBe(0);
  expect(stdout.replace(/\d+\.\d+/g, '0.0').replace(/\S+\/state\/\w+/, 'state/…')).toMatchInlineSnapshot(`
    "Pull complete, in 0.0 s

      1,000 contacts read
      68 requests, 0.0/s of unlimited

    State: state/…
    "
  `);
  expect(stderr).toContain('1,000 contacts, 15 on a page: 67 calls.');
  expect((await emulator.arrivals()).every(({ method }) => method === 'GET')).toBe(true);
});

it('takes larger pages where they are given', async () => {
  const { emulator, pull } = await setUp('--contacts', '1000', '--page-size', 'honoured');
  const { code, stderr } = await pull(['--rate', '100']).ended;
  expect(code).toBe(0);
  expect(stderr).toContain('1,000 contacts, 100 on a page: 10 calls, 0.1 s at 100/s.');
  expect(await emulator.arrivals()).toHaveLength(11);
});

it('is gone on with after a kill, from where it stopped', { timeout: 180_000 }, async () => {
  const { emulator, pull } = await setUp('--contacts', '4500', '--latency', '5ms');
  const first = pull(['--rate', '60']);
  while ((await emulator.arrivals()).length < 200) await delay(50);
  first.child.kill('SIGKILL');
  await first.ended;
  await emulator.reset();

  const { code, ...ended } = await pull(['--json']).ended;

  expect(code).toBe(0);
  expect(summaryOf(ended)).toMatchObject({ complete: true, resumed: true, contacts: 4500, gone: 0 });
  // of 302; a second of the first pull may be done again
  expect((await emulator.arrivals()).length).toBeLessThan(302 - 200 + 60 + 20);
});

it('stops at a signal, and goes on the next time', { timeout: 180_000 }, async () => {
  const { emulator, pull } = await setUp('--contacts', '4500', '--latency', '20ms');
  const first = pull(['--rate', '60', '--json']);
  while ((await emulator.arrivals()).length < 60) await delay(50);
  first.child.kill('SIGINT');
  const stopped = await first.ended;
  expect(stopped.code).toBe(130);
  const { contacts } = summaryOf(stopped);
  expect(contacts).toBeGreaterThan(500);
  expect(summaryOf(stopped)).toMatchObject({ complete: false, stopped: { code: 'SIGINT' }, exit_code: 130 });
  await emulator.reset();

  expect(summaryOf(await pull(['--json']).ended)).toMatchObject({ resumed: true, contacts: 4500 });
  expect(await emulator.arrivals()).toHaveLength(1 + (4500 - contacts) / 15);
});

it('leaves the account to the one who holds the lock', async () => {
  const { emulator, pull } = await setUp('--contacts', '1500', '--latency', '20ms');
  const first = pull(['--rate', '60']);
  while ((await emulator.arrivals()).length < 5) await delay(20);
  const { code, stderr } = await pull().ended;
  expect(code).toBe(4);
  expect(stderr).toContain('ERR_LOCKED');
  first.child.kill('SIGKILL');
  await first.ended;
});

it('passes an account that is out of breath', { timeout: 180_000 }, async () => {
  const { pull } = await setUp('--contacts', '1500', '--fault', '503=5%', '--fault', 'reset-after=5%');
  const { code, ...ended } = await pull(['--json']).ended;
  expect([code, ended.stderr]).toEqual([0, expect.any(String)]);
  expect(summaryOf(ended)).toMatchObject({ complete: true, contacts: 1500 });
  expect(summaryOf(ended).retries).toBeGreaterThan(0);
});

it('takes its options from the environment, which it may share with a run', async () => {
  const { emulator, state } = await setUp('--contacts', '10');
  const env = {
    LIVEDESK_STATE: state,
    LIVEDESK_BASE_URL: emulator.url,
    LIVEDESK_MAPPING: 'mapping.yaml',
    LIVEDESK_INPUT: 'crm.csv',
    LIVEDESK_CONCURRENCY: '4',
  };
  const { code, stderr } = await runCli(['pull'], { env });
  expect(code).toBe(0);
  expect(stderr).not.toContain('warning');
});

it.each<[what: string, args: string[], env: Record<string, string | undefined>, code: number, says: string]>([
  ['no state', ['pull', '--no-state'], {}, 2, 'pull reads the account into a state'],
  [
    'no key',
    ['pull', '--state', 's'],
    { LIVEDESK_API_KEY: undefined, LIVEDESK_API_SECRET: undefined },
    2,
    'ERR_CREDENTIALS_MISSING',
  ],
  ['a bad rate', ['pull', '--state', 's', '--rate', 'fast'], {}, 2, '--rate takes requests per second'],
])('%s', async (_what, args, env, code, says) => {
  const ended = await runCli(args, { env, cwd: tempDir() });
  expect([ended.code, ended.stderr]).toEqual([code, expect.stringContaining(says)]);
});

it('a refused key stops it', async () => {
  const { pull } = await setUp('--contacts', '10');
  const { code, stdout } = await pull([], { env: { LIVEDESK_API_SECRET: 'wrong' } }).ended;
  expect(code).toBe(3);
  expect(stdout).toContain('ERR_UNAUTHORIZED');
});
