/** Types a field can be given. A field of an attribute without one keeps a JSON value as it is. */
export const FIELD_TYPES = [
  'string',
  'integer',
  'number',
  'boolean',
  'date',
  'timestamp',
  'phone',
  'email',
  'url',
  'json',
  'list',
] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

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
