import type { JsonValue, KeyField } from '../core/types.ts';
import type {
  ATTRIBUTE_MODES,
  ConflictPolicy,
  DECIMAL_MARKS,
  EmptyPolicy,
  EXPECT_POLICIES,
  FieldType,
  INVALID_FIELD_POLICIES,
  MissingPolicy,
  OTHERWISE_POLICIES,
  PartialPolicy,
} from '../mapping/policies.ts';

/** A mapping as an object: the language of mapping files, word by word (`livedesk-sync help mapping`). */
export interface MappingDocument {
  readonly version: 1;
  /** The column with the LiveDesk contact id. Where there is none, use `match`. */
  readonly contact_id?: string;
  /** Keys to find contacts by, tried in this order. */
  readonly match?: { readonly [K in KeyField]?: string | MatchKeyDocument };
  /** With `match`: what becomes of a row whose contact is not found. */
  readonly on_missing?: MissingPolicy;
  /** With `on_missing: 'create'`: the Channel ID of the inbox that new contacts belong to. */
  readonly inbox_id?: number;
  /** Columns and the values that a row must have in them; other rows are skipped. */
  readonly only?: { readonly [column: string]: string | readonly string[] };
  /** Fields to set by target; a text is a column, or a template where it has braces. */
  readonly fields: { readonly [target: string]: string | FieldDocument };
  /** Fields whose value the answered contact must show. */
  readonly expect?: {
    readonly [target: string]:
      | string
      | { readonly column: string; readonly empty?: (typeof EXPECT_POLICIES)[number] };
  };
  /** What the account does with `additional_attributes` that a request leaves out. */
  readonly additional_attributes?: (typeof ATTRIBUTE_MODES)[number];
  /** Policies of all fields that do not say otherwise. */
  readonly defaults?: PoliciesDocument;
  /** A cell with exactly this text clears its field. */
  readonly clear_marker?: string;
  readonly on_invalid_field?: (typeof INVALID_FIELD_POLICIES)[number];
  readonly guard?: {
    readonly columns?: 'same';
    readonly rows?: `-${number}%`;
    readonly fill?: `-${number}%`;
  };
}

/** A key of `match`, written out. */
export interface MatchKeyDocument {
  readonly column?: string;
  readonly template?: string;
  readonly type?: FieldType;
  /** Country of phone numbers without `+`: the two letters of ISO 3166. */
  readonly country?: string;
  /** Whether a number without `+` is refused where it could be one of another country as well. Default false. */
  readonly strict?: boolean;
  readonly trim?: boolean;
  /** Cells that count as empty. */
  readonly empty_values?: string | readonly string[];
}

/** What happens to special cells. */
export interface PoliciesDocument {
  /** Whether white space around the cell is removed. Default true. */
  readonly trim?: boolean;
  readonly empty?: EmptyPolicy;
  /** What a JSON null does. Default: the same as `empty`. */
  readonly null?: EmptyPolicy;
  /** Cells that count as empty, like `#N/A`. */
  readonly empty_values?: string | readonly string[];
  readonly partial?: PartialPolicy;
  readonly on_conflict?: ConflictPolicy;
}

/** A field, written out: one of `column`, `template`, `columns`, `value`, and how its cells become values. */
export interface FieldDocument extends PoliciesDocument {
  readonly column?: string;
  /** Text with columns in braces. */
  readonly template?: string;
  /** A pattern of column names with one `*`, or several. */
  readonly columns?: string | readonly string[];
  /** A fixed value. */
  readonly value?: JsonValue;
  readonly type?: FieldType;
  readonly true?: string | readonly string[];
  readonly false?: string | readonly string[];
  readonly decimal?: (typeof DECIMAL_MARKS)[number];
  /** Date format of yyyy MM dd HH mm ss XXX. Default: ISO 8601. */
  readonly format?: string;
  /** IANA zone of times without an offset. Default UTC. */
  readonly zone?: string;
  /** Country of phone numbers without `+`: the two letters of ISO 3166. */
  readonly country?: string;
  /** Whether a number without `+` is refused where it could be one of another country as well. Default false. */
  readonly strict?: boolean;
  /** What stands between two items of a list. Default a comma. */
  readonly separator?: string;
  /** What is sent for each cell. */
  readonly values?: { readonly [cell: string]: JsonValue };
  readonly otherwise?: (typeof OTHERWISE_POLICIES)[number] | { readonly value: JsonValue };
}
