import type { SendingLine } from './journal-lines.ts';

/** The contact that a row was about to write to. */
export interface BegunRow {
  readonly contactId: number;
  /** Whether the contact had been made for the row. */
  readonly isMade: boolean;
}

/**
 * Rows that were about to write when their process ended, and have no outcome. Their contact is the one that was found then: the
 * write may have arrived, and may have given the contact other keys than the row names it by.
 */
export class BegunRows {
  readonly #rows = new Map<string, BegunRow>();

  /** A row is about to write, or does not write after all. */
  note({ input = 0, row, contact_id: contactId, set, made }: SendingLine): void {
    if (set === undefined) this.settle(input, row);
    else this.#rows.set(keyOf(input, row), { contactId, isMade: made === true });
  }

  /** A row has its outcome. */
  settle(input: number, row: number): void {
    this.#rows.delete(keyOf(input, row));
  }

  /** What a row was about to write to; undefined where it had not begun. */
  of({ input, row }: { readonly input: number; readonly row: number }): BegunRow | undefined {
    return this.#rows.get(keyOf(input, row));
  }
}

// --- internal ---

function keyOf(input: number, row: number): string {
  return `${input}/${row}`;
}
