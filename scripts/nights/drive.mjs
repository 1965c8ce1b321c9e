// @ts-check

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mountSmallDisk } from '../torture/small-disk.mjs';
import { Account } from './account.mjs';
import { correctRejects, inputText, mappings, readRun, rejectFiles } from './files.mjs';
import { Model } from './model.mjs';
import { keyOf, verifyRun } from './verify.mjs';

/** @typedef {import('./plan.mjs').Plan} Plan */
/** @typedef {import('./plan.mjs').Step} Step */
/** @typedef {import('./files.mjs').RunRow} RunRow */
/** @typedef {(args: readonly string[], how: { env: Record<string, string>, clockMs: number, end: import('./plan.mjs').End | undefined, during: { readonly n: number, readonly act: () => void } | undefined, requests: () => number }) => Promise<import('./process-here.mjs').Ended>} Program */

/** @typedef {{ dist: string, program: Program, isReal: boolean, canMount: boolean }} How */

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
 * @property {Set<string>} [reads] Rejects files that it reads.
 * @property {Set<string>} siblings Rows that other shards of the job settled.
 */

/**
 * What became of a sequence.
 * @typedef {object} Outcome
 * @property {number} seed
 * @property {string[]} complaints
 * @property {string[]} commands
 * @property {{ commands: number, processes: number, kills: number, terms: number, full: number, refused: number, rows: number }} counts
 */

/** More processes than this without a command getting done is a finding. */
const MAX_PROCESSES = 12;

/**
 * Goes through a sequence, and stops at the first thing that is wrong.
 * @param {Plan} plan
 * @param {How} how
 * @returns {Promise<Outcome>}
 */
export async function spendNights(plan, how) {
  /** @type {[number, number]} */
  const latencyMs = how.isReal ? [1, 12] : [0, 2];
  const account = await Account.open(how.dist, plan.contacts + 3, { seed: plan.seed, latencyMs });
  const drive = new Drive(plan, how, account);
  try {
    await drive.go();
  } catch (error) {
    if (!(error instanceof Finding)) throw error;
    drive.outcome.complaints.push(error.message);
  } finally {
    await drive.close();
  }
  return drive.outcome;
}

class Finding extends Error {}

class Drive {
  /** @type {Outcome} */
  outcome;
  #plan;
  #how;
  #root = '';
  /** @type {Account} */
  #account;
  /** @type {Model} */
  #model;
  /** @type {Run[]} */
  #runs = [];
  #dirs = 0;
  #number = 0;
  #unique = 0;
  #share = 'all';
  /** @type {ReturnType<typeof mountSmallDisk> | undefined} */
  #disk;
  #diskBytes = 0;

  /** @param {Plan} plan @param {How} how @param {Account} account */
  constructor(plan, how, account) {
    const { seed, hasState, policy } = plan;
    this.#plan = plan;
    this.#how = how;
    this.#account = account;
    const counts = { commands: 0, processes: 0, kills: 0, terms: 0, full: 0, refused: 0, rows: 0 };
    this.outcome = { seed, complaints: [], commands: [], counts };
    const contacts = new Map(account.ids.map((id) => [id, account.held(id)]));
    this.#model = new Model({ contacts, hasState, policy });
  }

  async go() {
    const { policy, nights, hasState, diskBytes } = this.#plan;
    this.#root = mkdtempSync(join(tmpdir(), 'nights-'));
    if (this.#how.isReal && this.#how.canMount && diskBytes > 0) {
      this.#diskBytes = diskBytes + (hasState ? 3 * 131_072 : 0);
      this.#disk = mountSmallDisk(join(this.#root, 'work'), this.#diskBytes);
    }
    mkdirSync(join(this.#root, 'work', 'runs'), { recursive: true });
    const { usual, german } = mappings(policy);
    writeFileSync(join(this.#root, 'usual.yaml'), usual);
    writeFileSync(join(this.#root, 'german.yaml'), german);
    for (const [i, night] of nights.entries()) {
      this.outcome.commands.push(
        `# night ${i + 1}: ${night.rows.map(({ ref, kind, contact, values }) => `${ref} ${kind} ${contact} [${Object.values(values).join('|')}]`).join('; ')}`,
      );
      const file = join(this.#root, `night-${i + 1}.${night.format}`);
      writeFileSync(file, inputText(night.format, night.rows));
      for (const step of night.steps) await this.#step(step, night, file);
    }
  }

  async close() {
    await this.#account.close();
    this.#disk?.remove();
    if (this.outcome.complaints.length === 0) rmSync(this.#root, { recursive: true, force: true });
    else this.outcome.commands.push(`# kept: ${this.#root}`);
  }

  // --- internal ---

  /** @param {Step} step @param {import('./plan.mjs').Night} night @param {string} file */
  async #step(step, night, file) {
    const whole = ['run', file, '-m', join(this.#root, 'usual.yaml')];
    const goingOn = step.continues ? ['--continue'] : [];
    const fresh = () => this.#newRun([this.#today(night)]);
    switch (step.kind) {
      case 'run':
        return this.#perform(fresh(), [...whole, ...goingOn], step);
      case 'again':
        return this.#again(night, [...whole, ...goingOn], step);
      case 'canary': {
        const { limit, widened = Number.POSITIVE_INFINITY } = step;
        await this.#perform({ ...fresh(), limit }, [...whole, '--limit', String(limit)], step);
        const next = Number.isFinite(widened) ? ['--limit', String(widened)] : [];
        const behind = { ...step, ends: [], during: undefined };
        return this.#perform({ ...fresh(), limit: widened }, [...whole, ...next, ...goingOn], behind);
      }
      case 'shards':
        return this.#shards(night, whole, step);
      case 'resume': {
        const run = this.#runs
          .filter(
            ({ isFinished, limit, isBegun, inputs }) =>
              isBegun && (!isFinished || limit < inputs.flat().length),
          )
          .at(-1 - step.back);
        if (!run) return undefined;
        run.limit = Number.POSITIVE_INFINITY;
        return this.#perform(
          run,
          ['run', '--resume', run.dir, ...(run.share === 'all' ? ['--limit', 'all'] : [])],
          step,
        );
      }
      case 'retry':
      case 'corrected':
      case 'fed':
        return this.#goBack(step);
      case 'pull':
        return this.#pull(step);
      case 'edit': {
        this.#edit(step.edit);
        this.#model.edit(step.edit.contact, step.edit);
        return undefined;
      }
      case 'key':
        return this.#changeKey();
    }
  }

  /** The same command once more: nothing is sent, unless two rows of the file want different things of a contact. @param {import('./plan.mjs').Night} night @param {readonly string[]} args @param {Step} step */
  async #again(night, args, step) {
    const rows = night.rows.filter(({ kind }) => kind === 'good');
    const hasTwo = new Set(rows.map(({ contact }) => contact)).size < rows.length;
    const isLate = this.#runs.some(({ isFinished }) => !isFinished);
    const before = this.#newRun([this.#today(night)]);
    await this.#perform(before, args, { ...step, ends: [], during: undefined });
    await this.#perform(this.#newRun([this.#today(night)]), args, { ...step, ends: [], during: undefined });
    const { writes } = this.#account;
    if (this.#plan.hasState && !hasTwo && !isLate && writes.length > 0) {
      throw new Finding(
        `the same command sent ${writes.length} writes: ${JSON.stringify(writes.map(({ contactId, body }) => [contactId, body]))}`,
      );
    }
  }

  /** @param {import('./plan.mjs').Night} night @param {readonly string[]} whole @param {Step} step */
  async #shards(night, whole, step) {
    const today = this.#today(night);
    const siblings = new Set();
    const all = [];
    for (let i = 1; i <= step.shards; i += 1) {
      const run = { ...this.#newRun([today]), share: `${i}/${step.shards}`, siblings };
      all.push(run);
      const args = [...whole, '--shard', run.share, ...(step.continues ? ['--continue'] : [])];
      await this.#perform(run, args, { ...step, isLeft: false, ends: step.ends.slice(i - 1, i) });
    }
    if (siblings.size !== today.length)
      throw new Finding(`${siblings.size} rows have an outcome in a shard, of ${today.length}`);
    if (all.some(({ account }) => account !== this.#account.key)) return;
    const merged = join(this.#root, 'work', `merged-${this.#dirs}`);
    const ended = await this.#process(
      ['merge', ...all.map(({ dir }) => dir), '-o', merged],
      step,
      undefined,
      undefined,
    );
    const { rows } = readRun(merged);
    if ((ended.code ?? 9) > 1 || rows.length !== today.length)
      throw new Finding(
        `merge ended with ${ended.code} and ${rows.length} of ${today.length} rows: ${ended.stderr}`,
      );
  }

  /** Bad rows of an earlier run come back. @param {Step} step */
  async #goBack(step) {
    const runs = this.#runs.filter(({ dir, isFinished }) => isFinished && rejectFiles(dir).length > 0);
    const run = runs.at(-1 - step.back);
    if (!run) return;
    if (step.kind === 'retry') {
      const bad = new Set(
        readRun(run.dir)
          .rows.filter(({ status }) => /invalid|rejected/.test(status))
          .map(keyOf),
      );
      const inputs = run.inputs.map((rows) =>
        rows.map((row) => (row.kind === 'bad-phone' ? { ...row, kind: /** @type {const} */ ('good') } : row)),
      );
      const retry = { ...this.#newRun(inputs), share: run.share, account: run.account, only: bad };
      await this.#perform(retry, ['run', '--retry', run.dir, '-m', join(this.#root, 'german.yaml')], step);
      return;
    }
    // what was corrected and is another account's now is today's: nothing says so beforehand
    if (run.account !== this.#account.key) return;
    const second = step.kind === 'fed' && step.continues ? runs.at(-2 - step.back) : undefined;
    const froms = [run, ...(second && second.account === this.#account.key ? [second] : [])];
    const files = froms.flatMap((from) =>
      rejectFiles(from.dir).map((file) => ({
        file,
        from,
        to: step.kind === 'corrected' ? file : this.#copyOf(file),
      })),
    );
    // who has begun to read a file that is edited cannot go on with it
    for (const one of this.#runs) if (files.some(({ to }) => one.reads?.has(to))) one.isFinished = true;
    const inputs = files.map(({ file, to, from }) =>
      correctRejects(file, to, from.inputs.flat(), (row) => this.#corrected(row)),
    );
    const back = { ...this.#newRun(inputs), reads: new Set(files.map(({ to }) => to)) };
    if (step.kind === 'corrected') {
      await this.#perform({ ...back, share: run.share }, ['run', '--retry', run.dir, '--corrected'], step);
      return;
    }
    const names = files.map(({ to }) => to);
    await this.#perform(back, ['run', ...names, '-m', join(this.#root, 'usual.yaml')], step);
  }

  /** @param {RunRow} row @returns {RunRow} */
  #corrected(row) {
    this.#unique += 1;
    const values = { ...row.values, phone_number: `+4940${1_000_000 + this.#unique * 10 + row.contact}` };
    const [number = 0, input = 0, at = 0] = row.at;
    return { ...row, kind: 'good', values, at: [number, input, at, this.#unique] };
  }

  /** @param {Step} step */
  async #pull(step) {
    if (!this.#plan.hasState) return;
    const [end] = step.ends;
    const ended = await this.#process(['pull'], step, end, undefined);
    if (ended.code === 0) this.#model.pull(!this.#usesShards());
    else if (ended.wasEnded) this.#model.pull(false);
    else throw new Finding(`pull ended with ${ended.code}: ${ended.stderr}`);
  }

  async #changeKey() {
    this.outcome.commands.push('# the key of the account is changed');
    await this.#account.changeKey();
    this.#model.mayForget();
  }

  /**
   * Runs a command, and what follows its ends, until it is done. Whether it is.
   * @param {Run & { only?: Set<string> }} run @param {readonly string[]} args @param {Step} step
   */
  async #perform(run, args, step) {
    if (run.share !== this.#share) {
      this.#share = run.share;
      this.#model.mayForget();
    }
    let next = args;
    for (let i = 0; i < MAX_PROCESSES; i += 1) {
      const isBack = next.includes('--resume') || next.includes('--retry');
      const dir = next.includes('--resume') ? run.dir : this.#newDir();
      const place = next.includes('--resume') ? [] : ['--run-dir', dir];
      const rotated = isBack && run.account !== this.#account.key ? ['--same-account'] : [];
      const during = i === 0 ? step.during : undefined;
      const ended = await this.#process([...next, ...place, ...rotated], step, step.ends[i], during);
      run = this.#takeRun(run, dir, next, i > 0);
      this.#settle(run, ended.isCut, during);
      if (ended.code === 0 || ended.code === 1) {
        run.isFinished = true;
        if (!run.isBegun) throw new Finding(`a run ended with ${ended.code} and has no journal`);
        const complaints = verifyRun(
          { ...run, isShard: run.share !== 'all' || run.only !== undefined },
          ended.code,
        );
        if (complaints.length > 0) throw new Finding(complaints.join('\n'));
        if (run.only) this.#requireOnly(run);
        return true;
      }
      if (ended.code === 2 && this.#mayRefuse(ended.stderr, isBack, run)) {
        this.outcome.counts.refused += 1;
        return true;
      }
      if (!ended.wasEnded) throw new Finding(`ended with ${ended.code}: ${ended.stderr}${ended.stdout}`);
      if (ended.code === undefined && readRun(run.dir).hasEnd) {
        // it was killed after its last line
        run.isFinished = true;
        return true;
      }
      if (step.isLeft && i === step.ends.length - 1 && run.isBegun) return false;
      const goesOn =
        step.goesOn === 'continue' && !isBack && run.share === 'all'
          ? [...args.filter((arg) => arg !== '--continue'), '--continue']
          : ['run', '--resume', run.dir];
      next = !run.isBegun || args.includes('--resume') ? args : goesOn;
    }
    throw new Finding(`not done after ${MAX_PROCESSES} processes`);
  }

  /** The run that a process wrote to: the one that is gone on with, or a new one. @param {Run} run @param {string} dir @param {readonly string[]} args @param {boolean} isNext @returns {Run} */
  #takeRun(run, dir, args, isNext) {
    if (args.includes('--resume') || readRun(dir).header) {
      if (isNext && run.isBegun && dir !== run.dir)
        throw new Finding(`--continue began ${dir} and left ${run.dir}`);
      run.dir = dir;
      return this.#begun(run);
    }
    if (!args.includes('--continue') || run.isBegun) return run;
    const same = this.#runs
      .filter((one) => !one.isFinished && one.share === run.share && this.#isSameFile(one, run))
      .at(-1);
    if (!same) return run;
    // an unfinished canary goes on under the limit of now
    const widened = run.limit;
    const lines = readRun(same.dir).rows.length;
    if (lines === same.settled.size && !readRun(same.dir).hasEnd) return run;
    same.before = new Set(same.settled);
    same.limit = widened;
    return same;
  }

  /** @param {Run} run */
  #begun(run) {
    if (run.isBegun || !readRun(run.dir).header) return run;
    run.isBegun = true;
    run.account = this.#account.key;
    this.#runs.push(run);
    return run;
  }

  /** @param {Run} a @param {Run} b */
  #isSameFile(a, b) {
    return (
      a.inputs
        .flat()
        .map(({ ref }) => ref)
        .join() ===
      b.inputs
        .flat()
        .map(({ ref }) => ref)
        .join()
    );
  }

  /** Tells the model what a process settled, and looks at every contact. @param {Run & { only?: Set<string> }} run @param {boolean} isCut @param {Step['during']} during */
  #settle(run, isCut, during) {
    const { inputs } = run;
    /** @type {Map<number, import('./model.mjs').Said[]>} */
    const said = new Map();
    /** @type {Map<number, RunRow[]>} */
    const pending = new Map();
    const fresh = new Map(readRun(run.dir).rows.map((line) => [keyOf(line), line]));
    for (const [input, rows] of inputs.entries()) {
      for (const [i, row] of rows.entries()) {
        const key = keyOf({ input, row: i + 1 });
        if (run.settled.has(key)) continue;
        if (run.siblings.has(key) && fresh.has(key))
          throw new Finding(`${row.ref} has an outcome in two shards`);
        if (run.siblings.has(key)) continue;
        if (run.only && !run.only.has(key)) continue;
        const line = fresh.get(key);
        if (row.kind !== 'good') {
          if (line) this.#count(run, key);
          continue;
        }
        if (line) {
          this.#count(run, key);
          const saysNothing = Object.values(row.values).every((value) => value === '');
          if (pending.has(row.contact) && !saysNothing)
            throw new Finding(`${row.ref} is settled before ${pending.get(row.contact)?.[0]?.ref}`);
          said.set(row.contact, [
            ...(said.get(row.contact) ?? []),
            { ...row, status: line.status, isAgain: run.only !== undefined },
          ]);
        } else pending.set(row.contact, [...(pending.get(row.contact) ?? []), row]);
      }
    }
    for (const [contact, rows] of pending) {
      const waiting = rows.map((row, i) => ({
        ...row,
        status: undefined,
        isAgain: run.only !== undefined,
        isNext: i > 0,
      }));
      said.set(contact, [...(said.get(contact) ?? []), ...waiting]);
    }
    for (const id of this.#account.ids) {
      const edit = during?.contact === id && this.#account.hasEdited ? during : undefined;
      const rows = said.get(id) ?? [];
      if (rows.length > 0 || edit) this.#model.process(id, rows, { isCut, edit });
    }
    this.#look(new Set([...said.keys(), ...(during ? [during.contact] : [])]));
  }

  /** @param {Run} run @param {string} key */
  #count(run, key) {
    run.settled.add(key);
    run.siblings.add(key);
    this.outcome.counts.rows += 1;
  }

  /** @param {ReadonlySet<number>} named Contacts that rows of the process name. */
  #look(named) {
    for (const { contactId } of this.#account.writes) {
      if (!named.has(contactId))
        throw new Finding(`contact ${contactId} was written, and no row of the process names it`);
    }
    for (const id of this.#account.ids) {
      const actual = this.#account.held(id);
      const wanted = this.#model.observe(id, actual);
      const wants = wanted?.map((values) => JSON.stringify(values)).join(' or ');
      if (wanted)
        throw new Finding(
          `contact ${id} is ${JSON.stringify(actual)}, and should be ${wants || 'none that fits the outcomes of its rows'}`,
        );
      if (!this.#account.isKept(id))
        throw new Finding(`contact ${id} was changed beyond the fields of the mapping`);
    }
  }

  /** A retry settles the bad rows of its run, each once. @param {Run & { only?: Set<string> }} run */
  #requireOnly(run) {
    const keys = readRun(run.dir).rows.map(keyOf);
    if (keys.length !== run.only?.size)
      throw new Finding(`the retry settled ${keys.join()} of ${[...(run.only ?? [])].join()}`);
  }

  /** @param {string} stderr @param {boolean} isBack @param {Run} run */
  #mayRefuse(stderr, isBack, run) {
    if (/ERR_NOTHING_TO_RETRY|has retried these rows/.test(stderr)) return true;
    const hasRotated = this.#account.key !== 'demo-key';
    return /ERR_NEWER_RUN/.test(stderr) && hasRotated && (isBack || run.reads !== undefined);
  }

  /** @param {import('./plan.mjs').Night} night @returns {RunRow[]} */
  #today({ rows }) {
    this.#number += 1;
    const number = this.#number;
    return rows.map((row, i) => ({ ...row, at: [number, 0, i + 1, 0] }));
  }

  /** @param {RunRow[][]} inputs @returns {Run} */
  #newRun(inputs) {
    return {
      dir: '',
      inputs,
      limit: Number.POSITIVE_INFINITY,
      isFinished: false,
      isBegun: false,
      account: this.#account.key,
      share: 'all',
      settled: new Set(),
      before: new Set(),
      siblings: new Set(),
    };
  }

  #newDir() {
    this.#dirs += 1;
    return join(this.#root, 'work', 'runs', `r${this.#dirs}`);
  }

  /** @param {string} file A rejects file. */
  #copyOf(file) {
    this.#dirs += 1;
    return join(this.#root, `corrected-${this.#dirs}${file.slice(file.lastIndexOf('.'))}`);
  }

  #usesShards() {
    return this.#plan.nights.some(({ steps }) => steps.some(({ kind }) => kind === 'shards'));
  }

  /** @param {readonly string[]} args @param {Step} step @param {Step['ends'][number] | undefined} end @param {Step['during']} during */
  async #process(args, step, end, during) {
    const isFullDisk = end?.kind === 'full' && this.#how.isReal;
    const sends = args[0] !== 'merge';
    const state =
      sends && this.#plan.hasState && !args.includes('--resume')
        ? ['--state', join(this.#root, 'work', 'state')]
        : [];
    const account = sends ? ['--base-url', this.#account.url, '--rate', 'unlimited'] : [];
    const { counts, commands } = this.outcome;
    counts.processes += 1;
    if (end === undefined) counts.commands += 1;
    const shown = args.map((arg) => arg.replace(`${this.#root}/`, '').replace('work/', '')).join(' ');
    commands.push(
      `${shown}${end ? `   # ${end.kind} ${end.how} ${end.at} ${end.n}` : ''}${during ? `   # edit ${during.contact} ${during.field} at ${during.n}` : ''}`,
    );
    this.#account.watch();
    const ended = await this.#how.program([...args, ...account, ...state], {
      env: { LIVEDESK_API_KEY: this.#account.key, LIVEDESK_API_SECRET: 'demo-secret' },
      clockMs: step.clockDays * 86_400_000,
      end: isFullDisk ? undefined : end,
      during: during && { n: during.n, act: () => this.#edit(during) },
      requests: () => this.#account.requests,
    });
    if (ended.isCut && ended.code !== undefined && this.#disk) {
      this.#diskBytes += 32 * 4_096;
      this.#disk.grow(this.#diskBytes);
    }
    if (ended.code === undefined) counts.kills += 1;
    else if (ended.isCut) counts.full += 1;
    else if (ended.wasEnded) counts.terms += 1;
    commands.push(
      `#   ${ended.code === undefined ? 'killed' : `exit ${ended.code}`}, ${this.#account.writes.length} writes`,
    );
    return ended;
  }

  /** @param {import('./plan.mjs').Edit} edit */
  #edit(edit) {
    this.outcome.commands.push(`#   an agent edits contact ${edit.contact}: ${edit.field} ${edit.value}`);
    this.#account.edit(edit);
  }
}
