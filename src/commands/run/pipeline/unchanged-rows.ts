import type { Row } from '../../../core/types.ts';
import type { WholeInput } from '../../../journal/journal-lines.ts';
import type { RowSource, Unchanged } from '../stages/stage-types.ts';

/** More rows than this are read again instead: here they take 18 MB. */
const MAX_ROWS = 1_000_000;
/** Rows of more kinds than a number of two bytes can tell are read again, too. */
const MAX_SETS = 2 ** 16;
const FIRST_ROWS = 4_096;
const BATCH_ROWS = 1_024;

/** The rows of an input that the run has to do, in their order. */
interface InputRows {
  count: number;
  contacts: Float64Array;
  rows: Uint32Array;
  lines: Uint32Array;
  sets: Uint16Array;
}

/**
 * Rows of a run as a first reading found them, as long as none has anything to send: then there is nothing to read a
 * second time for. Kept are their numbers, lines and contacts; rows that the run does not have to do are left out.
 */
export class UnchangedRows {
  #inputs: InputRows[] = [];
  /** The sets of fields that rows have; a row says the number of its own. */
  #sets: (readonly string[])[] = [];
  #numbers = new Map<readonly string[], number>();
  #rows = 0;
  #isWhole = true;
  #whole: readonly (WholeInput | null)[] = [];

  /** Whether every row so far was added. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** What the inputs were, rows of other shards included. */
  get inputs(): readonly (WholeInput | null)[] {
    return this.#whole;
  }

  /** The inputs were read to the end. */
  end(inputs: readonly (WholeInput | null)[]): void {
    this.#whole = inputs;
  }

  /** The next row that the run has to do of its input has nothing to send; equal sets of fields are one array. */
  add({ input, row, line }: Row, { contactId, fields }: Unchanged): void {
    if (!this.#isWhole) return;
    const set = this.#setOf(fields);
    if (this.#rows >= MAX_ROWS || set >= MAX_SETS) {
      this.giveUp();
      return;
    }
    this.#rows += 1;
    while (this.#inputs.length <= input) this.#inputs.push(roomFor(FIRST_ROWS));
    let own = this.#inputs[input];
    if (!own) return;
    if (own.count === own.rows.length) {
      own = larger(own);
      this.#inputs[input] = own;
    }
    own.contacts[own.count] = contactId;
    own.rows[own.count] = row;
    own.lines[own.count] = line;
    own.sets[own.count] = set;
    own.count += 1;
  }

  /** Some row has to be looked at again. */
  giveUp(): void {
    this.#isWhole = false;
    this.#inputs = [];
  }

  /** The contact of a row that {@link sources} gives, and the fields that it sets. */
  contactOf({ input, row }: Row): Unchanged | undefined {
    const own = this.#inputs[input];
    const at = own ? indexIn(own, row) : -1;
    const contactId = own?.contacts[at];
    return contactId === undefined ? undefined : { contactId, fields: this.#sets[own?.sets[at] ?? 0] ?? [] };
  }

  /** The rows in their order, without their cells. */
  sources(): readonly RowSource[] {
    return this.#inputs.map(({ count, rows, lines }, input) => ({
      async *rows() {
        for (let from = 0; from < count; from += BATCH_ROWS) {
          const batch = rows.subarray(from, Math.min(count, from + BATCH_ROWS));
          yield Array.from(batch, (row, i): Row => ({ input, row, line: lines[from + i] ?? 0, record: [] }));
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

// --- internal ---

function roomFor(rows: number): InputRows {
  return {
    count: 0,
    contacts: new Float64Array(rows),
    rows: new Uint32Array(rows),
    lines: new Uint32Array(rows),
    sets: new Uint16Array(rows),
  };
}

function larger(own: InputRows): InputRows {
  const room = roomFor(own.rows.length * 2);
  room.count = own.count;
  room.contacts.set(own.contacts);
  room.rows.set(own.rows);
  room.lines.set(own.lines);
  room.sets.set(own.sets);
  return room;
}

/** Where a row number stands among ascending ones; -1 where it is not among them. */
function indexIn({ rows, count }: InputRows, row: number): number {
  let [low, high] = [0, count - 1];
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = rows[middle] ?? 0;
    if (found === row) return middle;
    if (found < row) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
