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
  guard: 'How far an input may be from that of the last good run of the job; beyond, nothing is sent.',
} as const;

/** Keys of the guard. */
export const GUARD_WORDS = {
  columns: 'same: no column may come or go.',
  rows: 'By how many percent the rows may become fewer, like -50%.',
  fill: 'By how many percent of the rows a column may lose its values, like -10%.',
} as const;

/** Where a field is taken from; a field has one of them. */
export const SOURCE_WORDS = {
  column: 'The name of a column; in JSONL a dotted path.',
  template: 'Text with columns in braces, like "{first_name} {last_name}".',
  columns: 'A pattern of column names with one `*`, like `cf_*`: what it stands for becomes the key.',
  value: 'A fixed value.',
} as const;

/** Keys of an expectation that is written out. */
export const EXPECT_WORDS = {
  column: SOURCE_WORDS.column,
  empty: 'What a row without the value does: error makes it invalid, keep sends it unchecked. Default error.',
} as const;

/** Cells that mean true and false where the mapping does not say. */
export const TRUE_TEXTS = ['true', 'yes', 'y', '1', 'on'] as const;
export const FALSE_TEXTS = ['false', 'no', 'n', '0', 'off'] as const;

/** The keys of one of the lists above, in their order. */
export function wordsOf<K extends string>(words: Readonly<Record<K, unknown>>): readonly K[] {
  return Object.keys(words) as K[];
}
