import type { FieldsLine } from './journal-lines.ts';

/** Sets that are known at a time; rows of more kinds than that name theirs anew. */
const MAX_SETS = 4_096;

/** What is known of a list of fields. */
interface FieldSet {
  /** The list as JSON. */
  readonly text: string;
  /** Its number in the journal, once it has one. */
  number: number | undefined;
}

/** Gives lists of fields numbers, so that a journal spells each once; and keeps their text. */
export class FieldSets {
  #sets = new Map<string, FieldSet>();
  /** The sets of the arrays that were the first to hold them: the mapping gives the same arrays again and again. */
  #known = new WeakMap<readonly string[], FieldSet>();
  #next = 0;

  /** The list as JSON. */
  textOf(fields: readonly string[]): string {
    return this.#of(fields).text;
  }

  /** The number of a list, and the line to be written before it is used for the first time. */
  numberOf(fields: readonly string[]): { readonly set: number; readonly added?: FieldsLine } {
    const known = this.#of(fields);
    if (known.number !== undefined) return { set: known.number };
    const set = this.#next;
    this.#next += 1;
    known.number = set;
    return { set, added: { type: 'fields', set, fields } };
  }

  #of(fields: readonly string[]): FieldSet {
    const same = this.#known.get(fields);
    if (same) return same;
    const key = fields.join('\0');
    let set = this.#sets.get(key);
    if (!set) {
      if (this.#sets.size >= MAX_SETS) this.#sets.clear();
      set = { text: JSON.stringify(fields), number: undefined };
      this.#sets.set(key, set);
      this.#known.set(fields, set);
    }
    return set;
  }
}
