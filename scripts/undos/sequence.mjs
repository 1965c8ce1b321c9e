// @ts-check
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chance } from '../torture/chance.mjs';
import { FIELDS, Model } from './model.mjs';

/** @typedef {import('./model.mjs').Field} Field */
/** @typedef {import('./model.mjs').ModelRun} ModelRun */
/** @typedef {import('../nights/plan.mjs').End} End */
/** @typedef {ReadonlyMap<number, readonly Readonly<Record<Field, string>>[]>} File Rows by contact. */
/** @typedef {{ readonly seed: number, readonly complaints: readonly string[], readonly done: readonly string[], readonly counts: Readonly<Record<string, number>> }} Spent */

const CONTACTS = 4;

/**
 * One sequence: runs, one of them undoable and maybe killed, agents' edits, its undo, maybe killed, maybe undone in turn, and a
 * night; after each step the account is compared with the model.
 * @param {number} seed @param {string} checkout @param {Awaited<ReturnType<typeof import('../nights/process-here.mjs').loadProgram>>} program
 * @returns {Promise<Spent>}
 */
export async function spendUndo(seed, checkout, program) {
  const sequence = new Sequence(seed, checkout, program);
  try {
    await sequence.open();
    await sequence.spend();
  } catch (error) {
    sequence.complaints.push(`broke: ${error instanceof Error ? error.stack : error}`);
  } finally {
    await sequence.close();
  }
  const { complaints, done, counts } = sequence;
  return { seed, complaints, done, counts };
}

class Sequence {
  /** @type {string[]} */
  complaints = [];
  /** @type {string[]} */
  done = [];
  counts = {
    processes: 0,
    kills: 0,
    full: 0,
    edits: 0,
    undos: 0,
    nights: 0,
    reversed: 0,
    already: 0,
    edited: 0,
    newer: 0,
  };
  #seed;
  #checkout;
  #program;
  #chance;
  #model = new Model();
  #root = '';
  #dirs = 0;
  #values = 0;
  /** @type {'ours' | 'theirs'} */
  #policy;
  #hasState;
  /** @type {any} */
  #emulator;

  /** @param {number} seed @param {string} checkout @param {any} program */
  constructor(seed, checkout, program) {
    this.#seed = seed;
    this.#checkout = checkout;
    this.#program = program;
    this.#chance = chance(seed);
    this.#policy = this.#chance.likely(0.6) ? 'ours' : 'theirs';
    this.#hasState = this.#chance.likely(0.8);
  }

  async open() {
    this.#root = mkdtempSync(join(tmpdir(), 'undos-'));
    const { startEmulator } = await import(join(this.#checkout, 'build/emulator/emulator.js'));
    const plans = [undefined, null, 'old'];
    const contactList = Array.from({ length: CONTACTS }, (_, i) => {
      const plan = plans[this.#chance.whole(0, 2)];
      return {
        id: i + 1,
        name: `Contact ${i + 1}`,
        email: `c${i + 1}@example.com`,
        custom_attributes: { kept: i, ...(plan === undefined ? {} : { plan }) },
      };
    });
    const unlimited = { limit: null, searchLimit: null };
    this.#emulator = await startEmulator({ seed: this.#seed, contacts: 0, contactList, ...unlimited });
    for (const key of keys()) this.#model.begin(key, this.#held(key));
    const lines = ['version: 1', 'contact_id: id', `defaults: { on_conflict: ${this.#policy} }`];
    const fields = ['fields:', '  name: name', '  custom_attributes.plan: plan'];
    writeFileSync(join(this.#root, 'mapping.yaml'), `${[...lines, ...fields].join('\n')}\n`);
    this.done.push(`${this.#policy}${this.#hasState ? '' : ', no state'}`);
  }

  async close() {
    await this.#emulator?.close();
    rmSync(this.#root, { recursive: true, force: true });
  }

  async spend() {
    const { likely } = this.#chance;
    if (likely(0.5)) await this.#plainRun(this.#draw(), []);
    this.#maybeEdit();
    const file = this.#draw(likely(0.3));
    const first = await this.#undoableRun(file);
    this.#maybeEdit();
    let second;
    if (likely(0.4)) second = await this.#plainRun(this.#draw(), ['--undoable']);
    if (second && likely(0.6)) await this.#undo(second, false);
    this.#maybeEdit();
    const undone = first && (await this.#undo(first, true));
    if (undone && likely(0.3)) {
      this.#maybeEdit();
      await this.#undo(undone, false);
    }
    this.#maybeEdit();
    if (this.#hasState) await this.#night(likely(0.7) ? file : this.#draw());
  }

  // --- internal ---

  /** @param {boolean} hasTwice @returns {File} */
  #draw(hasTwice = false) {
    const { likely } = this.#chance;
    /** @type {Map<number, Record<Field, string>[]>} */
    const rows = new Map();
    const row = () => ({ name: likely(0.8) ? this.#value() : '', plan: likely(0.7) ? this.#value() : '' });
    for (let contact = 1; contact <= CONTACTS; contact += 1) {
      if (likely(0.8)) rows.set(contact, hasTwice && likely(0.3) ? [row(), row()] : [row()]);
    }
    if (rows.size === 0) rows.set(1, [row()]);
    return rows;
  }

  #value() {
    this.#values += 1;
    return `v${this.#values}`;
  }

  /** @param {string} key */
  #held(key) {
    const [id, field] = key.split('/');
    const { name, custom_attributes } = this.#emulator.contact(Number(id));
    return String((field === 'name' ? name : custom_attributes.plan) ?? '');
  }

  /** A file of the run, newly written. @param {File} file @param {string} dir */
  #write(file, dir) {
    const lines = [...file].flatMap(([id, rows]) => rows.map(({ name, plan }) => `${id},${name},${plan}`));
    writeFileSync(`${dir}.csv`, `id,name,plan\n${lines.join('\n')}\n`);
    return `${dir}.csv`;
  }

  #dir() {
    this.#dirs += 1;
    return join(this.#root, `r${this.#dirs}`);
  }

  /** @param {boolean} mayRestore */
  #edit(mayRestore = true) {
    const { oneOf, whole, likely } = this.#chance;
    const key = `${whole(1, CONTACTS)}/${oneOf(FIELDS)}`;
    // an agent may give a field back what it held at the beginning
    const value = mayRestore && likely(0.15) ? 'old' : this.#value();
    const [id, field] = key.split('/');
    this.#emulator.edit(
      Number(id),
      field === 'name' ? { name: value } : { custom_attributes: { plan: value } },
    );
    this.counts.edits += 1;
    this.done.push(`edit ${key} ${value}`);
  }

  #maybeEdit() {
    this.#emulator.reset();
    for (let n = this.#chance.whole(0, 2); n > 0; n -= 1) this.#edit();
    this.#observe('agent', false);
  }

  /** Takes over what was written since the emulator began to count anew. @param {string} run @param {boolean} isRacing */
  #observe(run, isRacing) {
    for (const { contactId, by, body } of this.#emulator.journal) {
      const isAgent = by === 'agent';
      const written = { name: body.name, plan: body.custom_attributes?.plan };
      for (const field of FIELDS) {
        if (written[field] === undefined) continue;
        const value = String(written[field] ?? '');
        this.#model.wrote(`${contactId}/${field}`, {
          by: isAgent ? 'agent' : run,
          value,
          isRacing: isAgent && isRacing,
        });
      }
    }
    this.#emulator.reset();
    for (const key of keys()) {
      if (this.#held(key) !== this.#model.now(key))
        this.#complain(`${key} holds ${this.#held(key)}, written was ${this.#model.now(key)}`);
    }
  }

  /** @param {string} what */
  #complain(what) {
    this.complaints.push(what);
  }

  /** @param {readonly string[]} args @param {string} run @param {{ end?: End | undefined, during?: { n: number, act: () => void } | undefined }} [happens] */
  async #process(args, run, { end, during } = {}) {
    this.#emulator.reset();
    this.counts.processes += 1;
    const ended = await this.#program(args, {
      env: { LIVEDESK_API_KEY: 'demo-key', LIVEDESK_API_SECRET: 'demo-secret' },
      clockMs: 0,
      end,
      during,
    });
    if (ended.code === undefined) for (let turn = 0; turn < 8; turn += 1) await delay(2); // what had left arrives
    this.#observe(run, during !== undefined);
    if (ended.code === undefined) this.counts.kills += 1;
    else if (ended.isCut) this.counts.full += 1;
    const shown = args.map((arg) => arg.replace(`${this.#root}/`, '')).join(' ');
    this.done.push(
      `${shown}: ${ended.code ?? 'killed'}${end ? ` (${end.kind} ${end.how} ${end.at} ${end.n})` : ''}`,
    );
    return ended;
  }

  /** @param {string} dir @param {string} [state] */
  #common(dir, state = join(this.#root, 'state')) {
    const kept = this.#hasState ? ['--state', state] : ['--no-state'];
    return ['--run-dir', dir, '--rate', 'unlimited', '--concurrency', '3', ...kept];
  }

  /** @param {string} csv @param {string} dir */
  #begin(csv, dir) {
    return [
      'run',
      csv,
      '-m',
      join(this.#root, 'mapping.yaml'),
      '--base-url',
      this.#emulator.url,
      ...this.#common(dir),
    ];
  }

  /** A run that goes to its end. @param {File} file @param {readonly string[]} more @returns {Promise<ModelRun>} */
  async #plainRun(file, more) {
    const dir = this.#dir();
    const before = new Map(this.#model.bases);
    const { code, stderr } = await this.#process([...this.#begin(this.#write(file, dir), dir), ...more], dir);
    if (code !== 0) this.#complain(`a run ended with ${code}: ${stderr}`);
    this.#sent(file);
    return this.#note(dir, file, before, true, more.includes('--undoable'));
  }

  /** What the state has for last sent after a run. @param {File} file @param {boolean} isComplete */
  #sent(file, isComplete = true) {
    for (const [contact, rows] of file) {
      for (const field of FIELDS) {
        const said = rows.map((row) => row[field]).filter((value) => value !== '');
        if (said.length === 0) continue;
        this.#model.bases.set(`${contact}/${field}`, isComplete && rows.length === 1 ? said[0] : '?');
      }
    }
  }

  /** @param {string} dir @param {File} file @param {ReadonlyMap<string, string | undefined>} bases @param {boolean} complete @param {boolean} [isUndoable] @returns {ModelRun} */
  #note(dir, file, bases, complete, isUndoable = true) {
    const touched = new Set(
      [...file].flatMap(([id, rows]) =>
        FIELDS.filter((field) => rows.some((row) => row[field] !== '')).map((field) => `${id}/${field}`),
      ),
    );
    const run = {
      id: dir,
      complete,
      bases,
      domain: this.#imagesOf(dir, isUndoable),
      back: new Set(),
      undoes: undefined,
      touched,
    };
    this.#model.runs.push(run);
    return run;
  }

  /** The fields of which a run kept images, with what it found first. @param {string} dir @param {boolean} [isUndoable] @returns {Map<string, string>} */
  #imagesOf(dir, isUndoable = true) {
    const path = join(dir, 'before.jsonl');
    const images = new Map();
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const lines = text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .filter(Boolean);
    /** @type {Map<string, Set<string>>} */
    const written = new Map();
    for (const line of lines.slice(1)) {
      const { contact, fields } = JSON.parse(line);
      for (const [path, image] of Object.entries(fields)) {
        const key = `${contact}/${path.replace('custom_attributes.', '')}`;
        if (!images.has(key)) images.set(key, String(image.old ?? ''));
        written.set(key, (written.get(key) ?? new Set()).add(String(image.written ?? '')));
      }
    }
    for (const key of isUndoable ? keys() : []) {
      for (const value of this.#model.writtenBy(key, dir)) {
        if (!written.get(key)?.has(value))
          this.#complain(`${value} was written to ${key}, and its old value is not kept`);
      }
    }
    return images;
  }

  /** How a process may be ended. @returns {End | undefined} */
  #end() {
    const { likely, oneOf, whole } = this.#chance;
    if (!likely(0.45)) return undefined;
    const at = oneOf(/** @type {const} */ (['journal', 'request', 'request', 'state']));
    const how = oneOf(/** @type {const} */ (['before', 'after', 'torn']));
    const kind = likely(0.8) ? 'kill' : 'full';
    return { kind, at, n: whole(1, at === 'state' ? 2 : 9), how };
  }

  /** A run that may be killed, several times; maybe it is never ended. @param {File} file @returns {Promise<ModelRun | undefined>} */
  async #undoableRun(file) {
    const { likely, whole } = this.#chance;
    const before = new Map(this.#model.bases);
    let dir = this.#dir();
    const csv = this.#write(file, dir);
    const full = likely(0.15) ? ['--full'] : [];
    let args = [...this.#begin(csv, dir), '--undoable', ...full];
    const isLeft = likely(0.15);
    for (let kills = 0; ; kills += 1) {
      const during = likely(0.2) ? { n: whole(1, 8), act: () => this.#edit(false) } : undefined;
      const end = kills < 2 ? this.#end() : undefined;
      const { code, stderr } = await this.#process(args, dir, { end, during });
      if (code === 0) break;
      if (code !== undefined && code !== 3 && !end)
        this.#complain(`an undoable run ended with ${code}: ${stderr}`);
      const hasBegun = isBegun(dir);
      if (isLeft && hasBegun) {
        this.#sent(file, false);
        return this.#note(dir, file, before, false);
      }
      if (likely(0.3)) this.#maybeEdit();
      if (!hasBegun) {
        dir = this.#dir();
        args = [...this.#begin(csv, dir), '--undoable', ...full];
      } else args = ['run', '--resume', dir];
      if (kills > 4) throw new Error('a run does not end');
    }
    this.#sent(file);
    return this.#note(dir, file, before, true);
  }

  /** Undoes a run, and compares. @param {ModelRun} run @param {boolean} mayDie @returns {Promise<ModelRun | undefined>} */
  async #undo(run, mayDie) {
    const { likely } = this.#chance;
    const before = new Map(this.#model.bases);
    const expected = new Map([...run.domain.keys()].map((key) => [key, this.#model.afterUndo(key, run)]));
    const lengths = new Map(keys().map((key) => [key, this.#model.length(key)]));
    let dir = this.#dir();
    let args = ['undo', run.id, ...this.#common(dir)];
    let deaths = 0;
    for (; ; deaths += 1) {
      const end = mayDie && deaths < 2 ? this.#end() : undefined;
      const { code, stderr } = await this.#process(args, dir, { end });
      if (code === 0) break;
      if (code !== undefined && code !== 3 && !end) {
        this.#complain(`an undo ended with ${code}: ${stderr}`);
        return undefined;
      }
      if (likely(0.3)) this.#maybeEdit();
      if (!isBegun(dir)) {
        dir = this.#dir();
        args = ['undo', run.id, ...this.#common(dir)];
      } else args = ['run', '--resume', dir];
      if (deaths > 4) throw new Error('an undo does not end');
    }
    this.counts.undos += 1;
    const back = new Set();
    /** @type {Record<string, number>} */
    const wanted = { reversed: 0, already: 0, edited: 0, newer: 0 };
    let isSure = deaths === 0;
    for (const key of keys()) {
      const { values, bucket } = expected.get(key) ?? { values: undefined, bucket: undefined };
      const now = this.#model.now(key);
      const isEdited = this.#model.isEditedSince(key, lengths.get(key) ?? 0);
      if (values === undefined) {
        const isKept = this.#model.writtenBy(key, dir).length === 0;
        if (!isKept) this.#complain(`${key} was not changed by the run, and its undo wrote ${now}`);
        continue;
      }
      if (bucket === undefined) isSure = false;
      else wanted[bucket] = (wanted[bucket] ?? 0) + 1;
      if (bucket !== 'edited' && bucket !== 'newer') {
        back.add(key);
        this.#model.bases.set(key, isEdited || bucket === undefined ? '?' : run.bases.get(key));
      }
      if (isEdited) {
        const last = this.#model.writtenBy(key, 'agent').at(-1);
        if (now !== last)
          this.#complain(`an agent wrote ${last} to ${key} while its undo was not done, and it holds ${now}`);
      } else if (!values.includes(now))
        this.#complain(`${key} holds ${now} after the undo, not ${values.join(' or ')} (${bucket})`);
    }
    this.#judgeSummary(dir, run, isSure ? wanted : undefined);
    const touched = back;
    const undo = {
      id: dir,
      complete: true,
      bases: before,
      domain: this.#imagesOf(dir),
      back,
      undoes: run.id,
      touched,
    };
    this.#model.runs.push(undo);
    return undo;
  }

  /** @param {string} dir @param {ModelRun} run @param {Record<string, number> | undefined} wanted */
  #judgeSummary(dir, run, wanted) {
    const { undo, rows_read, statuses } = JSON.parse(readFileSync(join(dir, 'summary.json'), 'utf8'));
    const all = Object.values(/** @type {Record<string, number>} */ (undo.fields)).reduce(
      (sum, n) => sum + n,
      0,
    );
    if (all !== run.domain.size)
      this.#complain(`${all} fields in the summary of an undo of ${run.domain.size}`);
    const contacts = new Set([...run.domain.keys()].map((key) => key.split('/')[0])).size;
    const outcomes = Object.values(/** @type {Record<string, number>} */ (statuses)).reduce(
      (sum, n) => sum + n,
      0,
    );
    if (rows_read !== contacts || outcomes !== contacts)
      this.#complain(`${rows_read} lines for ${contacts} contacts, ${outcomes} outcomes`);
    if (undo.unfinished === run.complete)
      this.#complain(`the undone run counts as ${undo.unfinished ? 'unfinished' : 'finished'}`);
    for (const [bucket, n] of Object.entries(wanted ?? {})) {
      if (undo.fields[bucket] !== n) this.#complain(`${bucket}: ${undo.fields[bucket]}, not ${n}`);
    }
    for (const bucket of /** @type {const} */ (['reversed', 'already', 'edited', 'newer']))
      this.counts[bucket] += undo.fields[bucket];
  }

  /** A night that knows what the account holds. @param {File} file */
  async #night(file) {
    const account = [
      '--base-url',
      this.#emulator.url,
      '--rate',
      'unlimited',
      '--state',
      join(this.#root, 'state'),
    ];
    const { code } = await this.#process(['pull', ...account], 'pull');
    if (code !== 0) this.#complain(`a pull ended with ${code}`);
    const expected = new Map();
    for (const [contact, rows] of file) {
      const [row] = rows;
      if (!row || rows.length > 1) continue;
      for (const field of FIELDS) {
        if (row[field] === '') continue;
        const key = `${contact}/${field}`;
        expected.set(key, [
          this.#model.afterNight(key, row[field], this.#policy),
          this.#model.now(key),
          this.#model.bases.get(key),
        ]);
      }
    }
    await this.#plainRun(file, []);
    this.counts.nights += 1;
    for (const [key, [value, before, base]] of expected) {
      if (value !== undefined && this.#model.now(key) !== value) {
        this.#complain(
          `${key} holds ${this.#model.now(key)} after the night, not ${value} (it held ${before}, last sent was ${base})`,
        );
      }
    }
  }
}

/** @returns {string[]} */
function keys() {
  return Array.from({ length: CONTACTS }, (_, i) => FIELDS.map((field) => `${i + 1}/${field}`)).flat();
}

/** Whether a run directory has a run, that can be gone on with. @param {string} dir */
function isBegun(dir) {
  const path = join(dir, 'results.jsonl');
  return existsSync(path) && readFileSync(path, 'utf8').includes('\n');
}
