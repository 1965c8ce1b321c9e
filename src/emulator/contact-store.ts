import type { Contact, UniqueColumn } from './contact.ts';
import { UNIQUE_COLUMNS } from './contact.ts';
import { importedAt, seedContact, seedIdIn } from './seed-contact.ts';

/** The contacts of the one account. Seeded contacts take memory only once they differ from their seed. */
export class ContactStore {
  /** Grows with every change; tells whether something computed from the contacts still holds. */
  version = 0;
  readonly #seed: number;
  readonly #firstId: number;
  readonly #seedEnd: number;
  readonly #imports: readonly number[];
  #nextId: number;
  #latest: Contact | undefined;
  /** What differs from the seed; null is deleted. */
  readonly #written = new Map<number, Contact | null>();
  /** Who holds a value that is not the holder's own seeded one, by column. */
  readonly #holders: Record<UniqueColumn, Map<string, Set<number>>> = {
    email: new Map(),
    identifier: new Map(),
    phone_number: new Map(),
  };

  /** `imports` says how many of the `count` contacts, from the first one on, each CSV import of the past brought. */
  constructor(seed: number, firstId: number, count: number, imports: readonly number[] = []) {
    this.#seed = seed;
    this.#imports = imports;
    this.#firstId = firstId;
    this.#seedEnd = firstId + count;
    this.#nextId = this.#seedEnd;
  }

  get(id: number): Contact | undefined {
    const written = this.#written.get(id);
    if (written !== undefined) return written ?? undefined;
    return this.#isSeeded(id) ? this.#seeded(id) : undefined;
  }

  /** Stores a contact as it is, without any check. */
  put(contact: Contact): void {
    const before = this.get(contact.id);
    for (const column of UNIQUE_COLUMNS) {
      if (before?.[column] === contact[column]) continue;
      this.#release(column, contact.id, before?.[column]);
      this.#claim(column, contact.id, contact[column]);
    }
    this.#written.set(contact.id, contact);
    this.#nextId = Math.max(this.#nextId, contact.id + 1);
    this.version += 1;
  }

  /** Deletes a contact; whether there was one. */
  remove(id: number): boolean {
    const before = this.get(id);
    if (before === undefined) return false;
    for (const column of UNIQUE_COLUMNS) this.#release(column, id, before[column]);
    this.#written.set(id, null);
    this.version += 1;
    return true;
  }

  /** An id that was never used. */
  newId(): number {
    return this.#nextId;
  }

  /** Whether a contact other than `by` holds the value; e-mail in any case (livedesk-api.md 5.4). */
  isTaken(column: UniqueColumn, value: string, by: number): boolean {
    const key = keyOf(column, value);
    for (const id of this.#holders[column].get(key) ?? []) if (id !== by) return true;
    const seeded = this.#seedHolder(column, key);
    return seeded !== undefined && seeded !== by && this.get(seeded)?.[column] === key;
  }

  /** Ids of all contacts, seeded ones first. */
  *ids(): Generator<number> {
    for (let id = this.#firstId; id < this.#seedEnd; id += 1) if (this.#written.get(id) !== null) yield id;
    for (const [id, contact] of this.#written) if (contact !== null && !this.#isSeeded(id)) yield id;
  }

  #isSeeded(id: number): boolean {
    return id >= this.#firstId && id < this.#seedEnd;
  }

  /** One request asks for its contact's seed several times. */
  #seeded(id: number): Contact {
    if (this.#latest?.id !== id) this.#latest = this.#made(id);
    return this.#latest;
  }

  #made(id: number): Contact {
    let first = this.#firstId;
    for (const size of this.#imports) {
      if (id < first + size) return importedAt(seedContact(this.#seed, id), seedContact(this.#seed, first));
      first += size;
    }
    return seedContact(this.#seed, id);
  }

  #seedHolder(column: UniqueColumn, key: string): number | undefined {
    const id = seedIdIn(column, key);
    return id !== undefined && this.#isSeeded(id) && this.#seeded(id)[column] === key ? id : undefined;
  }

  #claim(column: UniqueColumn, id: number, value: string | null): void {
    if (value === null) return;
    const key = keyOf(column, value);
    if (this.#seedHolder(column, key) === id && key === value) return;
    const holders = this.#holders[column].get(key);
    if (holders) holders.add(id);
    else this.#holders[column].set(key, new Set([id]));
  }

  #release(column: UniqueColumn, id: number, value: string | null | undefined): void {
    if (value === null || value === undefined) return;
    const key = keyOf(column, value);
    const holders = this.#holders[column].get(key);
    if (holders?.delete(id) && holders.size === 0) this.#holders[column].delete(key);
  }
}

function keyOf(column: UniqueColumn, value: string): string {
  return column === 'email' ? value.toLowerCase() : value;
}
