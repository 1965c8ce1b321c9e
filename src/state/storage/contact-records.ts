import { KEY_FIELDS, type MatchKey } from '../../core/types.ts';
import type { Hash } from '../compare/hash.ts';
import { baseIn, decodeRecord, encodeRecord, holdsDigest, type Layouts } from './codec.ts';
import { indexKeysOf, mayHold, prefixOf } from './keys.ts';
import type { Paths } from './path-dictionary.ts';
import { type ContactRecord, emptyRecord } from './record.ts';
import type { Store } from './store.ts';

/** The records of contacts in a store, and the way from keys to them. */
export class ContactRecords {
  readonly #store: Store;
  readonly #paths: Paths;
  readonly #layouts: Layouts;

  constructor(store: Store, paths: Paths, layouts: Layouts) {
    this.#store = store;
    this.#paths = paths;
    this.#layouts = layouts;
  }

  /** The record of a contact, if there is one that can be read. `true`: it holds this digest, and is not read further. */
  look(id: number, digest: () => Hash): ContactRecord | true | undefined {
    const bytes = this.#store.contact(id);
    if (!bytes) return undefined;
    return holdsDigest(bytes, digest()) || decodeRecord(bytes, this.#layouts);
  }

  /**
   * What was last sent of these fields to a contact whose record holds the digest; undefined where it does not, or where
   * one of the fields is not known.
   */
  basesUnder(id: number, digest: () => Hash, fields: readonly string[]): readonly Hash[] | undefined {
    const bytes = this.#store.contact(id);
    if (!bytes || !holdsDigest(bytes, digest())) return undefined;
    const bases: Hash[] = [];
    for (const field of fields) {
      const base = baseIn(bytes, this.#layouts, this.#paths.find(field) ?? -1);
      if (base === undefined) return undefined;
      bases.push(base);
    }
    return bases;
  }

  /** A contact's record to be changed and written back. */
  read(id: number): ContactRecord {
    const bytes = this.#store.contact(id);
    return (bytes && decodeRecord(bytes, this.#layouts)) ?? emptyRecord();
  }

  /** Writes a record back. `doubted`: keys that the contact may be about to hold. */
  write(id: number, record: ContactRecord, doubted: readonly Hash[] = []): void {
    const keyIds = this.#keyIds();
    const before = indexKeysOf(this.read(id), keyIds);
    const after = new Set([...indexKeysOf(record, keyIds), ...doubted]);
    for (const hash of before) if (!after.has(hash)) this.#store.setHolder(prefixOf(hash), id, false);
    for (const hash of after) if (!before.has(hash)) this.#store.setHolder(prefixOf(hash), id, true);
    this.#store.setContact(id, encodeRecord(record, this.#layouts, this.#paths.areaOf));
  }

  /** Contacts that hold the key, or may. */
  holders(field: MatchKey['field'], hash: Hash): number[] {
    const id = this.#paths.find(field);
    if (id === undefined) return [];
    return this.#store.holders(prefixOf(hash)).filter((contact) => mayHold(this.read(contact), id, hash));
  }

  /** Whether a write to the field was begun whose fate is not known. */
  isInDoubt(id: number, field: MatchKey['field']): boolean {
    const path = this.#paths.find(field);
    return path !== undefined && (this.read(id).fields.get(path)?.inDoubt ?? false);
  }

  /** What the contact holds at a path as far as that is known; undefined where it is not, or in doubt. */
  heldBy(id: number, path: string): Hash | undefined {
    const field = this.read(id).fields.get(this.#paths.find(path) ?? -1);
    return field && !field.inDoubt ? (field.theirs ?? field.base) : undefined;
  }

  // --- internal ---

  #keyIds(): readonly number[] {
    return KEY_FIELDS.map((field) => this.#paths.find(field)).filter((id) => id !== undefined);
  }
}
