#!/usr/bin/env node
// @ts-check
// Four workers, one rate, one Redis: one worker is killed, Redis is frozen, killed and begun anew, and what arrived at
// the server shows whether the rate was held together, and every row delivered.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { busiestSecond, longestSilence, meanRate } from './shared/rates.mjs';
import { startRedis } from './shared/redis-server.mjs';

const HELP = `node scripts/shared-trial.mjs [options]
  --rate N       requests per second of all together (default 400)
  --workers N    how many (default 4)
  --outage S     seconds for which Redis is away, twice (default 20)
  --steady S     seconds between what happens (default 12)
`;
const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '400' },
    workers: { type: 'string', default: '4' },
    outage: { type: 'string', default: '20' },
    steady: { type: 'string', default: '12' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const rate = Number(values.rate);
const workers = Number(values.workers);
const outageMs = Number(values.outage) * 1000;
const steadyMs = Number(values.steady) * 1000;
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const rows = Math.round((rate * (5 * steadyMs + 2 * outageMs + 20_000)) / 1000);

const root = mkdtempSync(join(tmpdir(), 'shared-'));
const input = join(root, 'contacts.csv');
const lines = Array.from({ length: rows }, (_one, i) => `${i + 1},name ${i + 1}`);
writeFileSync(input, `contact_id,name\n${lines.join('\n')}\n`);

const redis = await startRedis();
const emulator = startCli(
  [
    'emulate',
    '--port',
    '0',
    '--quiet',
    '--contacts',
    String(rows),
    '--limit',
    'none',
    '--latency',
    '20-80ms',
  ],
  {},
);
const url = await new Promise((resolve) => {
  emulator.child.stdout.on('data', (text) => {
    const found = /on (http:\S+) /.exec(String(text));
    if (found) resolve(found[1]);
  });
});

/** @param {number} shard @param {boolean} again */
function startWorker(shard, again = false) {
  const dir = join(root, `run-${shard}`);
  const what = again
    ? ['--resume', dir, '--wait-lock', '1m']
    : [input, '--no-state', '--shard', `${shard}/${workers}`, '-o', dir];
  const args = ['run', ...what, '--base-url', url, '--rate', String(rate), '--log-format', 'json'];
  return startCli(args, { LIVEDESK_REDIS_URL: redis.url });
}

/** @type {{ readonly name: string, readonly found: string, readonly must: string, readonly isMet: boolean }[]} */
const table = [];
/** @param {string} name @param {number} found @param {number} least @param {number} most */
function expect(name, found, least, most) {
  const [low, high] = [least, most].map((bound) => Math.round(bound * 10) / 10);
  const must = least === most ? `${most}` : least > 0 ? `${low} to ${high}` : `at most ${high}`;
  table.push({
    name,
    found: String(Math.round(found * 10) / 10),
    must,
    isMet: found >= least && found <= most,
  });
}

const running = Array.from({ length: workers }, (_one, i) => startWorker(i + 1));
await Promise.all(running.map(({ begun }) => begun));
await delay(4_000);
const steady = [Date.now(), 0];
const callsBefore = await redis.calls();
await delay(steadyMs);
steady[1] = Date.now();
const calls = ((await redis.calls()) - callsBefore) / workers / (steadyMs / 1000);

running[workers - 1]?.child.kill('SIGKILL');
await delay(3_000);
const killed = [Date.now(), 0];
await delay(steadyMs - 3_000);
killed[1] = Date.now();
const last = startWorker(workers, true);
running[workers - 1] = last;
await last.begun;
await delay(4_000);

const frozen = [Date.now(), 0];
redis.freeze();
await delay(outageMs);
redis.thaw();
await delay(8_000);
frozen[1] = Date.now();
const between = [Date.now(), 0];
await delay(steadyMs);
between[1] = Date.now();

const gone = [Date.now(), 0];
await redis.kill();
await delay(outageMs);
await redis.start();
await delay(8_000);
gone[1] = Date.now();

const ended = await Promise.all(running.map(({ ended }) => ended));
/** @param {string} path */
const linesOf = async (path) =>
  (await (await fetch(`${url}/_emulator/${path}`)).text())
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
const times = (await linesOf('requests')).map(({ at }) => at);
const written = new Set((await linesOf('journal')).map(({ contactId }) => contactId));

// one worker has every turn to itself: the most calls that a worker makes
const solo = startCli(
  [
    'run',
    input,
    '--no-state',
    '-o',
    join(root, 'solo'),
    '--base-url',
    url,
    '--rate',
    String(rate),
    '--stop-after',
    '8s',
  ],
  { LIVEDESK_REDIS_URL: redis.url },
);
await delay(2_000);
const soloBefore = await redis.calls();
await delay(4_000);
const soloCalls = ((await redis.calls()) - soloBefore) / 4;
await solo.ended;
emulator.child.kill('SIGTERM');
await emulator.ended;
await redis.close();

/** @param {readonly (number | undefined)[]} span @returns {[number, number]} */
const span = ([from = 0, to = 0]) => [from, to];
expect(`${workers} workers: requests/s`, meanRate(times, ...span(steady)), 0.98 * rate, rate);
expect('  busiest second', busiestSecond(times, ...span(steady)), 0, 1.03 * rate);
expect('one killed, 3 s later: requests/s', meanRate(times, ...span(killed)), 0.98 * rate, rate);
expect('Redis frozen and back: busiest second', busiestSecond(times, ...span(frozen)), 0, 1.1 * rate);
expect('  requests/s', meanRate(times, ...span(frozen)), 0.8 * rate, rate);
expect('together again: requests/s', meanRate(times, ...span(between)), 0.98 * rate, rate);
expect('  busiest second', busiestSecond(times, ...span(between)), 0, 1.03 * rate);
expect('Redis killed and begun anew: busiest second', busiestSecond(times, ...span(gone)), 0, 1.1 * rate);
expect('  requests/s', meanRate(times, ...span(gone)), 0.8 * rate, rate);
expect('busiest second of all', busiestSecond(times), 0, 1.1 * rate);
expect('rows delivered', written.size, rows, rows);
expect('workers that ended with 0', ended.filter(({ code }) => code === 0).length, workers, workers);
expect('calls of Redis per second and worker', calls, 0, 50);
expect('  one worker alone', soloCalls, 0, 50);

// a server that was held up reads in one go what came meanwhile: no fault of the workers
const silences = [steady, killed, frozen, between, gone].map((phase) =>
  longestSilence(times, ...span(phase)),
);
const width = Math.max(...table.map(({ name }) => name.length));
for (const { name, found, must, isMet } of table)
  process.stdout.write(
    `${name.padEnd(width)}  ${found.padStart(8)}  ${must.padEnd(16)} ${isMet ? '' : 'MISSED'}\n`,
  );
process.stdout.write(`longest silences at the server, ms: ${silences.map(Math.round).join(', ')}\n`);
const said = ended.flatMap(({ stderr }, i) =>
  stderr
    .split('\n')
    .filter((line) => /Redis (fails|is back)|lowest/.test(line))
    .map((line) => `worker ${i + 1}: ${line}`),
);
writeFileSync(join(root, 'said.txt'), `${said.join('\n')}\n`);
const isMet = table.every((row) => row.isMet);
if (isMet) rmSync(root, { recursive: true, force: true });
else process.stdout.write(`kept: ${root}\n${readFileSync(join(root, 'said.txt'), 'utf8')}`);
process.exitCode = isMet ? 0 : 1;

/** @param {readonly string[]} args @param {Record<string, string>} env */
function startCli(args, env) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      TMPDIR: process.env['TMPDIR'],
      LIVEDESK_API_KEY: 'demo-key',
      LIVEDESK_API_SECRET: 'demo-secret',
      ...env,
    },
  });
  let stderr = '';
  /** @type {Promise<void>} */
  const begun = new Promise((resolve) => {
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
      if (/run (begins|goes on)/.test(stderr)) resolve();
    });
    child.on('close', () => resolve());
  });
  child.stdout.resume();
  /** @type {Promise<{ code: number | null, stderr: string }>} */
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stderr }));
  });
  return { child, begun, ended };
}
