import { badRows, done, type Expectations, refused } from '../expected.ts';

/** JSONL, whole files and single lines. */
export const JSONL: Expectations = {
  'blank-objects.jsonl': badRows([
    'line 1: updated',
    'line 2: skipped (blank)',
    'line 3: skipped (blank)',
    'line 4: invalid ERR_CONTACT_ID',
    'line 6: updated',
  ]),
  'byte-order-marks.jsonl': done(['line 1: updated', 'line 2: updated']),
  'lines-above.jsonl': done(['line 3: updated', 'line 4: updated'], {
    args: ['--skip-rows', '2', '--skip-footer', '1'],
  }),
  'object-with-list.json': refused(
    'ERR_INPUT',
    'object-with-list.json is one JSON object with a list in it, not JSONL; `jq -c \'.["contacts"][]\'` makes JSONL of it.',
  ),
  'object-with-list-over-lines.json': refused('ERR_INPUT', '`jq -c \'.["contacts"][]\'` makes JSONL of it.'),
  'array-line.jsonl': badRows([
    'line 1: updated',
    'line 2: invalid ERR_JSON: the line is an array, not a JSON object. Each line must be one JSON object',
  ]),
  'blank-lines-only.jsonl': refused('ERR_INPUT', 'blank-lines-only.jsonl holds nothing but blank lines.'),
  'bomb.jsonl.gz': badRows([
    'line 1: updated',
    'line 2: invalid ERR_ROW_TOO_LARGE: the line is longer than 1 MiB, so it was not kept. Is a line break missing?',
    'line 3: updated',
  ]),
  'commas-between-lines.jsonl': badRows([
    'line 1: invalid ERR_JSON: the line is not JSON at column 36: a comma stands after the object, as in a list; `sed … FILE` takes them off.',
    'line 2: updated',
  ]),
  'comment-line.jsonl': badRows([
    'line 1: invalid ERR_JSON: the line is not JSON at column 1: a … quotes. Each line must be one JSON object',
    'line 2: updated',
  ]),
  'control-character.jsonl': badRows([
    'line 1: updated',
    'line 2: invalid ERR_JSON: the line is not JSON at column 29: … escaped. Each line must be one JSON object',
  ]),
  'cut-off-line.jsonl': badRows([
    'line 1: updated',
    'line 2: invalid ERR_JSON: the line is not JSON at column 29: … escaped. Each line must be one JSON object',
    'line 3: updated',
  ]),
  'damaged-ids.jsonl': badRows([
    'line 1: invalid ERR_CONTACT_ID: Column "contact_id" is not a contact id, which is digits alone. Is this the right column?',
    'line 2: invalid ERR_CONTACT_ID: Column "contact_id" is not a contact id, which is digits alone. Is this the right column?',
    'line 3: invalid ERR_CONTACT_ID: Column "contact_id" is not a whole number above zero.',
    'line 4: invalid ERR_CONTACT_ID: Column "contact_id" is not a whole number above zero.',
    'line 5: invalid ERR_CONTACT_ID: Column "contact_id" is not a whole number above zero.',
    'line 6: rejected ERR_NOT_FOUND: the account has no such contact: … or never there: Resource could not be found',
    'line 7: invalid ERR_CONTACT_ID: Column "contact_id" is larger than a contact id can be (2^53 - 1). Is this the right column?',
    'line 8: invalid ERR_CONTACT_ID: Column "contact_id" is larger than a contact id can be (2^53 - 1). Is this the right column?',
    'line 9: invalid ERR_CONTACT_ID: Column "contact_id" is neither a number nor a text of digits.',
    'line 10: invalid ERR_CONTACT_ID: Column "contact_id" is neither a number nor a text of digits.',
    'line 11: invalid ERR_CONTACT_ID: Column "contact_id" is neither a number nor a text of digits.',
    'line 12: updated',
    'line 13: rejected ERR_NOT_FOUND: the account has no such contact: … or never there: Resource could not be found',
    'line 14: invalid ERR_CONTACT_ID: Column "contact_id" is written with digits other than 0-9. Write them as 0-9.',
    'line 15: invalid ERR_CONTACT_ID: Column "contact_id" is empty: without a contact id nothing can be sent.',
  ]),
  'empty.jsonl': refused('ERR_INPUT', 'empty.jsonl is empty (0 bytes). Was the export finished?'),
  'half-a-surrogate-pair.jsonl': badRows([
    'line 1: updated',
    'line 2: invalid ERR_CHARACTER: Column "name" holds a character … cell, or read the input with --encoding.',
  ]),
  'inexact-numbers.jsonl': badRows([
    'line 1: invalid ERR_NUMBER: Column "custom_attributes" holds a … JSON keeps. Write it as a text, in quotes.',
    'line 2: updated',
    'line 3: invalid ERR_NUMBER: Column "custom_attributes" holds a … JSON keeps. Write it as a text, in quotes.',
    'line 4: invalid ERR_NUMBER: Column "custom_attributes" holds a … JSON keeps. Write it as a text, in quotes.',
    'line 5: updated',
  ]),
  'json-array.json': refused(
    'ERR_INPUT',
    "json-array.json is a JSON array, not JSONL; `jq -c '.[]'` makes JSONL of it.",
  ),
  'json-over-several-lines.json': refused(
    'ERR_INPUT',
    'json-over-several-lines.json is JSON over several lines, not JSONL; `jq -c .` makes JSONL of it.',
  ),
  'key-of-half-a-mib.jsonl.gz': done(['line 1: updated', 'line 2: updated']),
  'line-over-1-mib.jsonl.gz': badRows([
    'line 1: updated',
    'line 2: invalid ERR_ROW_TOO_LARGE: the line is longer than 1 MiB, so it was not kept. Is a line break missing?',
    'line 3: updated',
  ]),
  'nan.jsonl': badRows([
    'line 1: updated',
    'line 2: invalid ERR_JSON: the line is not JSON at column 51: … it. Each line must be one JSON object',
  ]),
  'nested-100000-deep.jsonl': badRows([
    'line 1: updated',
    'line 2: invalid ERR_JSON: the object is nested more than 100 levels deep. Flatten it',
  ]),
  'nested-101-deep.jsonl': badRows([
    'line 1: updated',
    'line 2: invalid ERR_JSON: the object is nested more than 100 levels deep. Flatten it',
  ]),
  'nested-deep-with-long-number.jsonl': badRows([
    'line 1: updated',
    'line 2: invalid ERR_JSON: the object is nested more than 100 levels deep. Flatten it',
  ]),
  'no-id-anywhere.jsonl': refused('ERR_MAPPING', [
    'no-id-anywhere.jsonl has no column named contact_id, and … say so there. Write a mapping that begins with',
    'and give it with --mapping. It has: "contactId", "name".',
  ]),
  'no-id-on-some-lines.jsonl': badRows([
    'line 1: updated',
    'line 2: invalid ERR_CONTACT_ID: Column "contact_id" is empty: without a contact id nothing can be sent.',
    'line 3: invalid ERR_CONTACT_ID: Column "contact_id" is empty: without a contact id nothing can be sent.',
  ]),
  'no-readable-line.jsonl': refused(
    'ERR_INPUT',
    'no-readable-line.jsonl: none of its first 2 lines can be read as … stand in double quotes. Each line must be one JSON object.',
  ),
  'nul-escape.jsonl': badRows([
    'line 1: updated',
    'line 2: invalid ERR_CHARACTER: Column "name" holds a character … cell, or read the input with --encoding.',
  ]),
  'null-where-nothing-clears.jsonl': badRows(
    [
      'line 1: skipped',
      'line 2: invalid ERR_BOOLEAN: Column "blocked" is none of true, yes, y, 1, on (true) and false, no, n, 0, off (false).',
    ],
    { mapping: 'fields: { blocked: blocked }' },
  ),
  'object-where-a-text-belongs.jsonl': badRows([
    'line 1: updated',
    'line 2: invalid ERR_VALUE: Column "name" is a list or an object where a text belongs.',
    'line 3: invalid ERR_VALUE: Column "name" is a list or an object where a text belongs.',
  ]),
  'replacement-character.jsonl': badRows([
    'line 1: updated',
    'line 2: invalid ERR_ENCODING: the row holds U+FFFD, the mark that … where a character was lost. Export it anew.',
  ]),
  'reserved-key.jsonl': badRows([
    'line 1: updated',
    'line 2: invalid ERR_JSON: Column "custom_attributes" holds the reserved key "__proto__". Rename it.',
    'line 3: invalid ERR_JSON: Column "custom_attributes" holds a … constructor, prototype). Rename it.',
  ]),
  'scalar-lines.jsonl': badRows([
    'line 1: updated',
    'line 2: invalid ERR_JSON: the line is a number, not a JSON object. Each line must be one JSON object',
    'line 3: invalid ERR_JSON: the line is a string, not a JSON object. Each line must be one JSON object',
    'line 4: invalid ERR_JSON: the line is null, not a JSON object. Each line must be one JSON object',
    'line 5: invalid ERR_JSON: the line is a boolean, not a JSON object. Each line must be one JSON object',
  ]),
  'single-quotes.jsonl': badRows([
    'line 1: updated',
    'line 2: invalid ERR_JSON: the line is not JSON at column 2: a … quotes. Each line must be one JSON object',
  ]),
  'spaces-of-1-mib.jsonl.gz': badRows([
    'line 1: updated',
    'line 2: invalid ERR_CONTACT_ID: Column "contact_id" is not a contact id, which is digits alone. Is this the right column?',
  ]),
  'text-where-an-object-belongs.jsonl': badRows([
    'line 1: updated',
    'line 2: updated',
    'line 3: invalid ERR_JSON: Column "custom_attributes" is not an object of keys and values, as in {"plan": "team"}.',
  ]),
  'trailing-comma.jsonl': badRows([
    'line 1: updated',
    'line 2: invalid ERR_JSON: the line is not JSON at column 35: a comma stands before the closing brace; `sed … FILE` takes such off',
  ]),
  'two-objects-on-a-line.jsonl': refused(
    'ERR_INPUT',
    'two-objects-on-a-line.jsonl: its line cannot be read as JSONL. Line … text after the object. Each line must be one JSON object.',
  ),
  'unquoted-keys.jsonl': badRows([
    'line 1: updated',
    'line 2: invalid ERR_JSON: the line is not JSON at column 2: a … quotes. Each line must be one JSON object',
  ]),
  'utf-16-without-bom.jsonl': refused(
    'ERR_INPUT',
    'utf-16-without-bom.jsonl looks like UTF-16 without a byte order mark: --encoding utf-16be',
  ),
  'windows-1252.jsonl': badRows([
    'line 1: updated',
    'line 2: invalid ERR_ENCODING: the row is not UTF-8; looks like windows-1252: --encoding windows-1252',
  ]),
};
