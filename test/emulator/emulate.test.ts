import { PassThrough, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { emulate } from '../../src/commands/emulate/command.ts';
import { emulatorOptions } from '../../src/commands/emulate/emulate-options.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { Host } from '../../src/core/host.ts';
import { DEFAULT_SWITCHES } from '../../src/emulator/options.ts';

const DEFAULTS = Object.fromEntries(
  Object.entries(emulate.options).map(([name, { default: value }]) => [name, value]),
);

function collector(): Writable & { text: string } {
  const sink = new Writable({
    write(chunk, _, done) {
      stream.text += String(chunk);
      done();
    },
  });
  const stream = Object.assign(sink, { text: '' });
  return stream;
}

/** A host that raises a signal when told to. */
function host(env: Host['env'] = {}) {
  let signal: () => void = () => undefined;
  const stdout = collector();
  const stderr = collector();
  const lent: Host = {
    pid: 1,
    runtime: 'Node v20.19.0, linux x64',
    env,
    stdin: new PassThrough(),
    stdout,
    stderr,
    clock: systemClock,
    onSignal(listener) {
      signal = () => listener('SIGTERM');
      return () => undefined;
    },
  };
  return { lent, stdout, stderr, stop: () => signal() };
}

async function urlIn(stdout: { text: string }): Promise<string> {
  for (;;) {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(stdout.text)?.[0];
    if (url !== undefined) return url;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('serves until a signal, tells what it is asked, and sums up', async () => {
  const { lent, stdout, stderr, stop } = host();
  const running = emulate.run({ ...DEFAULTS, port: 0 }, lent);
  const response = await fetch(`${await urlIn(stdout)}/api/v2/accounts/contacts/1`, {
    method: 'PATCH',
    headers: { authorization: `Basic ${btoa('demo-key:demo-secret')}`, 'content-type': 'application/json' },
    body: '{"email":"ada@example.com"}',
  });
  expect(response.status).toBe(200);
  stop();
  expect(await running).toBe(0);
  expect(stdout.text).toContain('export LIVEDESK_API_KEY=demo-key');
  expect(stdout.text).toContain('1 requests: 200 x1; 1 writes, 0 throttled');
  expect(stderr.text).toMatch(/^PATCH 1 email -> 200 \d+ ms\n$/);
  expect(stdout.text + stderr.text).not.toContain('ada@example.com');
});

test('takes credentials from the environment and does not print them', async () => {
  const { lent, stdout, stop } = host({ LIVEDESK_API_KEY: 'real-key', LIVEDESK_API_SECRET: 'real-secret' });
  const running = emulate.run({ ...DEFAULTS, port: 0, quiet: true }, lent);
  const headers = { authorization: `Basic ${btoa('real-key:real-secret')}` };
  const response = await fetch(`${await urlIn(stdout)}/api/v2/accounts/contacts`, { headers });
  expect(response.status).toBe(200);
  stop();
  await running;
  expect(stdout.text).not.toMatch(/real-|demo-/);
});

test('the defaults of the command are the defaults of the emulator', async () => {
  expect(await emulatorOptions(DEFAULTS, host().lent)).toMatchObject(DEFAULT_SWITCHES);
});

test('a wrong option is a RunError that says what to write', async () => {
  const run = (args: object) => emulate.run({ ...DEFAULTS, port: 0, ...args }, host().lent);
  await expect(run({ limit: 'fast' })).rejects.toThrow(
    '--limit: expected something like 500/1s, 3000/1m, 150/1s:300 or none',
  );
  await expect(run({ contacts: Number.NaN })).rejects.toThrow('contacts: expected a whole number');
});
