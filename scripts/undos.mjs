#!/usr/bin/env node
// @ts-check
// Goes through random sequences of undoable runs, agents' edits, kills and undos, each with a night at its end, and compares
// every field and every count with a plain model.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadProgram } from './nights/process-here.mjs';
import { spendUndo } from './undos/sequence.mjs';

const HELP = `node scripts/undos.mjs [options]
  --runs N     sequences (default 300)
  --seed N     of the first one; the others follow (default: from the clock)
  --bail       stop at the first finding
  --checkout DIR  whose built program to run (default this one)
`;
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '300' },
    seed: { type: 'string' },
    bail: { type: 'boolean', default: false },
    checkout: { type: 'string', default: fileURLToPath(new URL('..', import.meta.url)) },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const runs = Number(values.runs);
const firstSeed = Number(values.seed ?? Date.now() % 1_000_000);
const checkout = resolve(values.checkout);
const program = await loadProgram(checkout);
process.stdout.write(`seeds ${firstSeed} to ${firstSeed + runs - 1}\n`);
/** @type {import('./undos/sequence.mjs').Spent[]} */
const all = [];
const began = performance.now();
for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
  const spent = await spendUndo(seed, checkout, program);
  all.push(spent);
  if (all.length % 10 === 0) process.stderr.write(`${all.length} of ${runs}\n`);
  if (spent.complaints.length === 0) continue;
  process.stdout.write(`${spent.done.map((line) => `     ${line}\n`).join('')}`);
  process.stdout.write(`${spent.complaints.map((line) => `  !  ${line}\n`).join('')}`);
  process.stdout.write(`     again: node scripts/undos.mjs --runs 1 --seed ${seed}\n`);
  if (values.bail) break;
}
const wrong = all.filter(({ complaints }) => complaints.length > 0).length;
process.stdout.write(`sequences ${all.length}\nsequences with something wrong ${wrong}\n`);
for (const what of Object.keys(all[0]?.counts ?? {})) {
  process.stdout.write(`${what} ${all.reduce((sum, { counts }) => sum + (counts[what] ?? 0), 0)}\n`);
}
process.stdout.write(`seconds ${Math.round((performance.now() - began) / 1000)}\n`);
process.exit(wrong === 0 ? 0 : 1);
