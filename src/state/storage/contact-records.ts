import { KEY_FIELDS, type MatchKey } from '../../core/types.ts';
import { beginDoubt } from '../change-record.ts';
import type { Hash } from '../compare/hash.ts';
import {
  baseIn,
  decodeRecord,
  encodeRecord,
  epochOf,
  holdsDigest,
  type Layouts,
  metEpochOf,
} from './codec.ts';
import { indexKeysOf, mayHold, prefixOf } from './keys.ts';
import type { KeyChange } from './logged-change.ts';
import type { OtherRecord, OtherStores, OwnNumbers } from './other-stores.ts';
import type { Paths } from './path-dictionary.ts';
import { type ContactRecord, emptyRecord } from './record.ts';
import type { Store } from './store.ts';

/** Holds the digest of no patch. */
const NOTHING_SETTLED = Buffer.alloc(0);
const NO_KEYS: ReadonlySet<Hash> = new Set();
/** Contacts looked at in one turn of the event loop. */
const SWEEP = 5_000;

export interface ContactRecordsOptions {
  /** The store that is written to. */
  readonly store: Store;
  readonly others: OtherStores;
  readonly paths: Paths;
  readonly layouts: Layouts;
  readonly writerNumber: OwnNumbers['writerNumber'];
}

/** The records of contacts in a store and in those beside it, and the way from keys to them. */
export class ContactRecords {
  readonly #store: Store;
  readonly #others: OtherStores;
  readonly #paths: Paths;
  readonly #layouts: Layouts;
  readonly #numbers: OwnNumbers;
  #knownKeyIds: readonly number[] = [];

  constructor({ store, others, paths, layouts, writerNumber }: ContactRecordsOptions) {
    this.#store = store;
    this.#others = others;
    this.#paths = paths;
    this.#layouts = layouts;
    this.#numbers = { pathNumber: (path) => paths.numberOf(path), writerNumber };
  }

  /** The record of a contact, if there is one that can be read. `true`: it holds this digest, and is not read further. */
  look(id: number, digest: (() => Hash) | undefined): ContactRecord | true | undefined {
    const found = this.#newest(id);
    if (!found) return undefined;
    const isOwn = Buffer.isBuffer(found);
    if (digest && holdsDigest(isOwn ? found : found.bytes, digest())) return true;
    return isOwn ? decodeRecord(found, this.#layouts) : found.decode();
  }

  /**
   * What was last sent of these fields to a contact whose record holds the digest; undefined where it does not, or where
   * one of the fields is not known.
   */
  basesUnder(id: number, digest: () => Hash, fields: readonly string[]): readonly Hash[] | undefined {
    const found = this.#newest(id);
    if (!found) return undefined;
    const isOwn = Buffer.isBuffer(found);
    if (!holdsDigest(isOwn ? found : found.bytes, digest())) return undefined;
    const other = isOwn ? undefined : found.decode();
    const bases: Hash[] = [];
    for (const field of fields) {
      const path = this.#paths.find(field) ?? -1;
      const base = isOwn ? baseIn(found, this.#layouts, path) : other?.fields.get(path)?.base;
      if (base === undefined) return undefined;
      bases.push(base);
    }
    return bases;
  }

  /** A contact's record to be changed and written back. */
  read(id: number): ContactRecord {
    const found = this.#newest(id);
    return (Buffer.isBuffer(found) ? decodeRecord(found, this.#layouts) : found?.decode()) ?? emptyRecord();
  }

  /** Contacts that are known on the disk, with the epoch in which each was last met, some thousand at a time. */
  *pages(): Iterable<readonly (readonly [id: number, metIn: number])[]> {
    let after: number | undefined;
    for (;;) {
      const page = this.#store.contactsOnDisk(after, SWEEP);
      after = page.at(-1)?.id;
      yield page.map(({ id }) => [id, this.#metIn(id)]);
      if (page.length < SWEEP) break;
    }
    for (const page of this.#others.contacts(SWEEP)) {
      const unknown = page.filter((id) => !this.#store.contact(id));
      yield unknown.map((id) => [id, this.#metIn(id)]);
    }
  }

  /** Writes a record back. `doubted`: keys that the contact may be about to hold. */
  write(id: number, record: ContactRecord, doubted: readonly Hash[] = []): void {
    const keyIds = this.#keyIds();
    const own = this.#store.contact(id);
    const recordBefore = own && decodeRecord(own, this.#layouts);
    const before = recordBefore ? indexKeysOf(recordBefore, keyIds) : NO_KEYS;
    const after = indexKeysOf(record, keyIds);
    for (const hash of doubted) after.add(hash);
    const keys: KeyChange[] = [];
    for (const hash of before) if (!after.has(hash)) keys.push([prefixOf(hash), false]);
    for (const hash of after) if (!before.has(hash)) keys.push([prefixOf(hash), true]);
    this.#store.setContact(id, encodeRecord(record, this.#layouts, this.#paths.areaOf), keys);
  }

  /** Whether the contact has a key, or is in doubt about one: only such contacts does the API list. */
  isListable(record: ContactRecord): boolean {
    const keyIds = this.#keyIds();
    return indexKeysOf(record, keyIds).size > 0 || keyIds.some((id) => record.fields.get(id)?.inDoubt);
  }

  /** Contacts that hold the key, or may. */
  holders(field: MatchKey['field'], hash: Hash): number[] {
    // the other stores may know fields that the own one has not met
    const id = this.#others.isEmpty ? this.#paths.find(field) : this.#paths.numberOf(field);
    if (id === undefined) return [];
    const prefix = prefixOf(hash);
    const ids = new Set([...this.#store.holders(prefix), ...this.#others.holders(prefix)]);
    return [...ids].filter((contact) => mayHold(this.read(contact), id, hash));
  }

  /** Whether a write to the field was begun whose fate is not known. */
  isInDoubt(id: number, field: MatchKey['field']): boolean {
    return this.read(id).fields.get(this.#paths.find(field) ?? -1)?.inDoubt ?? false;
  }

  /** What the contact holds at a path as far as that is known; undefined where it is not, or in doubt. */
  heldBy(id: number, path: string): Hash | undefined {
    const field = this.read(id).fields.get(this.#paths.find(path) ?? -1);
    return field && !field.inDoubt ? (field.theirs ?? field.base) : undefined;
  }

  // --- internal ---

  /** The newest record of all stores: bytes of the own one, good until the next call, or what another one says. */
  #newest(id: number): Buffer | OtherRecord | undefined {
    const found = this.#newestWritten(id);
    const other = this.#others.doubtOf(id);
    if (!other) return found;
    const record = Buffer.isBuffer(found) ? decodeRecord(found, this.#layouts) : found?.decode();
    if (record && record.epoch > other.epoch) return found;
    const doubted = record ?? emptyRecord();
    beginDoubt(doubted, other.doubt.fields, this.#paths);
    return { bytes: NOTHING_SETTLED, decode: () => doubted };
  }

  #newestWritten(id: number): Buffer | OtherRecord | undefined {
    const own = this.#store.contact(id);
    const newest = this.#others.newest(id, own && epochOf(own), this.#numbers);
    // what was read from elsewhere may have taken the place of its bytes
    return newest === 'own' ? (this.#others.isEmpty ? own : this.#store.contact(id)) : newest;
  }

  #metIn(id: number): number {
    const found = this.#newest(id);
    if (Buffer.isBuffer(found)) return metEpochOf(found);
    const other = found?.decode();
    return other?.isMet ? other.epoch : 0;
  }

  #keyIds(): readonly number[] {
    // a path keeps its number for good
    if (this.#knownKeyIds.length < KEY_FIELDS.length) {
      this.#knownKeyIds = KEY_FIELDS.map((field) => this.#paths.find(field)).filter((id) => id !== undefined);
    }
    return this.#knownKeyIds;
  }
}
