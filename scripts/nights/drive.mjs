// @ts-check
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Account } from './account.mjs';
import { correctRejects, inputText, mappings, readRun, rejectFiles } from './files.mjs';
import { Finding } from './finding.mjs';
import { Machine } from './machine.mjs';
import { Model } from './model.mjs';
import { Performer } from './perform.mjs';
import { Runs } from './runs.mjs';
import { keyOf } from './verify.mjs';

/** @typedef {import('./plan.mjs').Plan} Plan */
/** @typedef {import('./plan.mjs').Night} Night */
/** @typedef {import('./plan.mjs').Step} Step */
/** @typedef {import('./files.mjs').RunRow} RunRow */
/** @typedef {import('./runs.mjs').Run} Run */

/**
 * What became of a sequence.
 * @typedef {object} Outcome
 * @property {number} seed
 * @property {string[]} complaints
 * @property {string[]} commands
 * @property {Machine['counts']} counts
 */

/**
 * Goes through a sequence, and stops at the first thing that is wrong.
 * @param {Plan} plan
 * @param {import('./machine.mjs').How} how
 * @returns {Promise<Outcome>}
 */
export async function spendNights(plan, how) {
  /** @type {[number, number]} */
  const latencyMs = how.isReal ? [1, 12] : [0, 2];
  const account = await Account.open(how.checkout, plan.contacts + 3, { seed: plan.seed, latencyMs });
  const machine = new Machine(plan, how, account);
  /** @type {string[]} */
  const complaints = [];
  try {
    machine.open();
    await new Drive(plan, account, machine).go();
  } catch (error) {
    if (!(error instanceof Finding)) throw error;
    complaints.push(error.message);
  } finally {
    await account.close();
    machine.close({ isKept: complaints.length > 0 });
  }
  return { seed: plan.seed, complaints, commands: machine.commands, counts: machine.counts };
}

/** Makes commands of the steps of a sequence. */
class Drive {
  #plan;
  #account;
  #machine;
  #model;
  #performer;
  #runs = new Runs();
  /** Numbers of nights' data, and of corrections. */
  #number = 0;
  #unique = 0;

  /** @param {Plan} plan @param {Account} account @param {Machine} machine */
  constructor(plan, account, machine) {
    const { hasState, policy, by } = plan;
    this.#plan = plan;
    this.#account = account;
    this.#machine = machine;
    const contacts = new Map(account.ids.map((id) => [id, account.held(id)]));
    this.#model = new Model({ contacts, hasState, policy, looksUp: by !== 'id' });
    machine.onOutdated = () => this.#model.forget();
    this.#performer = new Performer({ account, machine, model: this.#model, runs: this.#runs });
  }

  async go() {
    const { by, nights } = this.#plan;
    const { usual, german } = mappings(this.#plan);
    writeFileSync(this.#at('usual.yaml'), usual);
    writeFileSync(this.#at('german.yaml'), german);
    for (const [i, night] of nights.entries()) {
      this.#machine.commands.push(
        `# night ${i + 1}: ${night.rows.map(({ ref, kind, contact, values }) => `${ref} ${kind} ${contact} [${Object.values(values).join('|')}]`).join('; ')}`,
      );
      const file = this.#at(`night-${i + 1}.${night.format}`);
      writeFileSync(file, inputText(night, by));
      for (const step of night.steps) await this.#step(step, night, file);
    }
  }

  // --- internal ---

  /** @param {Step} step @param {Night} night @param {string} file */
  async #step(step, night, file) {
    const whole = ['run', file, '-m', this.#at('usual.yaml')];
    const goingOn = step.continues ? ['--continue'] : [];
    switch (step.kind) {
      case 'run':
        if (this.#plan.hasState && step.isWithout) return this.#runWithout(night, whole, step);
        return this.#performer.perform(this.#runOf(night), [...whole, ...goingOn], step);
      case 'again':
        return this.#again(night, [...whole, ...goingOn], step);
      case 'canary':
        return this.#canary(night, whole, step);
      case 'shards':
        return this.#shards(night, whole, step);
      case 'resume':
        return this.#resume(step);
      case 'retry':
        return this.#retry(step);
      case 'corrected':
      case 'fed':
        return this.#correct(step);
      case 'pull':
        return this.#pull(step);
      case 'edit':
        this.#machine.edit(step.edit);
        return this.#model.edit(step.edit.contact, step.edit);
      case 'key':
        return this.#changeKey();
    }
  }

  /** The same command once more: nothing is sent, unless two rows of the file want different things of a contact, or fields are enforced. @param {Night} night @param {readonly string[]} args @param {Step} step */
  async #again(night, args, step) {
    const rows = night.rows.filter(({ kind }) => kind === 'good');
    const hasTwo = new Set(rows.map(({ contact }) => contact)).size < rows.length;
    const isLate = !this.#runs.areAllFinished;
    const undisturbed = { ...step, ends: [], during: undefined };
    await this.#performer.perform(this.#runOf(night), args, undisturbed);
    await this.#performer.perform(this.#runOf(night), args, undisturbed);
    const { writes } = this.#account;
    const mayBeUnchanged = this.#plan.hasState && this.#plan.policy !== 'enforce';
    if (mayBeUnchanged && !hasTwo && !isLate && writes.length > 0) {
      throw new Finding(
        `the same command sent ${writes.length} writes: ${JSON.stringify(writes.map(({ contactId, body }) => [contactId, body]))}`,
      );
    }
  }

  /** A run without the state, which then knows nothing for sure. @param {Night} night @param {readonly string[]} whole @param {Step} step */
  async #runWithout(night, whole, step) {
    this.#model.use(false);
    const undisturbed = { ...step, ends: [], during: undefined };
    await this.#performer.perform(this.#runOf(night), [...whole, '--no-state'], undisturbed);
    this.#model.use(true);
  }

  /** A few rows, then more of them or all. @param {Night} night @param {readonly string[]} whole @param {Step} step */
  async #canary(night, whole, step) {
    const { limit, widened = Number.POSITIVE_INFINITY, continues } = step;
    await this.#performer.perform(this.#runOf(night, { limit }), [...whole, '--limit', String(limit)], step);
    const next = [
      ...(Number.isFinite(widened) ? ['--limit', String(widened)] : []),
      ...(continues ? ['--continue'] : []),
    ];
    const undisturbed = { ...step, ends: [], during: undefined };
    await this.#performer.perform(this.#runOf(night, { limit: widened }), [...whole, ...next], undisturbed);
  }

  /** @param {Night} night @param {readonly string[]} whole @param {Step} step */
  async #shards(night, whole, step) {
    const today = this.#today(night);
    const siblings = new Set();
    const all = [];
    for (let i = 1; i <= step.shards; i += 1) {
      const run = this.#draft([today], { share: `${i}/${step.shards}`, siblings });
      all.push(run);
      const args = [...whole, '--shard', run.share, ...(step.continues ? ['--continue'] : [])];
      await this.#performer.perform(run, args, {
        ...step,
        isLeft: false,
        ends: step.ends.slice(i - 1, i),
      });
    }
    if (siblings.size !== today.length)
      throw new Finding(`${siblings.size} rows have an outcome in a shard, of ${today.length}`);
    if (all.some(({ account }) => account !== this.#account.key)) return;
    const merged = this.#machine.mergedDir();
    const { clockDays } = step;
    const merge = ['merge', ...all.map(({ dir }) => dir), '-o', merged];
    const ended = await this.#machine.process(merge, { clockDays });
    const { rows } = readRun(merged);
    if ((ended.code ?? 9) > 1 || rows.length !== today.length)
      throw new Finding(
        `merge ended with ${ended.code} and ${rows.length} of ${today.length} rows: ${ended.stderr}`,
      );
  }

  /** @param {Step} step */
  async #resume(step) {
    const run = this.#runs.toResume(step.back);
    if (!run) return;
    run.limit = Number.POSITIVE_INFINITY;
    const limit = run.share === 'all' ? ['--limit', 'all'] : [];
    await this.#performer.perform(run, ['run', '--resume', run.dir, ...limit], step);
  }

  /** Bad rows of an earlier run are read by another mapping. @param {Step} step */
  async #retry(step) {
    const run = this.#runs.withRejects(step.back);
    if (!run) return;
    const bad = readRun(run.dir).rows.filter(({ status }) => /invalid|rejected/.test(status));
    const inputs = run.inputs.map((rows) =>
      rows.map((row) => (row.kind === 'bad-phone' ? { ...row, kind: /** @type {const} */ ('good') } : row)),
    );
    const { share, account } = run;
    const retry = this.#draft(inputs, {
      share,
      account,
      only: new Set(bad.map(keyOf)),
      ...(run.reads ? { reads: run.reads } : {}),
    });
    const args = ['run', '--retry', run.dir, '-m', this.#at('german.yaml')];
    await this.#performer.perform(retry, args, step);
  }

  /** Rejects of an earlier run, or of two, are corrected and come back. @param {Step} step */
  async #correct(step) {
    const run = this.#runs.withRejects(step.back);
    // what was corrected and is another account's now is today's: nothing says so beforehand
    if (!run || run.account !== this.#account.key) return;
    const inPlace = step.kind === 'corrected';
    const second = !inPlace && step.continues ? this.#runs.withRejects(step.back + 1) : undefined;
    const froms = second && second.account === this.#account.key ? [run, second] : [run];
    const files = froms.flatMap((from) =>
      rejectFiles(from.dir).map((file) => ({ file, from, to: inPlace ? file : this.#machine.copyOf(file) })),
    );
    const names = files.map(({ to }) => to);
    this.#runs.giveUpReaders(names);
    const inputs = files.map(({ file, to, from }) =>
      correctRejects(file, to, from.inputs.flat(), (row) => this.#corrected(row)),
    );
    const share = inPlace ? run.share : 'all';
    const args = inPlace
      ? ['run', '--retry', run.dir, '--corrected']
      : ['run', ...names, '-m', this.#at('usual.yaml')];
    await this.#performer.perform(
      this.#draft(inputs, { share, reads: new Map(names.map((name) => [name, readFileSync(name, 'utf8')])) }),
      args,
      step,
    );
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
    const { clockDays } = step;
    const ended = await this.#machine.process(['pull'], { clockDays, end: step.ends[0] });
    if (ended.code !== 0 && !ended.wasEnded)
      throw new Finding(`pull ended with ${ended.code}: ${ended.stderr}`);
    this.#model.pull(ended.code === 0);
  }

  async #changeKey() {
    this.#machine.commands.push('# the key of the account is changed');
    await this.#account.changeKey();
    this.#model.mayForget();
  }

  /** A run over the file of a night. @param {Night} night @param {Partial<Run>} [more] */
  #runOf(night, more) {
    return this.#draft([this.#today(night)], more);
  }

  /** @param {RunRow[][]} inputs @param {Partial<Run>} [more] */
  #draft(inputs, more) {
    return this.#runs.draft(inputs, this.#account.key, more);
  }

  /** @param {Night} night @returns {RunRow[]} */
  #today({ rows }) {
    this.#number += 1;
    const number = this.#number;
    return rows.map((row, i) => ({ ...row, at: [number, 0, i + 1, 0] }));
  }

  /** @param {string} name */
  #at(name) {
    return join(this.#machine.root, name);
  }
}
