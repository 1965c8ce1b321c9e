import type { FieldType } from './policies.ts';

/**
 * The words of a mapping: every key with the sentence that explains it. The loader knows keys from here alone, the
 * JSON Schema and `help mapping` are made of it, so that none of the three can know a key that another lacks.
 */

/** Keys of the document. */
export const DOCUMENT_WORDS = {
  version: 'Version of the mapping language: 1.',
  contact_id: 'The column with the LiveDesk contact id. Where there is none, use "match".',
  match:
    'Keys to find contacts by, tried in this order; the first that finds one decides. Instead of "contact_id".',
  on_missing: 'With "match": what becomes of a row whose contact is not found.',
  inbox_id: 'With on_missing: create: the Channel ID of the inbox that new contacts belong to.',
  only: 'Columns and the values that a row must have in them; other rows are skipped.',
  fields: 'Fields to set, and the column or template that each is taken from.',
  expect:
    'Fields whose value the contact must have before it is written, else the row ends with ERR_WRONG_CONTACT.',
  additional_attributes:
    'What the account does with additional_attributes that a request leaves out. Left out: the safe way, which costs a second request.',
  defaults: 'Policies of all fields that do not say otherwise.',
  clear_marker: 'A cell with exactly this text clears its field.',
  on_invalid_field: 'What a value that cannot be sent does: refuse its row, or be left out of it.',
} as const;

/** Where a field is taken from; a field has one of them. */
export const SOURCE_WORDS = {
  column: 'The name of a column; in JSONL a dotted path.',
  template: 'Text with columns in braces, like "{first_name} {last_name}".',
  columns: 'A pattern of column names with one "*", like "cf_*": what it stands for becomes the key.',
  value: 'A fixed value.',
} as const;

/** How a cell becomes a value. */
export const READING_WORDS = {
  type: 'Type of the value.',
  true: 'Cells that mean true; "false" belongs beside it.',
  false: 'Cells that mean false; "true" belongs beside it.',
  decimal: 'Decimal mark. Default "."',
  format: 'Date format of yyyy MM dd HH mm ss XXX, like dd/MM/yyyy. Default: ISO 8601.',
  zone: 'IANA time zone of times without an offset, like Europe/Berlin. Default UTC.',
  country: 'Country of numbers without "+": the two letters of ISO 3166, like US.',
  strict:
    'Whether a number without "+" is refused where it could be one of another country as well. Default false.',
  separator: 'What stands between two items. Default ","',
} as const;

/** What happens to special cells of a field. */
export const POLICY_WORDS = {
  trim: 'Whether white space around the cell is removed. Default true.',
  empty: 'What an empty cell does: keep the value, clear the field, or make the row invalid. Default keep.',
  null: 'What a JSON null does. Default: the same as "empty".',
  empty_values: "Cells that count as empty, like ['#N/A', 'NULL'].",
  partial: 'What a template does when only some of its columns are empty. Default keep.',
  values: 'What is sent for each cell, like { G: gold, P: platinum }.',
  otherwise:
    'What a cell does that "values" does not list: error, keep, send, or { value: … }. Default error.',
  on_conflict: 'With a state: who wins when the row and the account both changed the field. Default ours.',
} as const;

/** Keys of a key of `match` that is written out. */
export const MATCH_WORDS = {
  column: SOURCE_WORDS.column,
  template: SOURCE_WORDS.template,
  type: READING_WORDS.type,
  country: READING_WORDS.country,
  strict: READING_WORDS.strict,
  trim: POLICY_WORDS.trim,
  empty_values: POLICY_WORDS.empty_values,
} as const;

/** Keys of an expectation that is written out. */
export const EXPECT_WORDS = {
  column: SOURCE_WORDS.column,
  empty: 'What a row without the value does: error makes it invalid, keep sends it unchecked. Default error.',
} as const;

/** Keys of `defaults`. */
export const DEFAULTS_WORDS = {
  trim: POLICY_WORDS.trim,
  empty: POLICY_WORDS.empty,
  null: POLICY_WORDS.null,
  empty_values: POLICY_WORDS.empty_values,
  partial: POLICY_WORDS.partial,
  on_conflict: POLICY_WORDS.on_conflict,
} as const;

/** Options that say how a cell becomes a value, and the types they belong to. */
export const OPTION_TYPES = {
  true: ['boolean'],
  false: ['boolean'],
  decimal: ['number'],
  format: ['date', 'timestamp'],
  zone: ['date', 'timestamp'],
  country: ['phone'],
  strict: ['phone'],
  separator: ['list'],
} as const satisfies Record<Exclude<keyof typeof READING_WORDS, 'type'>, readonly FieldType[]>;

/** What each type takes and what is sent. */
export const TYPE_WORDS = {
  string: 'any text',
  integer: 'digits, like -12, sent as a number',
  number: "a decimal number like 3.5; with decimal: ',' like 3,5",
  boolean: 'true/false, yes/no, y/n, 1/0, on/off in any case, or the cells under true: and false:',
  date: 'ISO 8601, or format:; sent as yyyy-MM-dd',
  timestamp: 'ISO 8601, or format:, or unix seconds; sent as unix seconds',
  phone: 'any common spelling, without "+" for country: alone; sent as E.164',
  email: 'an e-mail address',
  url: 'an address with http:// or https://',
  json: 'JSON text; sent as the value that it is',
  list: 'texts parted by separator:; sent as an array',
} as const satisfies Record<FieldType, string>;

/** Cells that mean true and false where the mapping does not say. */
export const TRUE_TEXTS = ['true', 'yes', 'y', '1', 'on'] as const;
export const FALSE_TEXTS = ['false', 'no', 'n', '0', 'off'] as const;

/** The keys of one of the lists above, in their order. */
export function wordsOf<K extends string>(words: Readonly<Record<K, string>>): readonly K[] {
  return Object.keys(words) as K[];
}
