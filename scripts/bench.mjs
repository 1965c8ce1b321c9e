#!/usr/bin/env node
// @ts-check
// Measures what the worker promises, side by side with what others do, on this machine. See HELP.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createContext } from './bench/context.mjs';
import { keep } from './bench/history.mjs';
import { cpu } from './bench/rows/cpu.mjs';
import { delay } from './bench/rows/delay.mjs';
import { memory } from './bench/rows/memory.mjs';
import { dryRun, unchanged } from './bench/rows/parsing.mjs';
import { rate } from './bench/rows/rate.mjs';
import { start } from './bench/rows/start.mjs';
import { state } from './bench/rows/state.mjs';
import { tls } from './bench/rows/tls.mjs';
import { torture } from './bench/rows/torture.mjs';
import { unlimited } from './bench/rows/unlimited.mjs';
import { renderTable, unmeasured } from './bench/table.mjs';

const BENCHES = {
  start,
  'dry-run': dryRun,
  unchanged,
  unlimited,
  tls,
  rate,
  cpu,
  delay,
  memory,
  state,
  torture,
};
const NAMES = Object.keys(BENCHES);

const HELP = `npm run bench -- [options]
  --quick        all of it in two minutes: fewer rows and rounds, 1 million rows instead of 10
  --only NAME    one of: ${NAMES.join(', ')}; may be given several times
  --keep         add the medians, by commit, to scripts/bench/history.json: for a whole run on a quiet machine
  --json FILE    where the figures go (default bench-results/<time>.json)

Ratios are medians over rounds in which all contestants run in turn, so that what else the machine does meets them
alike; CPU per request holds better than requests per second where it is busy. Loops and worker speak to a bare
node:http server in a process of its own; rates are held against the emulator, which answers in 20 to 200 ms.
axios, undici and newman are installed below node_modules/.cache when they are first needed.
`;
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const unknown = values.only?.find((name) => !NAMES.includes(name));
if (unknown !== undefined) {
  process.stderr.write(`--only ${unknown}: there is no such bench. There are ${NAMES.join(', ')}.\n`);
  process.exit(2);
}

const chosen = Object.entries(BENCHES).filter(([name]) => values.only?.includes(name) ?? true);
const needsPeers = chosen.some(([name]) => name === 'unlimited');
const context = createContext({ isQuick: values.quick, needsPeers });
const began = new Date();
const load = () => loadavg().map((value) => Math.round(value * 100) / 100);
/** @type {{ name: string, load: number[], findings: import('./bench/table.mjs').Finding[] }[]} */
const results = [];
try {
  for (const [name, bench] of chosen) {
    process.stderr.write(`${name} ...\n`);
    const loadBefore = load();
    const findings = await bench(context).catch((/** @type {Error} */ error) => {
      process.exitCode = 1;
      return [unmeasured(name, `failed: ${error.message.slice(0, 300)}`)];
    });
    results.push({ name, load: loadBefore, findings });
  }
} finally {
  context.close();
}
const seconds = Math.round((Date.now() - began.getTime()) / 1000);
const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`;
process.stdout.write(`\n${renderTable(results.flatMap(({ findings }) => findings))}\n`);
process.stdout.write(`${machine}; load ${results[0]?.load[0]} before, ${load()[0]} after; ${seconds} s\n`);

const file = values.json ?? `bench-results/${began.toISOString().replace(/\.\d+|[:]/g, '')}.json`;
mkdirSync(dirname(file), { recursive: true });
const all = { began: began.toISOString(), seconds, machine, quick: values.quick, loadAfter: load(), results };
writeFileSync(file, `${JSON.stringify(all, undefined, 2)}\n`);
process.stdout.write(`figures: ${file}\n`);
if (values.keep) {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  keep(fileURLToPath(new URL('bench/history.json', import.meta.url)), {
    commit,
    began: began.toISOString(),
    machine,
    findings: results.flatMap(({ findings }) => findings),
  });
}
if (results.some(({ findings }) => findings.some(({ isReached }) => isReached === false)))
  process.exitCode = 1;
