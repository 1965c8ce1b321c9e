import type { Store } from './storage/store.ts';
import { StringTable } from './storage/string-table.ts';

/** A field to which another mapping had given a different value. */
export interface OtherWriter {
  readonly field: string;
  /** Contacts of this run. */
  readonly count: number;
  /** The other mapping had done the same to this one before: the two undo each other with every run. */
  readonly isMutual: boolean;
}

/** A number takes one byte, and 0 is nobody. */
const MAX_WRITERS = 256;

/** Which mapping wrote a field, and which fields two mappings write differently. */
export class Writers {
  /** The number of the mapping in use; 0 when there is no room for another. */
  readonly own: number;
  readonly #store: Store;
  readonly #numbers: StringTable;
  #counts = new Map<string, { count: number; isMutual: boolean }>();

  constructor(store: Store, mappingHash: string) {
    this.#store = store;
    this.#numbers = new StringTable(store, 'mapping', MAX_WRITERS);
    this.#numbers.numberOf('');
    this.own = this.numberOf(mappingHash);
  }

  /** The number of a mapping; 0 when there is no room for another. */
  numberOf(mappingHash: string): number {
    return this.#numbers.numberOf(mappingHash) ?? 0;
  }

  /** The hash of a mapping by its number; the empty text for 0. */
  hashOf(number: number): string {
    return this.#numbers.textOf(number) ?? '';
  }

  /** This mapping replaced what `other` had written to the field, whose number is `id`. */
  note(field: string, id: number, other: number): void {
    if (other === 0 || this.own === 0 || other === this.own) return;
    const noted = this.#counts.get(field);
    const isMutual = this.#store.meta.has(`over:${other}:${this.own}:${id}`);
    if (noted) {
      noted.count += 1;
      noted.isMutual ||= isMutual;
      return;
    }
    this.#counts.set(field, { count: 1, isMutual });
    const key = `over:${this.own}:${other}:${id}`;
    if (!this.#store.meta.has(key)) this.#store.setMeta(key, true);
  }

  /** What was noted, by field. */
  notes(): OtherWriter[] {
    return [...this.#counts].map(([field, noted]) => ({ field, ...noted }));
  }
}
