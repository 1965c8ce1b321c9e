import type { JsonObject, KeyField } from '../../core/types.ts';

/** A field, or a key of `match`, that a draft proposes. */
export interface DraftField {
  /** The target as the mapping writes it. */
  readonly path: string;
  /** A column or a template, and options. */
  readonly field: JsonObject & ({ column: string } | { template: string });
  /** The reason, in one line that holds no cell of the input. */
  readonly why: string;
  /** Whether it is a comment until the user takes it in. */
  readonly isOffered: boolean;
  /** An option to fill in, written as a comment below the field. */
  readonly blank?: { readonly option: string; readonly value: string; readonly why: string };
}

/** A mapping proposed for an input, with a reason for everything. */
export interface Draft {
  /** The product the input was exported from, if its columns tell. */
  readonly product?: string;
  readonly contact:
    | { readonly kind: 'id'; readonly column: string; readonly why: string }
    | { readonly kind: 'match'; readonly keys: readonly (DraftField & { readonly path: KeyField })[] };
  /** Fields that were recognised. */
  readonly fields: readonly DraftField[];
  /** Every other column. */
  readonly rest: readonly DraftField[];
}
