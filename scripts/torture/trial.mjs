// @ts-check
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inputOf } from './input.mjs';
import { readRun } from './read-run.mjs';
import { mountSmallDisk } from './small-disk.mjs';
import { unloggedRows, verify } from './verify.mjs';
import { runWorker } from './worker.mjs';

/**
 * What became of a trial.
 * @typedef {object} Trial
 * @property {import('./plan.mjs').Plan} plan
 * @property {string[]} complaints Empty where everything is as it must be.
 * @property {number} processes
 * @property {number} signals Processes that were ended by a signal while they worked.
 * @property {number} resent Rows that were at the server before a process ended and sent again by the next.
 * @property {number} mostResent The most of them at one end.
 * @property {number} torn Journals that ended in the middle of a line.
 * @property {Record<string, number>} statuses Of the rows.
 * @property {Record<string, number>} faults Injected, by kind.
 * @property {number} requests
 * @property {number} throttled
 */

/** More processes than this without the run getting done is a finding. */
const MAX_PROCESSES = 40;
const ENDED_WELL = new Set([0, 1]);
/** Faults that keep an answer from the worker although the write is done: it cannot log what it does not know. */
const AFTER_WRITE = ['reset-after', '504-after', 'cut'];
/** What a crash of the machine may leave behind the last whole line of a journal. */
const TAILS = { none: '', half: '{"type":"row","row":7,"li', padding: '\0'.repeat(5_000) };

/**
 * Runs one trial in a directory of its own, which is kept if there are complaints.
 * @param {import('./plan.mjs').Plan} plan
 * @param {{ readonly checkout: string, readonly hasState: boolean }} how `checkout` is where the program was built.
 * @returns {Promise<Trial>}
 */
export async function runTrial(plan, { checkout, hasState }) {
  const { startEmulator } = await import(join(checkout, 'build/emulator/emulator.js'));
  const root = mkdtempSync(join(tmpdir(), `torture-${plan.seed}-`));
  const emulator = await startEmulator({
    contacts: plan.contacts,
    seed: plan.seed,
    limit: plan.limit,
    throttleMode: 'retry-after',
    faults: plan.faults,
    latencyMs: plan.latencyMs,
  });
  const disk = plan.way === 'disk' ? mountSmallDisk(join(root, 'runs'), plan.diskBytes) : undefined;
  /** @type {Trial | undefined} */
  let trial;
  try {
    trial = await endure(plan, join(checkout, 'dist/main.js'), { root, hasState }, emulator, disk);
    return trial;
  } finally {
    await emulator.close();
    if (!trial || trial.complaints.length === 0) {
      disk?.remove();
      rmSync(root, { recursive: true, force: true });
    }
  }
}

/**
 * @param {import('./plan.mjs').Plan} plan
 * @param {string} main
 * @param {{ readonly root: string, readonly hasState: boolean }} place
 * @param {any} emulator
 * @param {ReturnType<typeof mountSmallDisk> | undefined} disk
 * @returns {Promise<Trial>}
 */
async function endure(plan, main, { root, hasState }, emulator, disk) {
  const { csv, mapping, asked } = inputOf(plan);
  const input = join(root, 'contacts.csv');
  const dir = join(root, 'runs', 'run');
  mkdirSync(join(root, 'runs'), { recursive: true });
  writeFileSync(input, csv);
  writeFileSync(join(root, 'mapping.yaml'), mapping);
  const pace = ['--rate', plan.rate, '--concurrency', String(plan.concurrency)];
  const options = [
    ...pace,
    ...(hasState ? ['--state', join(root, 'runs', 'state')] : ['--no-state']),
    '--base-url',
    emulator.url,
    '--log-level',
    'warn',
    '--max-errors',
    '100%',
  ];
  const begin = ['run', input, '-m', join(root, 'mapping.yaml'), '--run-dir', dir, ...options];
  const goOn = () => {
    if (plan.continues) return [...begin, '--continue'];
    return readRun(dir).header ? ['run', '--resume', dir, ...options] : begin;
  };

  /** @type {string[]} */
  const complaints = [];
  let diskBytes = plan.diskBytes;
  const counts = { processes: 0, signals: 0, resent: 0, mostResent: 0, torn: 0 };
  const answersAll = AFTER_WRITE.every((fault) => !plan.faults[fault]);
  while (counts.processes < MAX_PROCESSES) {
    const moment = plan.ends[counts.processes];
    const signal = plan.way === 'term' ? 'SIGTERM' : 'SIGKILL';
    const args = goOn();
    if (readRun(dir).isTorn) counts.torn += 1;
    counts.processes += 1;
    const writesBefore = emulator.journal.length;
    const ended = await runWorker(
      main,
      args,
      moment && { signal, moment, writes: () => emulator.journal.length },
    );
    const run = readRun(dir);
    const written = emulator.journal.slice(writesBefore);
    const unlogged = unloggedRows(written, run.rows);
    counts.resent += unlogged.size;
    counts.mostResent = Math.max(counts.mostResent, unlogged.size);
    if (unlogged.size > plan.concurrency) {
      complaints.push(
        `${unlogged.size} rows were sent but not logged, more than ${plan.concurrency} in flight`,
      );
    }
    if (ended.signalled) counts.signals += 1;
    if (ended.code !== null && ENDED_WELL.has(ended.code)) break;
    if (ended.signal === 'SIGKILL') {
      if (run.header)
        appendFileSync(join(dir, 'results.jsonl'), TAILS[plan.tails[counts.processes] ?? 'none']);
      continue;
    }
    if (ended.code === 143 && ended.signalled) {
      if (unlogged.size > 0 && answersAll)
        complaints.push(`SIGTERM left ${unlogged.size} rows sent but not logged`);
      if (!existsSync(join(dir, 'summary.json')) && run.rows.length > 0)
        complaints.push('SIGTERM: no summary');
      continue;
    }
    // before the program listens, the signal ends it as it ends any process
    if (ended.signal === 'SIGTERM' && written.length === 0) continue;
    if (ended.code === 3 && disk && /no space left/.test(ended.stdout + ended.stderr)) {
      diskBytes += 64 * 4_096;
      disk.grow(diskBytes);
      continue;
    }
    complaints.push(
      `ended with ${ended.code ?? ended.signal}: ${ended.stderr.slice(-500)}${ended.stdout.slice(-300)}`,
    );
    break;
  }
  if (counts.processes >= MAX_PROCESSES) complaints.push(`not done after ${counts.processes} processes`);

  const run = readRun(dir);
  const stored = (/** @type {number} */ id) => emulator.contact(id);
  complaints.push(...verify({ asked, run, journal: emulator.journal, stored, hasState }));
  const stats = emulator.stats();
  return {
    plan,
    complaints: complaints.length > 0 ? [...complaints, `kept: ${root}`] : [],
    ...counts,
    statuses: run.statuses,
    faults: stats.faults,
    requests: stats.requests,
    throttled: stats.throttled,
  };
}
