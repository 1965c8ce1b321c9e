import type { JsonValue, KeyField } from '../core/types.ts';
import type { OptionAt, OptionValues, ReadingOption } from './options.ts';
import type {
  ATTRIBUTE_MODES,
  EXPECT_POLICIES,
  INVALID_FIELD_POLICIES,
  MissingPolicy,
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

/** How a cell becomes a value. Options that belong to another type are absent. */
export type CellReading = OptionValues<ReadingOption>;

/** One field of the mapping, its defaults filled in. */
export interface Field extends OptionValues<OptionAt<'field'>> {
  /** The target as written, e.g. `custom_attributes.vip_level`. */
  readonly path: string;
  readonly target: Target;
  readonly source: FieldSource;
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

/** How far an input may be from that of the last good run of the job. */
export interface Guard {
  /** No column may come or go. */
  readonly columns?: 'same';
  /** By how many percent the rows may become fewer. */
  readonly rows?: number;
  /** By how many percent of the rows a column may lose its values. */
  readonly fill?: number;
}

/** What rows that are change lines are for, and the mapping by which their values were made. */
export interface ChangesMapping {
  readonly kind: 'apply' | 'undo';
  readonly mappingHash: string;
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
  readonly guard?: Guard;
  /** Of change lines, which say themselves what to set: there are no fields. */
  readonly changes?: ChangesMapping;
  /** Names the function of a program that maps rows in place of `fields`: 16 hex digits of its source text. */
  readonly ownFunction?: string;
  /** Where things stand, `file:line:column` by document path, e.g. `fields.email`. Empty if it was not read from a file. */
  readonly places: ReadonlyMap<string, string>;
}
