import type { BadRow, Mapped, Outcome, Patch, Row } from '../../../core/types.ts';

/** An input as the pipeline sees it. */
export interface RowSource {
  rows(): AsyncIterable<readonly (Row | BadRow)[]>;
}

/** A patch whose contact is not known by its id. */
export type Unmatched = Mapped & { readonly kind: 'unmatched' };
/** What is left to do for a patch: something to send, or nothing. */
export type Prepared =
  | { readonly kind: 'send'; readonly patch: Patch; readonly conflicts?: readonly string[] }
  | { readonly kind: 'done'; readonly outcome: Outcome };
/** Whose contact a patch is for: found, to be made, or an outcome that says why neither. */
export type Resolution =
  | { readonly kind: 'patch'; readonly patch: Patch }
  | { readonly kind: 'create' }
  | { readonly kind: 'done'; readonly outcome: Outcome | 'pending' };
