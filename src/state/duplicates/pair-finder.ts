import { contactAt, GIVEN_BYTES, type GivenValue, isNamed, readGiven } from './given-values.ts';

/** A row whose value another row gives to another contact. */
export interface Pair {
  readonly one: GivenValue;
  readonly other: GivenValue;
}

/**
 * Finds pairs among given values as they lie in memory, by a table of places that is used again and again: hashes as
 * texts in a `Map` took 100 MB more for 5 million values, and three times as long.
 */
export class PairFinder {
  /** Open addressing: the place of the first value with a hash, plus 1; 0 is empty. */
  #table = new Int32Array(0);

  /**
   * Every row among `bytes` that gives a contact what another row gives to another contact, with such a row. `ownerOf` tells
   * which contact a stand-in means.
   */
  *find(bytes: Buffer, ownerOf: (contact: number) => number = (contact) => contact): Iterable<Pair> {
    const contactOf = (at: number): number => ownerOf(contactAt(bytes, at));
    this.#clear(bytes.length / GIVEN_BYTES);
    /** By the place of the first value with a hash: the first one behind it that is for another contact. */
    const others = new Map<number, number>();
    for (let at = 0; at < bytes.length; at += GIVEN_BYTES) {
      if (isNoGift(bytes, at)) continue;
      const first = this.#firstOf(bytes, at);
      if (contactOf(first) !== contactOf(at) && !others.has(first)) others.set(first, at);
    }
    if (others.size === 0) return;
    for (let at = 0; at < bytes.length; at += GIVEN_BYTES) {
      if (isNoGift(bytes, at)) continue;
      const first = this.#firstOf(bytes, at);
      const other = others.get(first);
      if (other === undefined) continue;
      const isOfFirst = contactOf(first) === contactOf(at);
      yield { one: readGiven(bytes, at), other: readGiven(bytes, isOfFirst ? other : first) };
    }
  }

  // --- internal ---

  #clear(values: number): void {
    const size = 2 ** Math.ceil(Math.log2(2 * values + 1));
    if (this.#table.length < size) this.#table = new Int32Array(size);
    else this.#table.fill(0);
  }

  /** The place of the first value with the hash of that at `at`, which is noted if there is none. */
  #firstOf(bytes: Buffer, at: number): number {
    const table = this.#table;
    // the last bytes of the hash: the first ones are alike in all of a partition
    let slot = bytes.readUInt32LE(at + 4) & (table.length - 1);
    for (;;) {
      const place = table[slot] ?? 0;
      if (place === 0) {
        table[slot] = at + 1;
        return at;
      }
      if (isSameHash(bytes, place - 1, at)) return place - 1;
      slot = (slot + 1) & (table.length - 1);
    }
  }
}

// --- internal ---

function isSameHash(bytes: Buffer, one: number, other: number): boolean {
  return (
    bytes.readUInt32LE(one) === bytes.readUInt32LE(other) &&
    bytes.readUInt32LE(one + 4) === bytes.readUInt32LE(other + 4)
  );
}

/** Whether it is the hash of nothing, which every contact may have, or a name. */
function isNoGift(bytes: Buffer, at: number): boolean {
  return (bytes.readUInt32LE(at) === 0 && bytes.readUInt32LE(at + 4) === 0) || isNamed(bytes, at);
}
