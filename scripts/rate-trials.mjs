// @ts-check
// `npm run rate-trials`: lets `run --rate auto` find hidden limits, those of the emulator and of nginx in front of it,
// and holds what it did against what is promised: from one minute on (three windows, where the limit is counted in
// windows) at least 0.9 of the limit, and at most 2 % of all answers throttled. Names of trials may be given.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/**
 * A hidden limit. `from` and `until` are seconds of the run; what lies between is judged.
 * @typedef {object} Trial
 * @property {string} name
 * @property {number} perSecond What the limit comes to.
 * @property {string} limit Of the emulator, as its option takes it.
 * @property {string} [nginx] `limit_req` of an nginx in front, without its zone.
 * @property {number} from
 * @property {number} until
 * @property {boolean} [isTold] Told, not judged.
 */

/** @type {readonly Trial[]} */
const TRIALS = [
  { name: 'bucket 20/s', perSecond: 20, limit: '20/1s:20', from: 60, until: 150 },
  { name: 'bucket 150/s', perSecond: 150, limit: '150/1s:150', from: 60, until: 150 },
  { name: 'bucket 900/s', perSecond: 900, limit: '900/1s:900', from: 60, until: 120 },
  { name: 'window 600/min', perSecond: 10, limit: '600/1m', from: 180, until: 420 },
  {
    name: 'nginx 100/s, burst 20',
    perSecond: 100,
    limit: 'none',
    nginx: 'burst=20 nodelay',
    from: 60,
    until: 150,
  },
  {
    name: 'nginx 20/s, burst 5',
    perSecond: 20,
    limit: 'none',
    nginx: 'burst=5 nodelay',
    from: 60,
    until: 150,
  },
  // refuses two requests that come closer than 1/rate, to the millisecond: no sender over a network can use it up
  {
    name: 'nginx 20/s, no burst',
    perSecond: 20,
    limit: 'none',
    nginx: '',
    from: 60,
    until: 150,
    isTold: true,
  },
];
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const CREDENTIALS = { LIVEDESK_API_KEY: 'demo-key', LIVEDESK_API_SECRET: 'demo-secret' };

/** @param {string} line */
const say = (line) => process.stdout.write(`${line}\n`);

const names = process.argv.slice(2);
const chosen = TRIALS.filter(({ name }) => names.length === 0 || names.some((part) => name.includes(part)));
let missed = 0;
say(`${'limit'.padEnd(24)}${'share of it'.padStart(12)}${'throttled'.padStart(11)}${'failed'.padStart(8)}`);
for (const trial of chosen) {
  const { share, throttled, failed, found } = await run(trial);
  const isHeld = share >= 0.9 && throttled <= 0.02 && failed === 0;
  if (!isHeld && !trial.isTold) missed += 1;
  say(
    `${trial.name.padEnd(24)}${share.toFixed(3).padStart(12)}${`${(throttled * 100).toFixed(2)} %`.padStart(11)}${String(failed).padStart(8)}  ${isHeld ? '' : trial.isTold ? 'told' : 'MISSED'}  found ${found.limit ?? 'none'}${found.window_s ? ` in windows of ${found.window_s} s` : ''}, ${found.phase}`,
  );
}
process.exitCode = missed > 0 ? 1 : 0;

/** @param {Trial} trial */
async function run(trial) {
  const dir = mkdtempSync(join(tmpdir(), 'livedesk-rate-'));
  const contacts = 10_000;
  const rows = Math.ceil(trial.perSecond * trial.until * 1.3) + 1_000;
  const input = join(dir, 'contacts.csv');
  writeFileSync(
    input,
    `contact_id,name\n${Array.from({ length: rows }, (_, i) => `${(i % contacts) + 1},Name ${i}\n`).join('')}`,
  );
  const emulator = spawn(
    process.execPath,
    [
      MAIN,
      'emulate',
      '--port',
      '0',
      '--quiet',
      '--contacts',
      `${contacts}`,
      '--limit',
      trial.limit,
      '--latency',
      '20-200ms',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { PATH: process.env['PATH'], ...CREDENTIALS } },
  );
  const url = await addressOf(emulator);
  const nginx =
    trial.nginx === undefined ? undefined : await startNginx(dir, url, trial.perSecond, trial.nginx);
  const began = Date.now();
  const worker = spawn(
    process.execPath,
    [
      MAIN,
      'run',
      input,
      '--no-state',
      '--rate',
      'auto',
      '--stop-after',
      `${trial.until}s`,
      '--log-level',
      'error',
      '-o',
      join(dir, 'runs', 'run'),
      '--json',
    ],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env['PATH'], ...CREDENTIALS, LIVEDESK_BASE_URL: nginx?.url ?? url },
    },
  );
  let out = '';
  worker.stdout.setEncoding('utf8').on('data', (text) => {
    out += text;
  });
  await new Promise((resolve) => worker.on('close', resolve));
  const answers = nginx ? nginx.answers() : await answersOf(url);
  nginx?.stop();
  emulator.kill();
  const { statuses, rate } = JSON.parse(out);
  rmSync(dir, { recursive: true, force: true });
  const judged = answers.filter(
    ({ at }) => at >= began + trial.from * 1000 && at < began + trial.until * 1000,
  );
  const refused = judged.filter(({ status }) => status === 429).length;
  return {
    share: (judged.length - refused) / (trial.until - trial.from) / trial.perSecond,
    throttled: judged.length === 0 ? 0 : refused / judged.length,
    failed: statuses.failed + statuses.rejected,
    found: rate.found,
  };
}

/** @param {import('node:child_process').ChildProcess} emulator @returns {Promise<string>} */
async function addressOf(emulator) {
  let text = '';
  emulator.stdout?.setEncoding('utf8').on('data', (more) => {
    text += more;
  });
  for (;;) {
    const [, url] = / on (http:\S+) /.exec(text) ?? [];
    if (url) return url;
    if (emulator.exitCode !== null) throw new Error('the emulator did not start');
    await delay(50);
  }
}

/** @param {string} url @returns {Promise<{ at: number, status: number }[]>} */
async function answersOf(url) {
  const response = await fetch(`${url}/_emulator/requests`);
  const lines = (await response.text()).split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line));
}

/**
 * An nginx of our own on a free port.
 * @param {string} dir @param {string} upstream @param {number} perSecond @param {string} how
 */
async function startNginx(dir, upstream, perSecond, how) {
  const binary = ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/usr/bin/nginx'].find((path) =>
    existsSync(path),
  );
  if (!binary) throw new Error("nginx is missing; Debian's package is nginx-light");
  const port = await freePort();
  const log = join(dir, 'access.log');
  const config = join(dir, 'nginx.conf');
  writeFileSync(
    config,
    `daemon off; pid ${dir}/nginx.pid; error_log ${dir}/error.log;
events {}
http {
  log_format times '$msec $status';
  access_log ${log} times;
  client_body_temp_path ${dir}/body; proxy_temp_path ${dir}/proxy;
  fastcgi_temp_path ${dir}/fastcgi; uwsgi_temp_path ${dir}/uwsgi; scgi_temp_path ${dir}/scgi;
  limit_req_zone $server_name zone=account:1m rate=${perSecond}r/s;
  limit_req_status 429;
  upstream livedesk { server ${new URL(upstream).host}; keepalive 64; }
  server {
    listen 127.0.0.1:${port}; server_name livedesk;
    location / {
      limit_req zone=account ${how};
      proxy_pass http://livedesk; proxy_http_version 1.1; proxy_set_header Connection "";
    }
  }
}
`,
  );
  const child = spawn(binary, ['-c', config, '-p', dir], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  for (let i = 0; i < 100; i += 1) {
    if (child.exitCode !== null)
      throw new Error(`nginx did not start: ${readFileSync(join(dir, 'error.log'), 'utf8')}`);
    const isUp = await fetch(url).then(
      () => true,
      () => false,
    );
    if (isUp) break;
    await delay(50);
  }
  return {
    url,
    stop: () => child.kill(),
    /** @returns {{ at: number, status: number }[]} */
    answers: () =>
      readFileSync(log, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => {
          const [at, status] = line.split(' ');
          return { at: Number(at) * 1000, status: Number(status) };
        }),
  };
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
