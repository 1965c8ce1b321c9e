import type { Reason } from './clash-text.ts';
import { GIVEN_BYTES, type GivenValue, readGiven } from './given-values.ts';

/** A row takes a value that another contact holds now. */
export interface Move {
  readonly taken: GivenValue;
  /** Id of the contact that holds it. */
  readonly holder: number;
}

/** Finds the moves whose holder gets another value from the same rows: a swap, or one contact taking over from another. */
export class Moves {
  readonly #moves: readonly Move[];
  /** What the rows give to each holder in the end. */
  #given = new Map<string, GivenValue | undefined>();
  #pairs = new Set<string>();

  constructor(moves: readonly Move[]) {
    this.#moves = moves;
    for (const { taken, holder } of moves) {
      this.#given.set(`${holder} ${taken.field}`, undefined);
      this.#pairs.add(`${taken.contact} ${holder} ${taken.field}`);
    }
  }

  /** Looks for what these given values give to holders. */
  look(bytes: Buffer): void {
    if (this.#moves.length === 0) return;
    for (let at = 0; at < bytes.length; at += GIVEN_BYTES) {
      const given = readGiven(bytes, at);
      const key = `${given.contact} ${given.field}`;
      const before = this.#given.get(key);
      if (this.#given.has(key) && (!before || isLater(given, before))) this.#given.set(key, given);
    }
  }

  /** The rows that take a value over, once all given values were looked at. */
  *found(): Iterable<{ readonly taken: GivenValue; readonly reason: Reason }> {
    for (const { taken, holder } of this.#moves) {
      const other = this.#given.get(`${holder} ${taken.field}`);
      // of a holder without a row the API's refusal tells
      if (!other) continue;
      const isSwap = this.#pairs.has(`${holder} ${taken.contact} ${taken.field}`);
      yield { taken, reason: { kind: isSwap ? 'swap' : 'move', field: taken.field, other, holder } };
    }
  }
}

// --- internal ---

function isLater(a: GivenValue, b: GivenValue): boolean {
  return a.input > b.input || (a.input === b.input && a.row > b.row);
}
