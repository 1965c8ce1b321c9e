import type { JsonObject } from '../../core/types.ts';
import { hasValue, SORT_FIELDS, type SortField } from './list-order.ts';

/** Names are shared by many contacts: a sort by them leaves ties, and comes last. */
const BY_SHARE: readonly SortField[] = SORT_FIELDS.filter((field) => field !== 'name');

/**
 * Which fields the contacts have that were seen, to choose the sort that meets most of those which the sorts before
 * leave without an order.
 */
export class Gaps {
  /** How many contacts were seen that have just these fields, by a bit for each field. */
  readonly #seen = new Map<number, number>();
  readonly #done = new Set<SortField>();

  see(contacts: readonly JsonObject[]): void {
    for (const contact of contacts) {
      let fields = 0;
      for (const field of SORT_FIELDS) if (hasValue(contact, field)) fields |= bitOf(field);
      this.#seen.set(fields, (this.#seen.get(fields) ?? 0) + 1);
    }
  }

  done(field: SortField): void {
    this.#done.add(field);
  }

  /**
   * The field to sort by next; undefined where none is left. Those that no contact in question has come last: they put such
   * contacts in yet another order, by which some of them show that did not before.
   */
  next(): SortField | undefined {
    const left = SORT_FIELDS.filter((field) => !this.#done.has(field));
    if (this.#seen.size === 0) return left[0];
    const [best] = left
      .filter((field) => BY_SHARE.includes(field) && this.#countOf(field) > 0)
      .sort((a, b) => this.#countOf(b) - this.#countOf(a));
    return best ?? left.find((field) => field === 'name') ?? left[0];
  }

  /** Contacts that have the field, and none of those that were sorted by. */
  #countOf(field: SortField): number {
    let sum = 0;
    for (const [fields, count] of this.#seen) {
      const isOpen = [...this.#done].every((one) => (fields & bitOf(one)) === 0);
      if (isOpen && (fields & bitOf(field)) !== 0) sum += count;
    }
    return sum;
  }
}

// --- internal ---

function bitOf(field: SortField): number {
  return 1 << SORT_FIELDS.indexOf(field);
}
