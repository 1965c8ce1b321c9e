#!/usr/bin/env node
// @ts-check
// Goes through random nights - runs, what follows a kill, canaries, shards, corrections, agents' edits - and compares the
// account and the outcomes with a plain model of both.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { spendNights } from './nights/drive.mjs';
import { planOf } from './nights/plan.mjs';
import { loadProgram } from './nights/process-here.mjs';
import { realProgram } from './nights/process-real.mjs';
import { findingText, reportOf } from './nights/report.mjs';
import { canMount } from './torture/small-disk.mjs';

const HELP = `node scripts/nights.mjs [options]
  --runs N     sequences (default 500; 60 with --real)
  --seed N     of the first one; the others follow (default: from the clock)
  --real       processes of their own, with real signals and full disks
  --bail       stop at the first finding
  --checkout DIR  whose built program to run (default this one)
`;
const { values } = parseArgs({
  options: {
    runs: { type: 'string' },
    seed: { type: 'string' },
    real: { type: 'boolean', default: false },
    bail: { type: 'boolean', default: false },
    checkout: { type: 'string', default: fileURLToPath(new URL('..', import.meta.url)) },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const isReal = values.real;
const runs = Number(values.runs ?? (isReal ? 60 : 500));
const firstSeed = Number(values.seed ?? Date.now() % 1_000_000);
const checkout = resolve(values.checkout);
const program = isReal ? realProgram(checkout) : await loadProgram(checkout);
const mounts = isReal && canMount();
if (isReal && !mounts)
  process.stderr.write('NO FULL DISKS: mounting a small file system is not permitted here\n');

process.stdout.write(`seeds ${firstSeed} to ${firstSeed + runs - 1}\n`);
/** @type {import('./nights/drive.mjs').Outcome[]} */
const outcomes = [];
const began = performance.now();
for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
  const outcome = await spendNights(planOf(seed), { checkout, program, isReal, canMount: mounts });
  outcomes.push(outcome);
  if (outcomes.length % 10 === 0) process.stderr.write(`${outcomes.length} of ${runs}\n`);
  if (outcome.complaints.length === 0) continue;
  process.stdout.write(findingText(outcome, isReal ? '--real ' : ''));
  if (values.bail) break;
}
process.stdout.write(reportOf(outcomes, (performance.now() - began) / 1000));
process.exit(outcomes.every(({ complaints }) => complaints.length === 0) ? 0 : 1);
