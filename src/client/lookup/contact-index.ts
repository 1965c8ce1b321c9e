import { hash } from 'node:crypto';
import { IdTable, widened } from '../../core/id-table.ts';
import { type JsonObject, KEY_FIELDS, type KeyField, type MatchKey } from '../../core/types.ts';
import { contactIdOf } from '../answer/payload.ts';
import { keyValue } from './match-key.ts';

/** Lengths of tables are powers of two, so that a mask finds a place in them. */
const FIRST_KEYS = 8192;
const FIELDS = KEY_FIELDS.length;

/**
 * Who has which key, in memory: some 100 bytes for a contact, no values, 64-bit hashes of them. A contact that is
 * met again with other keys is no longer found by its old ones.
 */
export class ContactIndex {
  readonly #ids = new IdTable();
  /** Hashes of the keys of each contact, two words for each field; 0, 0 is none. */
  #words = new Uint32Array(this.#ids.room * FIELDS * 2);
  /** Where each key leads, from 1; stale ones are known by the words they lead to. */
  #byKey = new Uint32Array(FIRST_KEYS);
  #keys = 0;

  /** Contacts met. */
  get size(): number {
    return this.#ids.size;
  }

  /** Takes in a contact: fields that it does not show stay as they were. True if it is met for the first time. */
  meet(contact: JsonObject): boolean {
    const id = contactIdOf(contact);
    if (id === undefined) return false;
    const isKnown = this.#ids.has(id);
    const row = this.#ids.add(id);
    const words = this.#ids.room * FIELDS * 2;
    if (words > this.#words.length) this.#words = widened(this.#words, words);
    for (const [i, field] of KEY_FIELDS.entries()) {
      if (contact[field] === undefined) continue;
      const value = keyValue(contact, field);
      const [a, b] = value === undefined ? NONE : wordsOf(field, value);
      const at = (row * FIELDS + i) * 2;
      if (this.#words[at] === a && this.#words[at + 1] === b) continue;
      this.#words[at] = a;
      this.#words[at + 1] = b;
      if (value !== undefined) this.#enter(row * FIELDS + i + 1, a);
    }
    return !isKnown;
  }

  /** Ids of the contacts that have a key. */
  find({ field, value }: MatchKey): readonly number[] {
    const [a, b] = wordsOf(field, field === 'email' ? value.toLowerCase() : value);
    const ids = new Set<number>();
    const mask = this.#byKey.length - 1;
    for (let slot = a & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#byKey[slot] ?? 0;
      if (entry === 0) return [...ids];
      const at = (entry - 1) * 2;
      if (this.#words[at] === a && this.#words[at + 1] === b)
        ids.add(this.#ids.at(Math.floor((entry - 1) / FIELDS)));
    }
  }

  #enter(entry: number, word: number): void {
    this.#keys += 1;
    if (this.#keys * 4 > this.#byKey.length * 3) this.#rebuildKeys();
    else put(this.#byKey, word, entry);
  }

  /** Makes room, and leaves out what is stale. */
  #rebuildKeys(): void {
    const live: number[] = [];
    for (let entry = 1; entry <= this.#ids.size * FIELDS; entry += 1) {
      if (this.#words[entry * 2 - 1] !== 0) live.push(entry);
    }
    let length = FIRST_KEYS;
    while (length < live.length * 2) length *= 2;
    this.#byKey = new Uint32Array(length);
    this.#keys = live.length;
    for (const entry of live) put(this.#byKey, this.#words[entry * 2 - 2] ?? 0, entry);
  }
}

// --- internal ---

const NONE: readonly [number, number] = [0, 0];

function put(table: Uint32Array, start: number, entry: number): void {
  const mask = table.length - 1;
  let slot = start & mask;
  while (table[slot] !== 0) slot = (slot + 1) & mask;
  table[slot] = entry;
}

function wordsOf(field: KeyField, value: string): readonly [number, number] {
  const digest = hash('sha256', `${field}:${value}`, 'buffer');
  // an odd second word is never none
  return [digest.readUInt32LE(0), (digest.readUInt32LE(4) | 1) >>> 0];
}
