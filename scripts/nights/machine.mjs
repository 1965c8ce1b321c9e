// @ts-check
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { mountSmallDisk } from '../torture/small-disk.mjs';

/** @typedef {import('./plan.mjs').Plan} Plan */
/** @typedef {import('./plan.mjs').Step} Step */
/** @typedef {(args: readonly string[], how: { env: Record<string, string>, clockMs: number, end: import('./plan.mjs').End | undefined, during: { readonly n: number, readonly act: () => void } | undefined, requests: () => number }) => Promise<import('./process-here.mjs').Ended>} Program */
/** @typedef {{ checkout: string, program: Program, isReal: boolean, canMount: boolean }} How */

/** What happens to a process: how it is ended, what an agent edits meanwhile, how far off its clock is. @typedef {{ readonly clockDays: number, readonly end?: import('./plan.mjs').End | undefined, readonly during?: Step['during'] }} Happens */

/** Where the processes of a sequence run: its folder, maybe on a small disk, and what each process did. */
export class Machine {
  root = '';
  /** What was done, to be read. @type {string[]} */
  commands = [];
  counts = { commands: 0, processes: 0, kills: 0, terms: 0, full: 0, refused: 0, rows: 0 };
  #plan;
  #how;
  #account;
  #dirs = 0;
  /** @type {ReturnType<typeof mountSmallDisk> | undefined} */
  #disk;
  #diskBytes = 0;
  /** Something without the state has sent since it was last in use. */
  #isOutdated = false;
  /** Called when the state is in use again after that. */
  onOutdated = () => {};

  /** @param {Plan} plan @param {How} how @param {import('./account.mjs').Account} account */
  constructor(plan, how, account) {
    this.#plan = plan;
    this.#how = how;
    this.#account = account;
  }

  open() {
    const { hasState, diskBytes } = this.#plan;
    this.root = mkdtempSync(join(tmpdir(), 'nights-'));
    if (this.#how.isReal && this.#how.canMount && diskBytes > 0) {
      this.#diskBytes = diskBytes + (hasState ? 3 * 131_072 : 0);
      this.#disk = mountSmallDisk(join(this.root, 'work'), this.#diskBytes);
    }
    mkdirSync(join(this.root, 'work', 'runs'), { recursive: true });
  }

  /** @param {{ isKept: boolean }} how */
  close({ isKept }) {
    this.#disk?.remove();
    if (isKept) this.commands.push(`# kept: ${this.root}`);
    else rmSync(this.root, { recursive: true, force: true });
  }

  /** A run directory that no run has had. */
  newDir() {
    this.#dirs += 1;
    return join(this.root, 'work', 'runs', `r${this.#dirs}`);
  }

  /** Where the shards of a job are joined. */
  mergedDir() {
    return join(this.root, 'work', `merged-${this.#dirs}`);
  }

  /** @param {string} file A rejects file. */
  copyOf(file) {
    this.#dirs += 1;
    return join(this.root, `corrected-${this.#dirs}${file.slice(file.lastIndexOf('.'))}`);
  }

  /** Runs one process to its end. @param {readonly string[]} args @param {Happens} happens */
  async process(args, { clockDays, end, during }) {
    const isFullDisk = end?.kind === 'full' && this.#how.isReal;
    const sends = args[0] !== 'merge';
    const isWithout = !this.#plan.hasState || args.includes('--no-state');
    const isBack = this.#isOutdated && args[0] === 'run' && !isWithout;
    if (isBack) this.onOutdated();
    if (this.#plan.hasState && isWithout) this.#isOutdated = true;
    const named = isWithout ? ['--no-state'] : ['--state', join(this.root, 'work', 'state')];
    const state = sends && !args.includes('--resume') ? named : [];
    const words = args.filter((arg) => arg !== '--no-state');
    const account = sends ? ['--base-url', this.#account.url, '--rate', 'unlimited'] : [];
    if (args[0] === 'run' && this.#plan.by !== 'id') account.push('--search-rate', 'unlimited');
    this.counts.processes += 1;
    if (end === undefined) this.counts.commands += 1;
    const shown = args.map((arg) => arg.replace(`${this.root}/`, '').replace('work/', '')).join(' ');
    const ends = end ? `   # ${end.kind} ${end.how} ${end.at} ${end.n}` : '';
    const edits = during ? `   # edit ${during.contact} ${during.field} at ${during.n}` : '';
    this.commands.push(`${shown}${ends}${edits}`);
    this.#account.watch();
    const ended = await this.#how.program([...words, ...account, ...state], {
      env: { LIVEDESK_API_KEY: this.#account.key, LIVEDESK_API_SECRET: 'demo-secret' },
      clockMs: clockDays * 86_400_000,
      end: isFullDisk ? undefined : end,
      during: during && { n: during.n, act: () => this.edit(during) },
      requests: () => this.#account.requests,
    });
    if (isBack && ended.code !== 2) this.#isOutdated = false; // else it was refused before the state was in use
    if (ended.code === undefined) await arrivals();
    this.#count(ended);
    const code = ended.code === undefined ? 'killed' : `exit ${ended.code}`;
    this.commands.push(`#   ${code}, ${this.#account.writes.length} writes`);
    return ended;
  }

  /** An agent edits a contact. @param {import('./plan.mjs').Edit} edit */
  edit(edit) {
    this.commands.push(`#   an agent edits contact ${edit.contact}: ${edit.field} ${edit.value}`);
    this.#account.edit(edit);
  }

  // --- internal ---

  /** A disk that was full gets larger. @param {import('./process-here.mjs').Ended} ended */
  #count({ code, isCut, wasEnded }) {
    if (isCut && code !== undefined && this.#disk) {
      this.#diskBytes += 32 * 4_096;
      this.#disk.grow(this.#diskBytes);
    }
    if (code === undefined) this.counts.kills += 1;
    else if (isCut) this.counts.full += 1;
    else if (wasEnded) this.counts.terms += 1;
  }
}

/** What a process had sent when it was killed arrives. On a slow machine a single wait may end before the server has read. */
async function arrivals() {
  for (let turn = 0; turn < 8; turn += 1) await delay(5);
}
