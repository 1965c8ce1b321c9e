import type { FieldsLine } from './journal-lines.ts';

/** Sets that are known at a time; rows of more kinds than that name theirs anew. */
const MAX_SETS = 4_096;

/** Gives sets of fields numbers, so that a journal spells each set once. */
export class FieldSets {
  #numbers = new Map<string, number>();
  /** The numbers of arrays that come again and again. */
  #known = new WeakMap<readonly string[], number>();
  #next = 0;

  /** The number of a set, and the line to be written before it is used for the first time. */
  numberOf(fields: readonly string[]): { readonly set: number; readonly added?: FieldsLine } {
    const same = this.#known.get(fields);
    if (same !== undefined) return { set: same };
    const key = fields.join('\0');
    const known = this.#numbers.get(key);
    const set = known ?? this.#next;
    if (known === undefined) {
      if (this.#numbers.size >= MAX_SETS) this.#numbers.clear();
      this.#numbers.set(key, set);
      this.#next += 1;
    }
    this.#known.set(fields, set);
    return known === undefined ? { set, added: { type: 'fields', set, fields } } : { set };
  }
}
