// @ts-check
import { execFile, execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { alternate, middle, ratio } from '../figures.mjs';
import { bodyOf } from '../input.mjs';
import { measure, measureRun } from '../measure.mjs';
import { startAnswerer } from '../servers.mjs';
import { finding, unmeasured } from '../table.mjs';

const CONCURRENCY = 50;

/**
 * `--rate unlimited`, the whole worker, against bare loops over the same bodies: requests per second and CPU per
 * request of whole processes, their start and, for the worker, all its files included.
 * @param {import('../context.mjs').Context} context
 */
export async function unlimited(context) {
  const rows = context.isQuick ? 8_000 : 40_000;
  const file = context.contacts(rows);
  const server = await startAnswerer();
  try {
    const peersEnv = { BENCH_PEERS: join(context.peers ?? '', 'package.json') };
    const loop = (/** @type {string} */ name) => ({
      name,
      run: async () => {
        const path = fileURLToPath(new URL(`../loops/${name}.mjs`, import.meta.url));
        const args = [path, server.url, `${rows}`, `${CONCURRENCY}`, file];
        return perRequest(await measure(args, { env: peersEnv }), rows);
      },
    });
    const pace = ['--rate', 'unlimited', '--concurrency', `${CONCURRENCY}`];
    const args = [file, '-m', context.mappings.unique, '--base-url', server.url, ...pace];
    const worker = { name: 'worker', run: async () => perRequest(await measureRun(args), rows) };
    let states = 0;
    const withState = {
      name: 'with state',
      run: async () => {
        states += 1;
        const state = join(context.dir, `unlimited-state-${states}`);
        const measured = await measureRun([...args, '--state', state]);
        rmSync(state, { recursive: true });
        return perRequest(measured, rows);
      },
    };
    // it sends one row after the other and is slow, so it gets fewer of them; its start does not count
    const newmanRows = context.isQuick ? 100 : 500;
    const newman = {
      name: 'newman',
      run: async () => {
        const path = fileURLToPath(new URL('../loops/newman.mjs', import.meta.url));
        const args = [path, server.url, `${newmanRows}`, '1', context.contacts(newmanRows)];
        const { stdout, cpuMs } = await measure(args, { env: peersEnv });
        return { perSecond: Number(stdout), cpuUs: (cpuMs * 1000) / newmanRows };
      },
    };
    const installed = context.peers ? [loop('axios'), loop('undici'), newman] : [];
    const rounds = await alternate(
      [worker, loop('got'), withState, ...installed, loop('http')],
      context.isQuick ? 3 : 7,
    );
    const findings = [
      finding(
        'unlimited, against a bare got loop, requests/s',
        {
          value: ratio(rounds, 'worker', 'got', 'perSecond'),
          atLeast: 1.5,
          more: rates(rounds, 'worker', 'got'),
        },
        rounds,
      ),
      finding('  with a state that knows nothing yet, requests/s', {
        value: ratio(rounds, 'with state', 'got', 'perSecond'),
        atLeast: 1.5,
        more: rates(rounds, 'with state', 'got'),
      }),
      against(rounds, 'got', '  its CPU per request, of the got loop', 'cpuUs'),
    ];
    if (context.peers) {
      findings.push(
        finding('unlimited, against newman with the same file', {
          value: ratio(rounds, 'worker', 'newman', 'perSecond'),
          atLeast: 20,
          digits: 0,
          more: rates(rounds, 'worker', 'newman'),
        }),
        against(rounds, 'axios', '  against axios + p-limit, requests/s', 'perSecond'),
        against(rounds, 'axios', '  its CPU per request, of axios + p-limit', 'cpuUs'),
        against(rounds, 'undici', '  against a bare undici loop, requests/s', 'perSecond'),
        against(rounds, 'undici', '  its CPU per request, of the undici loop', 'cpuUs'),
      );
    } else findings.push(unmeasured('  against axios, undici, newman', 'not installed: no registry'));
    findings.push(
      against(rounds, 'http', '  against a bare node:http loop, requests/s', 'perSecond'),
      against(rounds, 'http', '  its CPU per request, of the node:http loop', 'cpuUs'),
      await tool('curl', 'curl --parallel', () => curl(context.dir, server.url, rows / 4)),
      await tool('wrk', 'wrk', () => wrk(context.dir, server.url)),
    );
    return findings;
  } finally {
    await server.close();
  }
}

// --- internal ---

/** @param {import('../measure.mjs').Measured} measured @param {number} rows */
function perRequest({ wallMs, cpuMs }, rows) {
  return { perSecond: (rows * 1000) / wallMs, cpuUs: (cpuMs * 1000) / rows };
}

/** @param {import('../figures.mjs').Rounds} rounds @param {string[]} names */
function rates(rounds, ...names) {
  return names.map((name) => `${name} ${Math.round(middle(rounds, name, 'perSecond'))}/s`).join(', ');
}

/**
 * @param {import('../figures.mjs').Rounds} rounds
 * @param {string} peer
 * @param {string} what
 * @param {'perSecond' | 'cpuUs'} figure
 */
function against(rounds, peer, what, figure) {
  const unit = figure === 'cpuUs' ? ' us' : '/s';
  const of = (/** @type {string} */ name) => `${Math.round(middle(rounds, name, figure))}${unit}`;
  return finding(what, {
    value: ratio(rounds, 'worker', peer, figure),
    more: `${of('worker')}, ${of(peer)}`,
  });
}

/** @param {string} command @param {string} name @param {() => Promise<number>} run Gives requests per second. */
async function tool(command, name, run) {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' });
  } catch (error) {
    // wrk prints its version and ends with 1
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT')
      return unmeasured(`  ${name}, for comparison`, 'not installed');
  }
  return finding(`  ${name}, for comparison`, { value: await run(), unit: '/s', digits: 0 });
}

/** @param {string} dir @param {string} url @param {number} rows */
async function curl(dir, url, rows) {
  const lines = ['parallel', `parallel-max = ${CONCURRENCY}`, 'silent'];
  for (let row = 1; row <= rows; row += 1) {
    if (row > 1) lines.push('next');
    lines.push(
      `url = "${url}/api/v2/accounts/contacts/${row}"`,
      'request = "PATCH"',
      'output = "/dev/null"',
      'user = "demo-key:demo-secret"',
      'header = "content-type: application/json"',
      `data = ${JSON.stringify(JSON.stringify(bodyOf(row)))}`,
    );
  }
  const config = join(dir, 'curl.config');
  writeFileSync(config, `${lines.join('\n')}\n`);
  const began = performance.now();
  await promisify(execFile)('curl', ['--config', config]);
  return (rows * 1000) / (performance.now() - began);
}

/** @param {string} dir @param {string} url */
async function wrk(dir, url) {
  const script = join(dir, 'wrk.lua');
  const lines = [
    'wrk.method = "PATCH"',
    `wrk.body = ${JSON.stringify(JSON.stringify(bodyOf(1)))}`,
    'wrk.headers["content-type"] = "application/json"',
  ];
  writeFileSync(script, `${lines.join('\n')}\n`);
  const args = ['-t1', `-c${CONCURRENCY}`, '-d2s', '-s', script, `${url}/api/v2/accounts/contacts/1`];
  const { stdout } = await promisify(execFile)('wrk', args);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
}
