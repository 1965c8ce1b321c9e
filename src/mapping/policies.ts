/** Types a field can be given, and what each takes and sends. A field of an attribute without one keeps a JSON value as it is. */
export const FIELD_TYPES = {
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
} as const;
export type FieldType = keyof typeof FIELD_TYPES;

/** What an empty cell does: nothing, clear the field, or make the row invalid. */
export const EMPTY_POLICIES = ['keep', 'clear', 'error'] as const;
export type EmptyPolicy = (typeof EMPTY_POLICIES)[number];

/** What a template does when only some of its columns are empty. */
export const PARTIAL_POLICIES = ['keep', 'send', 'error'] as const;
export type PartialPolicy = (typeof PARTIAL_POLICIES)[number];

/** What becomes of a row whose contact no key finds: it is invalid, left out, or makes the contact. */
export const MISSING_POLICIES = ['error', 'skip', 'create'] as const;
export type MissingPolicy = (typeof MISSING_POLICIES)[number];

/** What an account does with keys of `additional_attributes` that a request leaves out. */
export const ATTRIBUTE_MODES = ['merges', 'replaces'] as const;

/** What a value that cannot be sent does: refuse its row, or be left out of it. */
export const INVALID_FIELD_POLICIES = ['reject_row', 'drop_field'] as const;

/** What a cell does that a table of values does not list. */
export const OTHERWISE_POLICIES = ['error', 'keep', 'send'] as const;

/** What a row without an expected value does: it is invalid, or sent unchecked. */
export const EXPECT_POLICIES = ['error', 'keep'] as const;

export const DECIMAL_MARKS = ['.', ','] as const;

export { CONFLICT_POLICIES, type ConflictPolicy } from '../core/types.ts';
