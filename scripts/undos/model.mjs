// @ts-check

/** The fields that files set. @type {readonly ['name', 'plan']} */
export const FIELDS = ['name', 'plan'];

/** @typedef {typeof FIELDS[number]} Field */
/** @typedef {'reversed' | 'already' | 'edited' | 'newer'} Bucket */
/** @typedef {{ readonly by: string, readonly value: string, readonly isRacing: boolean }} Write `by` is a run, or `agent`; racing: while a run was at work. */
/** @typedef {{ readonly id: string, readonly complete: boolean, readonly bases: ReadonlyMap<string, string | undefined | '?'>, readonly domain: ReadonlyMap<string, string>, back: ReadonlySet<string>, undoes: string | undefined, touched: ReadonlySet<string> }} ModelRun */

/** What each field of each contact went through, and what a plain reading of the promises makes of it. */
export class Model {
  /** By `contact/field`, the beginning first. @type {Map<string, Write[]>} */
  #writes = new Map();
  /** What was last sent, as the state has it; `?`: this model does not know. @type {Map<string, string | undefined | '?'>} */
  bases = new Map();
  /** In their order. @type {ModelRun[]} */
  runs = [];

  /** @param {string} key @param {string} value */
  begin(key, value) {
    this.#writes.set(key, [{ by: 'beginning', value, isRacing: false }]);
    this.bases.set(key, undefined);
  }

  /** @param {string} key @param {Write} write */
  wrote(key, write) {
    this.#writes.get(key)?.push(write);
  }

  /** @param {string} key */
  now(key) {
    return this.#of(key).at(-1)?.value ?? '';
  }

  /** Whether an agent has written the field since the n-th write. @param {string} key @param {number} from */
  isEditedSince(key, from) {
    return this.#of(key)
      .slice(from)
      .some(({ by }) => by === 'agent');
  }

  /** @param {string} key */
  length(key) {
    return this.#of(key).length;
  }

  /** The values that a run wrote to a field. @param {string} key @param {string} run */
  writtenBy(key, run) {
    return this.#of(key).flatMap(({ by, value }) => (by === run ? [value] : []));
  }

  /**
   * What an undo of a run makes of a field: the values that it may leave in it, and the bucket.
   * @param {string} key @param {ModelRun} run @returns {{ readonly values: readonly string[], readonly bucket: Bucket | undefined }}
   */
  afterUndo(key, run) {
    const now = this.now(key);
    if (this.#isNewer(key, run)) return { values: [now], bucket: 'newer' };
    const last = this.writtenBy(key, run.id).at(-1);
    if (last === undefined) {
      // the write never arrived: what the run found is what it was
      return { values: [now], bucket: now === run.domain.get(key) ? 'already' : 'edited' };
    }
    const olds = [this.#oldOf(key, run.id, false), this.#oldOf(key, run.id, true)];
    const isSure = olds[0] === olds[1];
    if (olds.includes(now)) return { values: olds, bucket: isSure ? 'already' : undefined };
    if (now === last) return { values: olds, bucket: isSure ? 'reversed' : undefined };
    return { values: [now], bucket: 'edited' };
  }

  /**
   * What a night leaves in a field, once the account was pulled; undefined where this model does not know.
   * @param {string} key @param {string} ours @param {'ours' | 'theirs'} policy
   */
  afterNight(key, ours, policy) {
    const base = this.bases.get(key);
    const now = this.now(key);
    if (ours === now) return now;
    if (base === '?') return undefined;
    if (base === undefined) return policy === 'ours' || now === '' ? ours : now;
    if (ours === base) return now;
    return now === base || policy === 'ours' ? ours : now;
  }

  // --- internal ---

  /** @param {string} key @returns {Write[]} */
  #of(key) {
    return this.#writes.get(key) ?? [];
  }

  /** The value before the last writes of a run in a row; an edit that came while it was at work may have come between its read and its write. @param {string} key @param {string} run @param {boolean} skipsRacing */
  #oldOf(key, run, skipsRacing) {
    const writes = this.#of(key).filter(({ isRacing }) => !(skipsRacing && isRacing));
    let at = writes.findLastIndex(({ by }) => by === run);
    while (at > 0 && writes[at]?.by === run) at -= 1;
    return writes[at]?.value ?? '';
  }

  /** A later run sent or confirmed it, and was not undone in it since. @param {string} key @param {ModelRun} run */
  #isNewer(key, run) {
    const later = this.runs.slice(this.runs.indexOf(run) + 1);
    const undone = new Set();
    for (const other of later.reverse()) {
      if (other.undoes === run.id || !other.touched.has(key) || undone.has(other.id)) continue;
      if (
        other.undoes !== undefined &&
        this.runs.findIndex(({ id }) => id === other.undoes) > this.runs.indexOf(run)
      ) {
        undone.add(other.undoes);
      } else return true;
    }
    return false;
  }
}
