import type { RowLine } from './journal-lines.ts';

/** Rows of one block of memory. */
const BLOCK = 1 << 14;
/** The contact of a line that may do without one, and of one that may not. */
const NO_CONTACT_NEEDED = 1;
const CONTACT_MISSING = 0;

/**
 * What is remembered of the journal line of each row, to see later whether the line fits the row of the input: 16 bits
 * of the line number and 16 of the contact, so ten million rows take 40 MB.
 */
export class RowChecks {
  #inputs: (Uint32Array | undefined)[][] = [];

  /** Remembers the line of a row. */
  add({ input = 0, row, line, contact_id: contact, status }: RowLine): void {
    const needsNone = status === 'skipped' || status === 'invalid';
    const named =
      contact === undefined ? (needsNone ? NO_CONTACT_NEEDED : CONTACT_MISSING) : contactBits(contact);
    this.#blockFor(input, row)[row % BLOCK] = ((bits(line) << 16) | named) >>> 0;
  }

  /** Whether the line of a row begins where the row does. */
  fitsLine(input: number, row: number, line: number): boolean {
    return this.#of(input, row) >>> 16 === bits(line);
  }

  /** Whether the line of a row names `contact`, the id that the row has, undefined where it has none. */
  fitsContact(input: number, row: number, contact: number | undefined): boolean {
    const named = this.#of(input, row) & 0xffff;
    if (named === NO_CONTACT_NEEDED) return true;
    return named === (contact === undefined ? CONTACT_MISSING : contactBits(contact));
  }

  #blockFor(input: number, row: number): Uint32Array {
    this.#inputs[input] ??= [];
    const blocks = this.#inputs[input];
    const at = Math.floor(row / BLOCK);
    blocks[at] ??= new Uint32Array(BLOCK);
    return blocks[at];
  }

  #of(input: number, row: number): number {
    return this.#inputs[input]?.[Math.floor(row / BLOCK)]?.[row % BLOCK] ?? 0;
  }
}

// --- internal ---

function contactBits(contact: number): number {
  return Math.max(2, bits(contact));
}

/** 16 bits of a safe integer, each of which depends on all of its bits. */
function bits(number: number): number {
  let mixed = Math.imul((number ^ Math.floor(number / 2 ** 32)) >>> 0, 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
  return (mixed ^ (mixed >>> 13)) >>> 16;
}
