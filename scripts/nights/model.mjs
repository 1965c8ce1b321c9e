// @ts-check
import { FIELDS } from './plan.mjs';

/**
 * @typedef {import('./plan.mjs').Field} Field
 * @typedef {readonly number[]} Position Number of the data, input, row, and which correction of it.
 */

/**
 * What may be so of a contact: what it holds, what the state knows of it, and how new what was said of each field is.
 * After a kill several may be; what the account then holds, and what rows end as, decides between them.
 * @typedef {object} World
 * @property {Record<Field, string>} now
 * @property {Partial<Record<Field, string>>} base What was last sent or confirmed.
 * @property {Partial<Record<Field, string>>} theirs What the account was last seen to hold.
 * @property {Partial<Record<Field, boolean>>} doubt
 * @property {Partial<Record<Field, Position>>} said
 * @property {readonly Known[]} [disk] What the next process may find known, while one that was cut works.
 * @property {Record<Field, string>} [before] What it held before it was edited while this process works, whose answers may be older.
 */

/** @typedef {'ours' | 'theirs' | 'enforce'} Policy */

/** @typedef {Pick<World, 'base' | 'theirs' | 'doubt'>} Known */

/** @typedef {{ readonly at: Position, readonly values: Record<Field, string>, readonly status: string | undefined, readonly isAgain?: boolean, readonly isNext?: boolean }} Said A row; without a status it is pending. `isNext`: it waits behind a pending one, and may be marked as in doubt already. `isAgain`: what it sent before may count as newer. */
/** @typedef {{ readonly field: Field, readonly value: string }} Edit */

/** What the account should hold: the newest row wins field by field, agents' edits as the policy says. */
export class Model {
  /** @type {Map<number, World[]>} */
  #worlds = new Map();
  #hasState;
  #policy;
  #looksUp;
  #wasPulled = false;

  /**
   * `looksUp`: a process may see any contact while it finds those of its rows by their keys.
   * @param {{ contacts: Map<number, Record<Field, string>>, hasState: boolean, policy: Policy, looksUp: boolean }} begin
   */
  constructor({ contacts, hasState, policy, looksUp }) {
    this.#looksUp = looksUp;
    this.#hasState = hasState;
    this.#policy = policy;
    for (const [id, now] of contacts)
      this.#worlds.set(id, [{ now, base: {}, theirs: {}, doubt: {}, said: {} }]);
  }

  /** An agent edits a contact while nothing runs. @param {number} id @param {Edit} edit */
  edit(id, edit) {
    this.#each(id, (world) => [edited(world, edit)]);
  }

  /** The account was read; `isSure`: by the store that the next run asks. @param {boolean} isSure */
  pull(isSure) {
    this.#wasPulled = true;
    for (const id of this.#worlds.keys()) {
      this.#each(id, (world) => [{ ...world, theirs: world.now }, ...(isSure ? [] : [world])]);
    }
  }

  /** A process has ended, whatever its rows were. */
  mayHaveSeen() {
    if (!this.#looksUp) return;
    for (const id of this.#worlds.keys()) this.#each(id, (world) => [world, { ...world, theirs: world.now }]);
  }

  /** Another store may be asked, or the store may be lost: it may know nothing. */
  mayForget() {
    for (const id of this.#worlds.keys()) {
      this.#each(id, (world) => [world, { ...world, base: {}, theirs: {}, doubt: {} }]);
    }
  }

  /** A process that has no state follows, or one that has. @param {boolean} hasState */
  use(hasState) {
    this.#hasState = hasState;
  }

  /** The state counts for nothing: something without it has sent. */
  forget() {
    for (const id of this.#worlds.keys()) {
      // what was in doubt may stay so, and is sent
      this.#each(id, ({ disk: _disk, ...world }) => [
        { ...world, base: {}, theirs: {}, doubt: {} },
        { ...world, base: {}, theirs: {} },
      ]);
    }
  }

  /**
   * A process ended. `rows`: those of one contact in order, the settled ones first; an agent may have edited it at any
   * moment. After a `cut`, the row that was on its way may be delivered or not, and the state may lack what was last done.
   * @param {number} id @param {readonly Said[]} rows @param {{ isCut: boolean, edit?: Edit | undefined }} how
   */
  process(id, rows, { isCut, edit }) {
    const moments = edit ? rows.length + 1 : 1;
    const begin = this.#of(id);
    /** @type {World[]} */
    const all = [];
    for (let moment = 0; moment < moments; moment += 1) {
      let worlds = begin;
      for (const [i, row] of rows.entries()) {
        if (edit && i === moment)
          worlds = worlds.map((world) => ({ ...edited(world, edit), before: world.now }));
        const ways = row.isAgain ? [row, { ...row, at: [...row.at, -1] }] : [row];
        const seen = worlds.flatMap((world) => this.#asSeen(world, row, i > 0));
        worlds = distinct(seen.flatMap((world) => ways.flatMap((way) => this.#row(world, way, isCut))));
      }
      if (edit && moment === rows.length) worlds = worlds.map((world) => edited(world, edit));
      all.push(...worlds);
    }
    const kept = all.flatMap(({ disk: _disk, before: _before, ...world }) =>
      disksOf({ ...world, ...(_disk ? { disk: _disk } : {}) }).map((known) => ({ ...world, ...known })),
    );
    this.#worlds.set(id, distinct(kept));
  }

  /** What may be in the account; keeps only what fits. Undefined if it fits. @param {number} id @param {Record<Field, string>} actual */
  observe(id, actual) {
    const worlds = this.#of(id);
    const fitting = worlds.filter(({ now }) => FIELDS.every((field) => now[field] === actual[field]));
    if (fitting.length > 0) this.#worlds.set(id, fitting);
    return fitting.length > 0 ? undefined : worlds.map(({ now }) => now);
  }

  // --- internal ---

  /**
   * What is known of the contact when a row of it is decided: where a value of theirs counts it is read first, unless an
   * answer to an earlier row of this process serves. @param {World} world @param {Said} row @param {boolean} isLater
   * @returns {World[]}
   */
  #asSeen(world, row, isLater) {
    const decided = this.#asDecided(world, row, isLater);
    if (!this.#looksUp) return decided;
    const shown = [world.now, ...(world.before ? [world.before] : [])];
    return [...decided, ...shown.map((theirs) => sawNow(world, theirs))];
  }

  /** @param {World} world @param {Said} row @param {boolean} isLater @returns {World[]} */
  #asDecided(world, { at, values }, isLater) {
    const seen = (/** @type {World['theirs']} */ theirs) => sawNow(world, theirs);
    if (this.#policy === 'enforce') {
      const unknown = { ...world, theirs: {}, disk: disksOf(world) };
      return [unknown, ...(isLater ? [seen(world.now)] : []), ...(this.#wasPulled ? [world] : [])];
    }
    const live = FIELDS.filter((field) => values[field] !== '' && !isOlder(at, world.said[field]));
    const mayChange = !this.#hasState || live.some((field) => this.#isSent(world, field, values[field]));
    if (this.#policy === 'ours' || !mayChange) return [world];
    // an edit may come between the read and the write, and while the answer to an earlier row serves
    return [seen(world.now), ...(world.before ? [seen(world.before)] : [])];
  }

  /** @param {World} world @param {Said} row @param {boolean} isCut @returns {World[]} */
  #row(world, { at, values, status, isNext }, isCut) {
    const named = FIELDS.filter((field) => values[field] !== '');
    const live = named.filter((field) => !isOlder(at, world.said[field]));
    const sent = live.filter((field) => this.#isSent(world, field, values[field]));
    const is =
      named.length === 0
        ? 'skipped'
        : live.length === 0
          ? 'superseded'
          : sent.length > 0
            ? 'updated'
            : 'unchanged';
    if (status !== undefined && status !== is) return [];
    if (live.length === 0) return [world];
    const now = { ...world.now, ...pick(sent, (field) => values[field]) };
    const said = { ...world.said, ...pick(live, () => at) };
    const base = { ...world.base, ...pick(live, (field) => values[field]) };
    const doubt = this.#hasState ? { ...world.doubt, ...pick(sent, () => false) } : world.doubt;
    const done = { now, said, base, doubt, theirs: sent.length > 0 ? now : world.theirs };
    if (!isCut) return status === undefined ? [world] : [done];
    const doubted = disksOf(world).map((disk) => ({
      ...disk,
      doubt: { ...disk.doubt, ...pick(sent, () => true) },
    }));
    const disk = [...doubted, knownIn(done)];
    if (status !== undefined) return [{ ...done, disk }];
    // outcomes are written a few at a time: those of several rows in a row that send nothing may be lost together
    if (sent.length === 0) return [world, { ...world, disk }, { ...done, said: world.said, disk }];
    if (isNext) return [world, { ...world, disk: doubted }];
    const saidSent = { ...world.said, ...pick(sent, () => at) };
    // state and journal are marked side by side, both before the request leaves
    return [
      world,
      { ...world, disk: doubted },
      { ...world, said: saidSent, disk: [...disksOf(world), ...doubted] },
      { ...world, now, said: saidSent, disk },
    ];
  }

  /** Three-way comparison of a field. @param {World} world @param {Field} field @param {string} ours */
  #isSent(world, field, ours) {
    const base = this.#hasState ? world.base[field] : undefined;
    const theirs = world.theirs[field];
    if (this.#hasState ? world.doubt[field] : this.#policy !== 'theirs') return true;
    if (ours === theirs) return false;
    if (this.#policy === 'enforce') return true;
    if (theirs === undefined) return ours !== base;
    if (base === undefined) return this.#policy === 'ours' || theirs === '';
    if (ours === base) return false;
    return theirs === base || this.#policy === 'ours';
  }

  /** @param {number} id @param {(world: World) => World[]} change */
  #each(id, change) {
    this.#worlds.set(id, distinct(this.#of(id).flatMap(change)));
  }

  /** @param {number} id */
  #of(id) {
    return this.#worlds.get(id) ?? [];
  }
}

/** @param {World} world @param {Edit} edit @returns {World} */
function edited(world, { field, value }) {
  return { ...world, now: { ...world.now, [field]: value } };
}

/** The process may end before what it saw is on the disk. @param {World} world @param {World['theirs']} theirs @returns {World} */
function sawNow(world, theirs) {
  return { ...world, theirs, disk: [...disksOf(world), knownIn({ ...world, theirs })] };
}

/** @param {World} world @returns {Known} */
function knownIn({ base, theirs, doubt }) {
  return { base, theirs, doubt };
}

/** @param {World} world */
function disksOf(world) {
  return world.disk ?? [knownIn(world)];
}

/** @param {Position} at @param {Position | undefined} other */
function isOlder(at, other) {
  for (const [i, part] of (other ?? []).entries()) if (at[i] !== part) return (at[i] ?? 0) < part;
  return other !== undefined && at.length > other.length;
}

/** @template T @param {readonly Field[]} fields @param {(field: Field) => T} of */
function pick(fields, of) {
  return /** @type {Partial<Record<Field, T>>} */ (
    Object.fromEntries(fields.map((field) => [field, of(field)]))
  );
}

/** @param {readonly World[]} worlds */
function distinct(worlds) {
  /** @param {World} world */
  const keyOf = ({ now, base, theirs, doubt, said, disk }) =>
    JSON.stringify(disk ?? null) +
    JSON.stringify(
      FIELDS.map((field) => [
        now[field],
        base[field] ?? null,
        theirs[field] ?? null,
        doubt[field] === true,
        said[field] ?? null,
      ]),
    );
  return [...new Map(worlds.map((world) => [keyOf(world), world])).values()];
}
