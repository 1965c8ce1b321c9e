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
} from './policies.ts';
import type { Target } from './targets.ts';

/** Part of a template: text as it stands, or the column whose cell goes there. */
export type TemplatePart = string | { readonly column: string };

/** Where the value of a field comes from. */
export type FieldSource =
  | { readonly kind: 'column'; readonly column: string }
  | {
      readonly kind: 'template';
      readonly text: string;
      readonly parts: readonly TemplatePart[];
      readonly partial: PartialPolicy;
    }
  | { readonly kind: 'columns'; readonly globs: readonly string[] }
  | { readonly kind: 'value'; readonly value: JsonValue };

/** What happens to a cell that `values` does not list. */
export type Otherwise = (typeof OTHERWISE_POLICIES)[number] | { readonly value: JsonValue };

/** How a cell becomes a value. Options that belong to another type are absent. */
export interface CellReading {
  /** Absent for an attribute: a CSV cell is text, a JSON value stays what it is. */
  readonly type?: FieldType;
  /** Texts that mean true and false, in lower case; `boolean` only. */
  readonly booleans?: { readonly true: readonly string[]; readonly false: readonly string[] };
  /** Decimal mark; `number` only. */
  readonly decimal?: (typeof DECIMAL_MARKS)[number];
  /** Date format; `date` and `timestamp` only. Absent: ISO 8601. */
  readonly format?: string;
  /** IANA zone of times without an offset; `date` and `timestamp` only. */
  readonly zone?: string;
  /** ISO 3166 country of numbers without `+`; `phone` only. */
  readonly country?: string;
  /** Whether a number without `+` is refused where it could be one of another country as well; `phone` only. */
  readonly strict?: boolean;
  /** What parts the items; `list` only. */
  readonly separator?: string;
}

/** One field of the mapping, its defaults filled in. */
export interface Field extends CellReading {
  /** The target as written, e.g. `custom_attributes.vip_level`. */
  readonly path: string;
  readonly target: Target;
  readonly source: FieldSource;
  readonly trim: boolean;
  readonly empty: EmptyPolicy;
  /** What a JSON null does. */
  readonly null: EmptyPolicy;
  /** Texts that stand for no value: a cell with one of them is an empty cell. */
  readonly emptyValues: readonly string[];
  /** Cell text to value; a null clears the field. */
  readonly values?: ReadonlyMap<string, JsonValue>;
  readonly otherwise: Otherwise;
  readonly onConflict: ConflictPolicy;
}

/** A key to find contacts by, read as the field of its name is; an empty or incomplete one is no key. */
export interface Key extends Field {
  readonly path: KeyField;
  readonly source: Extract<FieldSource, { readonly kind: 'column' | 'template' }>;
}

/** How a row says whose it is. */
export type ContactSource =
  /** By the LiveDesk contact id in a column. */
  | { readonly kind: 'id'; readonly column: string }
  /** By keys of its own, tried in this order. */
  | {
      readonly kind: 'match';
      readonly keys: readonly Key[];
      readonly onMissing: MissingPolicy;
      /** The inbox of contacts that are made; there with `create` alone. */
      readonly inboxId?: number;
    };

/** A row passes when the trimmed text of the column is one of the values. */
export interface Only {
  readonly column: string;
  readonly values: readonly string[];
}

/** The answered contact must show what the column holds. */
export interface Expectation {
  readonly path: string;
  readonly target: Target;
  readonly column: string;
  /** `error`: a row without the value is invalid. `keep`: it is sent unchecked. */
  readonly empty: (typeof EXPECT_POLICIES)[number];
  /** Texts that stand for no value. */
  readonly emptyValues: readonly string[];
}

/** A checked mapping document. */
export interface Mapping {
  readonly version: 1;
  readonly contact: ContactSource;
  readonly only: readonly Only[];
  readonly fields: readonly Field[];
  readonly expect: readonly Expectation[];
  /** What the user declares the account to do with `additional_attributes`; absent: not known. */
  readonly additionalAttributes?: (typeof ATTRIBUTE_MODES)[number];
  readonly clearMarker?: string;
  readonly onInvalidField: (typeof INVALID_FIELD_POLICIES)[number];
  /** Names the function of a program that maps rows in place of `fields`: 16 hex digits of its source text. */
  readonly ownFunction?: string;
  /** Where things stand, `file:line:column` by document path, e.g. `fields.email`. Empty if it was not read from a file. */
  readonly places: ReadonlyMap<string, string>;
}
