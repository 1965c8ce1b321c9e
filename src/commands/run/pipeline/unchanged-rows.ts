import type { Row } from '../../../core/types.ts';
import type { RowSource, Unchanged } from '../stages/stage-types.ts';

/** More rows than this are read again instead: here they take 14 MB. */
const MAX_ROWS = 1_000_000;
/** Rows of more kinds than a number of two bytes can tell are read again, too. */
const MAX_SETS = 2 ** 16;
const FIRST_ROWS = 4_096;
const BATCH_ROWS = 1_024;

/**
 * Rows of a run as a first reading found them, as long as none has anything to send: then there is nothing to read a
 * second time for. Kept are their contacts and lines.
 */
export class UnchangedRows {
  #inputs: { rows: number; contacts: Float64Array; lines: Uint32Array; sets: Uint16Array }[] = [];
  /** The sets of fields that rows have; a row says the number of its own. */
  #sets: (readonly string[])[] = [];
  #numbers = new Map<readonly string[], number>();
  #rows = 0;
  #isWhole = true;

  /** Whether every row so far was added. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** The next row of its input has nothing to send to its contact; equal sets of fields are one array. */
  add({ input, line }: Row, { contactId, fields }: Unchanged): void {
    if (!this.#isWhole) return;
    const set = this.#setOf(fields);
    if (this.#rows >= MAX_ROWS || set >= MAX_SETS) {
      this.giveUp();
      return;
    }
    this.#rows += 1;
    while (this.#inputs.length <= input) {
      this.#inputs.push({
        rows: 0,
        contacts: new Float64Array(FIRST_ROWS),
        lines: new Uint32Array(FIRST_ROWS),
        sets: new Uint16Array(FIRST_ROWS),
      });
    }
    const own = this.#inputs[input];
    if (!own) return;
    if (own.rows === own.lines.length) {
      const [{ contacts, lines, sets }, rows] = [own, own.rows * 2];
      own.contacts = new Float64Array(rows);
      own.contacts.set(contacts);
      own.lines = new Uint32Array(rows);
      own.lines.set(lines);
      own.sets = new Uint16Array(rows);
      own.sets.set(sets);
    }
    own.contacts[own.rows] = contactId;
    own.lines[own.rows] = line;
    own.sets[own.rows] = set;
    own.rows += 1;
  }

  /** Some row has to be looked at again. */
  giveUp(): void {
    this.#isWhole = false;
    this.#inputs = [];
  }

  /** The contact of a row that {@link sources} gives, and the fields that it sets. */
  contactOf({ input, row }: Row): Unchanged | undefined {
    const own = this.#inputs[input];
    const contactId = own?.contacts[row - 1];
    return contactId === undefined
      ? undefined
      : { contactId, fields: this.#sets[own?.sets[row - 1] ?? 0] ?? [] };
  }

  /** The rows in their order, without their cells. */
  sources(): readonly RowSource[] {
    return this.#inputs.map(({ rows, lines }, input) => ({
      async *rows() {
        for (let from = 0; from < rows; from += BATCH_ROWS) {
          const batch = lines.subarray(from, Math.min(rows, from + BATCH_ROWS));
          yield Array.from(batch, (line, i): Row => ({ input, row: from + i + 1, line, record: [] }));
        }
      },
    }));
  }

  // --- internal ---

  #setOf(fields: readonly string[]): number {
    const known = this.#numbers.get(fields);
    if (known !== undefined) return known;
    this.#numbers.set(fields, this.#sets.length);
    return this.#sets.push(fields) - 1;
  }
}
