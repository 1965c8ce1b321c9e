// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { readRun, rejectFiles } from './files.mjs';
import { Finding } from './finding.mjs';

/** @typedef {import('./files.mjs').RunRow} RunRow */

/**
 * A run as the harness knows it.
 * @typedef {object} Run
 * @property {string} dir
 * @property {RunRow[][]} inputs
 * @property {number} limit
 * @property {boolean} isFinished
 * @property {boolean} isBegun Its journal has a first line.
 * @property {string} account The key that it was made with.
 * @property {string} share
 * @property {Set<string>} settled Inputs and rows with an outcome.
 * @property {ReadonlySet<string>} before Those that had one before its limit was changed.
 * @property {ReadonlySet<string>} [only] Rows that a retry sends.
 * @property {ReadonlyMap<string, string>} [reads] Rejects files that it reads, with their text when it began.
 * @property {Set<string>} siblings Rows that other shards of the job settled.
 */

/** The runs of a sequence, in the order in which they began. */
export class Runs {
  /** @type {Run[]} */
  #runs = [];

  /** One that has not begun. @param {RunRow[][]} inputs @param {string} account @param {Partial<Run>} [more] @returns {Run} */
  draft(inputs, account, more) {
    return {
      dir: '',
      inputs,
      limit: Number.POSITIVE_INFINITY,
      isFinished: false,
      isBegun: false,
      account,
      share: 'all',
      settled: new Set(),
      before: new Set(),
      siblings: new Set(),
      ...more,
    };
  }

  get areAllFinished() {
    return this.#runs.every(({ isFinished }) => isFinished);
  }

  /** The run that a resume goes on with, counted from the last. @param {number} back */
  toResume(back) {
    return this.#runs
      .filter(({ isFinished, limit, inputs }) => !isFinished || limit < inputs.flat().length)
      .at(-1 - back);
  }

  /** The finished run whose bad rows come back, counted from the last. @param {number} back */
  withRejects(back) {
    return this.#runs
      .filter(({ dir, isFinished }) => isFinished && rejectFiles(dir).length > 0)
      .at(-1 - back);
  }

  /** These files are edited: who has begun to read one cannot go on with it. @param {readonly string[]} files */
  giveUpReaders(files) {
    for (const run of this.#runs) if (files.some((file) => run.reads?.has(file))) run.isFinished = true;
  }

  /**
   * The run that a process wrote to: the one that is gone on with, or a new one in `dir`.
   * @param {Run} run @param {string} dir @param {readonly string[]} args @param {{ account: string, isNext: boolean }} how
   * @returns {Run}
   */
  take(run, dir, args, { account, isNext }) {
    if (args.includes('--resume') || readRun(dir).header) {
      if (isNext && run.isBegun && dir !== run.dir)
        throw new Finding(`--continue began ${dir} and left ${run.dir}`);
      run.dir = dir;
      return this.#begin(run, account);
    }
    if (!args.includes('--continue') || run.isBegun) return run;
    const same = this.#runs.findLast(
      (one) => !one.isFinished && one.share === run.share && hasSameRows(one, run),
    );
    if (!same) return run;
    const { rows, hasEnd } = readRun(same.dir);
    if (rows.length === same.settled.size && !hasEnd) return run;
    // an unfinished canary goes on under the limit of now
    same.before = new Set(same.settled);
    same.limit = run.limit;
    return same;
  }

  // --- internal ---

  /** @param {Run} run @param {string} account */
  #begin(run, account) {
    if (run.isBegun || !readRun(run.dir).header) return run;
    Object.assign(run, { isBegun: true, account });
    this.#runs.push(run);
    return run;
  }
}

/** Whether what the run reads was edited, written on by its run, or kept elsewhere by it, since it began. @param {Run} run */
export function isOutdated({ reads }) {
  return [...(reads ?? [])].some(([file, text]) => !existsSync(file) || readFileSync(file, 'utf8') !== text);
}

/** @param {Run} a @param {Run} b */
function hasSameRows(a, b) {
  return refsOf(a) === refsOf(b);
}

/** @param {Run} run */
function refsOf({ inputs }) {
  return inputs
    .flat()
    .map(({ ref }) => ref)
    .join();
}
