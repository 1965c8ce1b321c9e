#!/usr/bin/env node
// @ts-check
// Shows that the nights can find anything: puts faults of version 0.1 into copies of the built program, one at a time, and
// says after how many sequences each is found.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FAULTS } from './nights/faults.mjs';

const HELP = `node scripts/nights-faults.mjs [options]
  --runs N     sequences in which a fault must be found (default 500)
  --seed N     of the first one (default 1)
  --only TEXT  faults whose name has it, or that this script finds: undos
`;
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '500' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const root = fileURLToPath(new URL('..', import.meta.url));
const firstSeed = Number(values.seed);

/** @param {string} script @param {string} checkout @param {number} seed @param {string} runs */
function spend(script, checkout, seed, runs) {
  const args = [
    join(root, `scripts/${script}.mjs`),
    '--bail',
    '--seed',
    String(seed),
    '--runs',
    runs,
    '--checkout',
    checkout,
  ];
  return spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
}

const chosen = FAULTS.filter(({ name, by }) => name.includes(values.only) || by === values.only);
for (const { name, file, is, fault, by = 'nights' } of chosen) {
  const copy = mkdtempSync(join(tmpdir(), 'nights-fault-'));
  try {
    cpSync(join(root, 'build'), join(copy, 'build'), { recursive: true });
    cpSync(join(root, 'package.json'), join(copy, 'package.json'));
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    const path = join(copy, 'build', file);
    const text = readFileSync(path, 'utf8');
    if (!text.includes(is)) throw new Error(`${file} has changed: ${is} is not in it`);
    writeFileSync(
      path,
      text.replace(is, () => fault),
    );
    const { stdout, stderr, status } = spend(by, copy, firstSeed, values.runs);
    const sequences = Number(/^sequences +([\d,]+)/m.exec(stdout)?.[1]?.replaceAll(',', '') ?? Number.NaN);
    const complaint =
      stdout
        .split('\n')
        .slice(0, -1)
        .findLast((_line, i, all) => /^ {5}again:/.test(all[i + 1] ?? '')) ?? '';
    const isFound = status === 1 && stdout.includes('again:');
    // the same sequence without the fault
    const isRight = isFound && spend(by, root, firstSeed + sequences - 1, '1').status === 0;
    if (!isRight) process.exitCode = 1;
    const what = isRight
      ? `found in ${sequences}`
      : isFound
        ? `${firstSeed + sequences - 1} IS BAD BY ITSELF`
        : status === 0
          ? `NOT FOUND in ${sequences}`
          : `broken: ${stderr.slice(-300)}`;
    process.stdout.write(`${what.padEnd(18)} ${name}\n${''.padEnd(18)} ${complaint.trim().slice(0, 140)}\n`);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
