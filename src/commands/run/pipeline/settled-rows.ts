import type { BadRow, Outcome, Row } from '../../../core/types.ts';
import type { WholeInput } from '../../../journal/journal-lines.ts';
import type { RowSource, SettledRow, Unchanged } from '../stages/stage-types.ts';
import { charactersOf } from './row-window.ts';

/** More settled rows than this are read again instead: here they take 18 MB. */
const MAX_SETTLED = 1_000_000;
/** SettledOutcome rows of more kinds than a number of two bytes can tell are read again, too. */
const MAX_KINDS = 2 ** 16;
/** Rows that are kept with their cells, and how many characters these may have together. */
const MAX_KEPT = 10_000;
const MAX_CHARACTERS = 4 * 1024 * 1024;
const FIRST_ROWS = 4_096;
const BATCH_ROWS = 1_024;

/** What settled rows have in common. */
interface Kind {
  readonly status: 'unchanged' | 'planned';
  /** The paths that are to be sent or, of unchanged rows, that their patches would set. */
  readonly fields: readonly string[];
}

/** The rows of an input that the run has to do, in their order. */
interface InputRows {
  count: number;
  /** Contact ids; {@link KEPT} for a row that is not settled. */
  contacts: Float64Array;
  /** Row numbers; of a row that is not settled its place in `kept`. */
  rows: Uint32Array;
  lines: Uint32Array;
  kinds: Uint16Array;
  readonly kept: (Row | BadRow)[];
}

/**
 * The rows of a run as a first reading found them, so that nothing need be read a second time. Of a row whose outcome is
 * settled its number, line and contact are kept, of any other one its cells, as long as these are few; rows that the run
 * does not have to do are left out.
 */
export class SettledRows {
  #inputs: InputRows[] = [];
  #kinds: Kind[] = [];
  /** The numbers of kinds by their fields. */
  #numbers = {
    unchanged: new Map<readonly string[], number>(),
    planned: new Map<readonly string[], number>(),
  };
  #settled = 0;
  #kept = 0;
  #characters = 0;
  /** Contacts of rows that are kept, of which each is to be written. */
  #written = new Set<number>();
  #isWhole = true;
  #whole: readonly (WholeInput | null)[] = [];

  /** Whether every row so far was added. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** How many rows there are. */
  get count(): number {
    return this.#settled + this.#kept;
  }

  /** What the inputs were, rows of other shards included. */
  get inputs(): readonly (WholeInput | null)[] {
    return this.#whole;
  }

  /**
   * The inputs were read to the end. A row that names the same contact as one that is kept is not settled: what is sent for the
   * one may change what the other has to send.
   */
  end(inputs: readonly (WholeInput | null)[]): void {
    this.#whole = inputs;
    const hasWritten = ({ contacts, count }: InputRows): boolean =>
      contacts.subarray(0, count).some((id) => id !== KEPT && this.#written.has(id));
    if (this.#written.size > 0 && this.#inputs.some(hasWritten)) this.giveUp();
  }

  /** The outcome of the next row that the run has to do of its input is settled; equal sets of fields are one array. */
  add({ input, row, line }: Row, { contactId, fields }: Unchanged, status: Kind['status']): void {
    if (!this.#isWhole) return;
    const kind = this.#numberOf(status, fields);
    this.#settled += 1;
    if (this.#settled > MAX_SETTLED || kind >= MAX_KINDS) {
      this.giveUp();
      return;
    }
    this.#push(input, contactId, row, line, kind);
  }

  /** The next row that the run has to do of its input is to go its whole way, and may write this contact. */
  keep(row: Row | BadRow, written?: number): void {
    if (!this.#isWhole) return;
    if (written !== undefined) this.#written.add(written);
    this.#kept += 1;
    this.#characters += charactersOf(row);
    if (this.#kept > MAX_KEPT || this.#characters > MAX_CHARACTERS) {
      this.giveUp();
      return;
    }
    const { kept } = this.#inputOf(row.input);
    this.#push(row.input, KEPT, kept.push(row) - 1, row.line, 0);
  }

  /** Some row has to be read again. */
  giveUp(): void {
    this.#isWhole = false;
    this.#inputs = [];
    this.#written.clear();
  }

  /** The rows in their order; those that are settled come without their cells. */
  sources(): readonly RowSource[] {
    return this.#inputs.map((own, input) => {
      const rowAt = (at: number): Row | BadRow | SettledRow => {
        const [contactId = KEPT, row = 0, line = 0] = [own.contacts[at], own.rows[at], own.lines[at]];
        const kind = this.#kinds[own.kinds[at] ?? 0];
        const kept = contactId === KEPT ? own.kept[row] : undefined;
        if (kept) return kept;
        if (!kind) throw new Error('a settled row has no kind');
        return { input, row, line, record: [], outcome: outcomeOf(contactId, kind) };
      };
      return {
        async *rows() {
          for (let from = 0; from < own.count; from += BATCH_ROWS) {
            const length = Math.min(BATCH_ROWS, own.count - from);
            yield Array.from({ length }, (_, i) => rowAt(from + i));
          }
        },
      };
    });
  }

  // --- internal ---

  #push(input: number, contactId: number, row: number, line: number, kind: number): void {
    let own = this.#inputOf(input);
    if (own.count === own.rows.length) {
      own = larger(own);
      this.#inputs[input] = own;
    }
    own.contacts[own.count] = contactId;
    own.rows[own.count] = row;
    own.lines[own.count] = line;
    own.kinds[own.count] = kind;
    own.count += 1;
  }

  #inputOf(input: number): InputRows {
    while (this.#inputs.length <= input) this.#inputs.push(roomFor(FIRST_ROWS, []));
    return this.#inputs[input] as InputRows;
  }

  #numberOf(status: Kind['status'], fields: readonly string[]): number {
    const numbers = this.#numbers[status];
    const known = numbers.get(fields);
    if (known !== undefined) return known;
    numbers.set(fields, this.#kinds.length);
    return this.#kinds.push({ status, fields }) - 1;
  }
}

// --- internal ---

/** Stands where a row that is not settled has no contact id. */
const KEPT = 0;

function outcomeOf(contactId: number, { status, fields }: Kind): Outcome {
  return status === 'planned' ? { status, contactId, fields } : { status, contactId, confirms: fields };
}

function roomFor(rows: number, kept: InputRows['kept']): InputRows {
  return {
    count: 0,
    contacts: new Float64Array(rows),
    rows: new Uint32Array(rows),
    lines: new Uint32Array(rows),
    kinds: new Uint16Array(rows),
    kept,
  };
}

function larger(own: InputRows): InputRows {
  const room = roomFor(own.rows.length * 2, own.kept);
  room.count = own.count;
  room.contacts.set(own.contacts);
  room.rows.set(own.rows);
  room.lines.set(own.lines);
  room.kinds.set(own.kinds);
  return room;
}
