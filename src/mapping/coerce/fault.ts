import type { JsonValue } from '../../core/types.ts';

/** Why a cell has no value. Made once and used for every row: `reason` goes on after the name of the column. */
export class CellFault {
  /** Stable, `ERR_…`. */
  readonly code: string;
  /** What is wrong and what to write instead; never the cell itself. */
  readonly reason: string;
  constructor(code: string, reason: string) {
    this.code = code;
    this.reason = reason;
  }
}

/** The value of a cell, or why there is none. */
export type Coerced = JsonValue | CellFault;

/** Makes a cell into a value. */
export interface Coerce {
  /** A text that is not empty. */
  text(text: string): Coerced;
  /** Anything else a JSON row holds, but null: a number, boolean, list, object or `InexactNumber`. */
  json(value: unknown): Coerced;
}
