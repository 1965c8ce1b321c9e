#!/usr/bin/env node
// @ts-check
// Kills the worker at random moments, fills its disk, makes the API fail, and proves from both ends - the run
// directory and the server's own journal - that no row was lost, doubled or delivered out of order.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { planOf } from './torture/plan.mjs';
import { reportOf, trialLine } from './torture/report.mjs';
import { canMount } from './torture/small-disk.mjs';
import { runTrial } from './torture/trial.mjs';

const HELP = `node scripts/torture.mjs [options]
  --runs N     trials (default 200)
  --quick      five trials of 500 rows
  --rows N     rows of each (default 2000)
  --seed N     of the first trial; the others follow (default: from the clock)
  --way WAY    kill, term or disk, instead of all of them
  --state      with a state, on the disk that gets full; without it the worker keeps none
  --jobs N     trials at once (default 2)
  --checkout DIR  whose built program to run (default this one)
`;
const { values } = parseArgs({
  options: {
    runs: { type: 'string' },
    quick: { type: 'boolean', default: false },
    rows: { type: 'string' },
    seed: { type: 'string' },
    way: { type: 'string' },
    state: { type: 'boolean', default: false },
    jobs: { type: 'string', default: '2' },
    checkout: { type: 'string', default: fileURLToPath(new URL('..', import.meta.url)) },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const runs = Number(values.runs ?? (values.quick ? 5 : 200));
const rows = Number(values.rows ?? (values.quick ? 500 : 2_000));
const firstSeed = Number(values.seed ?? Date.now() % 1_000_000);
const mounts = canMount();
if (!mounts) {
  process.stderr.write('NO FULL DISKS: mounting a small file system is not permitted here\n');
  if (process.env['CI'] === 'true') process.exit(1);
}

/** Of ten trials, one ends by SIGTERM and one by a full disk. @param {number} seed @returns {'kill' | 'term' | 'disk'} */
function wayOf(seed) {
  if (values.way === 'kill' || values.way === 'term' || values.way === 'disk') return values.way;
  if (values.quick) return seed % 5 === 0 && mounts ? 'disk' : seed % 5 === 1 ? 'term' : 'kill';
  return seed % 10 === 0 && mounts ? 'disk' : seed % 10 === 5 ? 'term' : 'kill';
}

/** @type {import('./torture/trial.mjs').Trial[]} */
const trials = [];
const began = performance.now();
let next = 0;
async function work() {
  while (next < runs) {
    const seed = firstSeed + next;
    next += 1;
    const way = wayOf(seed);
    const trial = await runTrial(planOf(seed, { rows, way }), {
      checkout: resolve(values.checkout),
      hasState: values.state,
    });
    trials.push(trial);
    process.stdout.write(trialLine(trial));
  }
}
await Promise.all(Array.from({ length: Number(values.jobs) }, work));
process.stdout.write(reportOf(trials, (performance.now() - began) / 1000));
process.exitCode = trials.every(({ complaints }) => complaints.length === 0) ? 0 : 1;
