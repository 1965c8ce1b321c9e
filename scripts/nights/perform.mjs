// @ts-check
import { existsSync } from 'node:fs';
import { compareWithModel } from './compare.mjs';
import { readRun } from './files.mjs';
import { Finding } from './finding.mjs';
import { isOutdated } from './runs.mjs';
import { keyOf, verifyRun } from './verify.mjs';

/** @typedef {import('./runs.mjs').Run} Run */
/** @typedef {import('./plan.mjs').Step} Step */

/** More processes than this without a command getting done is a finding. */
const MAX_PROCESSES = 12;

/** Runs commands, and what follows their ends, until they are done; after each process, contacts and outcomes are compared. */
export class Performer {
  #account;
  #machine;
  #model;
  #runs;

  /** @param {{ account: import('./account.mjs').Account, machine: import('./machine.mjs').Machine, model: import('./model.mjs').Model, runs: import('./runs.mjs').Runs }} parts */
  constructor({ account, machine, model, runs }) {
    this.#account = account;
    this.#machine = machine;
    this.#model = model;
    this.#runs = runs;
  }

  /** @param {Run} run @param {readonly string[]} args @param {Step} step */
  async perform(run, args, step) {
    let next = args;
    for (let i = 0; i < MAX_PROCESSES; i += 1) {
      const isBack = next.includes('--resume') || next.includes('--retry');
      const dir = next.includes('--resume') ? run.dir : this.#machine.newDir();
      const place = next.includes('--resume') ? [] : ['--run-dir', dir];
      const rotated = isBack && run.account !== this.#account.key ? ['--same-account'] : [];
      const during = i === 0 ? step.during : undefined;
      const happens = { clockDays: step.clockDays, end: step.ends[i], during };
      const ended = await this.#machine.process([...next, ...place, ...rotated], happens);
      run = this.#runs.take(run, dir, next, { account: this.#account.key, isNext: i > 0 });
      const { isCut } = ended;
      this.#machine.counts.rows += compareWithModel({ run, isCut, during }, this.#model, this.#account);
      if (this.#isDone(run, ended, isBack)) return;
      if (step.isLeft && i === step.ends.length - 1 && run.isBegun) return;
      next = run.isBegun && !args.includes('--resume') ? goingOn(run, args, isBack, step) : args;
    }
    throw new Finding(`not done after ${MAX_PROCESSES} processes`);
  }

  // --- internal ---

  /** Whether nothing follows a process, and if it is done, whether all is as it must be. @param {Run} run @param {import('./process-here.mjs').Ended} ended @param {boolean} isBack */
  #isDone(run, { code, wasEnded, stdout, stderr }, isBack) {
    if (code === 0 || code === 1) {
      run.isFinished = true;
      if (!run.isBegun) throw new Finding(`a run ended with ${code} and has no journal`);
      const isShard = run.share !== 'all' || run.only !== undefined;
      const complaints = verifyRun({ ...run, isShard }, code);
      if (complaints.length > 0) throw new Finding(complaints.join('\n'));
      requireOnly(run);
      return true;
    }
    if (code === 2 && this.#mayRefuse(stderr, isBack, run)) {
      this.#machine.counts.refused += 1;
      return true;
    }
    if (!wasEnded) throw new Finding(`ended with ${code}: ${stderr}${stdout}`);
    // it was killed after its last line
    const isOver = code === undefined && readRun(run.dir).hasEnd;
    if (isOver) run.isFinished = true;
    return isOver;
  }

  /** @param {string} stderr @param {boolean} isBack @param {Run} run */
  #mayRefuse(stderr, isBack, run) {
    if (/ERR_NOTHING_TO_RETRY|has retried these rows/.test(stderr)) return true;
    if (isOutdated(run) && /ERR_INPUT_CHANGED/.test(stderr)) return true;
    // rejects that were corrected are kept elsewhere by a resume of their run
    const gone = / (\S+), an input of \S+, is gone/.exec(stderr)?.[1];
    if (isBack && gone !== undefined && !existsSync(gone)) return true;
    const hasRotated = this.#account.key !== 'demo-key';
    return /ERR_NEWER_RUN/.test(stderr) && hasRotated && (isBack || run.reads !== undefined);
  }
}

/** The command behind a process that was ended. @param {Run} run @param {readonly string[]} args @param {boolean} isBack @param {Step} step */
function goingOn(run, args, isBack, step) {
  return step.goesOn === 'continue' && !isBack && run.share === 'all'
    ? [...args.filter((arg) => arg !== '--continue'), '--continue']
    : ['run', '--resume', run.dir];
}

/** A retry settles the bad rows of its run, each once. @param {Run} run */
function requireOnly({ dir, only }) {
  const keys = readRun(dir).rows.map(keyOf);
  if (only && keys.length !== only.size)
    throw new Finding(`the retry settled ${keys.join()} of ${[...only].join()}`);
}
