import type { JsonValue } from '../../core/types.ts';

/** A row as a mapping function gets it: cells of CSV by their column, JSON as it is; longer numbers than JSON keeps are texts. */
export type InputRow = { readonly [column: string]: JsonValue };

/** Where a row stands. */
export interface RowPlace {
  /** Index of the input among the run's inputs, from 0. */
  readonly input: number;
  /** Number of the row in its input, from 1. */
  readonly row: number;
  /** Line on which it starts, from 1; of rows from a program the same as `row`. */
  readonly line: number;
}

/** What a mapping function makes of a row. */
export type MappedRow =
  | {
      /** The LiveDesk contact id: a whole number, or a text of its digits. */
      readonly contactId: number | string;
      /**
       * What to set, by target as a mapping document writes it: `email`, `custom_attributes.tier`. `null` clears the
       * field; `undefined` and an empty text leave it as it is. Nothing else in it: the row is skipped.
       */
      readonly fields: { readonly [target: string]: JsonValue | undefined };
    }
  /** Nothing is to be done for the row: it ends `skipped`. */
  | { readonly skip: true }
  /** The row ends `invalid`. The reason stands in the journal: it must not hold personal data. */
  | { readonly invalid: string };

/** A mapping as a function. It may be called more than once for a row, and must then give the same. */
export type MapRow = (row: InputRow, place: RowPlace) => MappedRow;
