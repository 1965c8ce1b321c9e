import type { Row } from '../../../core/types.ts';
import type { RowSource } from '../stages/stage-types.ts';

/** More rows than this are read again instead: here they take 12 MB. */
const MAX_ROWS = 1_000_000;
const FIRST_ROWS = 4_096;
const BATCH_ROWS = 1_024;

/**
 * Rows of a run as a first reading found them, as long as none has anything to send: then there is nothing to read a
 * second time for. Kept are their contacts and lines.
 */
export class UnchangedRows {
  #inputs: { rows: number; contacts: Float64Array; lines: Uint32Array }[] = [];
  #rows = 0;
  #isWhole = true;

  /** Whether every row so far was added. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** The next row of its input has nothing to send to its contact. */
  add({ input, line }: Row, contactId: number): void {
    if (!this.#isWhole) return;
    if (this.#rows >= MAX_ROWS) {
      this.giveUp();
      return;
    }
    this.#rows += 1;
    while (this.#inputs.length <= input) {
      this.#inputs.push({
        rows: 0,
        contacts: new Float64Array(FIRST_ROWS),
        lines: new Uint32Array(FIRST_ROWS),
      });
    }
    const own = this.#inputs[input];
    if (!own) return;
    if (own.rows === own.lines.length) {
      const [{ contacts, lines }, rows] = [own, own.rows * 2];
      own.contacts = new Float64Array(rows);
      own.contacts.set(contacts);
      own.lines = new Uint32Array(rows);
      own.lines.set(lines);
    }
    own.contacts[own.rows] = contactId;
    own.lines[own.rows] = line;
    own.rows += 1;
  }

  /** Some row has to be looked at again. */
  giveUp(): void {
    this.#isWhole = false;
    this.#inputs = [];
  }

  /** The contact of a row that {@link sources} gives. */
  contactOf({ input, row }: Row): number | undefined {
    return this.#inputs[input]?.contacts[row - 1];
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
}
