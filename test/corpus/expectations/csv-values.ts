import { badRows, done, type Expectations } from '../expected.ts';

/** Good CSV with bad cells: every row stands for one fault. */
export const CSV_VALUES: Expectations = {
  'all-cells-empty.csv': done(['line 2: skipped (empty)', 'line 3: updated']),
  'blank-cell-row.csv': done(['line 2: skipped (blank)', 'line 3: updated']),
  'boolean-faults.csv': badRows(
    [
      'line 2: invalid ERR_BOOLEAN: Column "Opt out" is none of true, yes, y, 1, on (true) and false, no, n, 0, off (false).',
      'line 3: invalid ERR_BOOLEAN: Column "Opt out" is none of true, yes, y, 1, on (true) and false, no, n, 0, off (false).',
      'line 4: invalid ERR_BOOLEAN: Column "Opt out" is none of true, yes, y, 1, on (true) and false, no, n, 0, off (false).',
      'line 5: updated',
      'line 6: updated',
    ],
    { mapping: 'fields: { blocked: { column: Opt out, type: boolean } }' },
  ),
  'clock-change.csv': badRows(
    [
      'line 2: invalid ERR_DATE: Column "At" is a time that does not … the clocks change. Write it with an offset.',
      'line 3: invalid ERR_DATE: Column "At" is a time that does not … the clocks change. Write it with an offset.',
      'line 4: invalid ERR_DATE: Column "At" looks like milliseconds. LiveDesk counts in seconds: divide by 1000.',
      'line 5: updated',
    ],
    { mapping: 'fields: { custom_attributes.at: { column: At, type: timestamp, zone: Europe/Berlin } }' },
  ),
  'damaged-ids.csv': badRows([
    'line 2: invalid ERR_CONTACT_ID: Column "contact_id" is not a contact id, which is digits alone. Is this the right column?',
    'line 3: invalid ERR_CONTACT_ID: Column "contact_id" is not a contact id, which is digits alone. Is this the right column?',
    'line 4: invalid ERR_CONTACT_ID: Column "contact_id" is not a contact id, which is digits alone. Is this the right column?',
    'line 5: invalid ERR_CONTACT_ID: Column "contact_id" is written with digits other than 0-9. Write them as 0-9.',
    'line 6: invalid ERR_CONTACT_ID: Column "contact_id" is in … as a whole number and export it again.',
    'line 7: invalid ERR_CONTACT_ID: Column "contact_id" has a sign. A contact id is digits alone.',
    'line 8: invalid ERR_CONTACT_ID: Column "contact_id" has a sign. A contact id is digits alone.',
    'line 9: invalid ERR_CONTACT_ID: Column "contact_id" begins with a zero, which no contact id does. Is this the right column?',
    'line 10: invalid ERR_CONTACT_ID: Column "contact_id" has separators between its digits. A contact id is digits alone.',
    'line 11: invalid ERR_CONTACT_ID: Column "contact_id" has separators between its digits. A contact id is digits alone.',
    'line 12: invalid ERR_CONTACT_ID: Column "contact_id" is empty: without a contact id nothing can be sent.',
    'line 13: invalid ERR_CONTACT_ID: Column "contact_id" is larger than a contact id can be (2^53 - 1). Is this the right column?',
    'line 14: invalid ERR_CONTACT_ID: Column "contact_id" holds an invisible character, U+200B. Remove it.',
    'line 15: invalid ERR_CONTACT_ID: Column "contact_id" has separators between its digits. A contact id is digits alone.',
    'line 16: invalid ERR_CONTACT_ID: Column "contact_id" is not a contact id, which is digits alone. Is this the right column?',
    'line 17: invalid ERR_CONTACT_ID: Column "contact_id" has separators between its digits. A contact id is digits alone.',
    'line 18: invalid ERR_CONTACT_ID: Column "contact_id" is not a contact id, which is digits alone. Is this the right column?',
    'line 19: invalid ERR_CONTACT_ID: Column "contact_id" is not a contact id, which is digits alone. Is this the right column?',
    'line 20: invalid ERR_CONTACT_ID: Column "contact_id" is not a contact id, which is digits alone. Is this the right column?',
    'line 21: updated',
    'line 22: updated',
    'line 23: invalid ERR_CONTACT_ID: Column "contact_id" is written with digits other than 0-9. Write them as 0-9.',
    'line 24: invalid ERR_CONTACT_ID: Column "contact_id" is not a contact id, which is digits alone. Is this the right column?',
    'line 25: invalid ERR_CONTACT_ID: Column "contact_id" is not a contact id, which is digits alone. Is this the right column?',
    'line 26: invalid ERR_CONTACT_ID: Column "contact_id" is in … as a whole number and export it again.',
  ]),
  'date-faults.csv': badRows(
    [
      'line 2: invalid ERR_DATE: Column "Renewal" is not a real date in the form dd/MM/yyyy.',
      'line 3: invalid ERR_DATE: Column "Renewal" is not a real date in the form dd/MM/yyyy.',
      'line 4: invalid ERR_DATE: Column "Renewal" is not a real date in the form dd/MM/yyyy.',
      'line 5: invalid ERR_DATE: Column "Renewal" is not a real date in the form dd/MM/yyyy.',
      'line 6: invalid ERR_DATE: Column "Renewal" is not a real date in the form dd/MM/yyyy.',
      'line 7: updated',
    ],
    { mapping: 'fields: { custom_attributes.renewal: { column: Renewal, type: date, format: dd/MM/yyyy } }' },
  ),
  'e-mail-faults.csv': badRows([
    'line 2: invalid ERR_EMAIL: Column "email" is not an e-mail address: one "@", something on both sides, no space.',
    'line 3: invalid ERR_EMAIL: Column "email" is not an e-mail address: one "@", something on both sides, no space.',
    'line 4: invalid ERR_EMAIL: Column "email" is not an e-mail address: one "@", something on both sides, no space.',
    'line 5: invalid ERR_EMAIL: Column "email" is not an e-mail address: one "@", something on both sides, no space.',
    'line 6: invalid ERR_EMAIL: Column "email" is not an e-mail address: one "@", something on both sides, no space.',
    'line 7: invalid ERR_EMAIL: Column "email" holds several addresses. Keep one, and move the others to a column of their own.',
    'line 8: invalid ERR_EMAIL: Column "email" holds several addresses. Keep one, and move the others to a column of their own.',
    'line 9: invalid ERR_TOO_LONG: Column "email" is longer than 255 characters, which LiveDesk refuses. Shorten it.',
  ]),
  'empty-where-forbidden.csv': badRows(
    [
      'line 2: invalid ERR_EMPTY: Column "name" is empty, which the mapping forbids (empty: error).',
      'line 3: updated',
    ],
    { mapping: 'fields: { name: { column: name, empty: error }, email: email }' },
  ),
  'half-empty-template.csv': badRows(
    [
      'line 2: invalid ERR_EMPTY: The template of name has some of … which the mapping forbids (partial: error).',
      'line 3: updated',
    ],
    { mapping: 'fields: { name: { template: "{first} {last}", partial: error } }' },
  ),
  'identifier-in-scientific-notation.csv': badRows(
    [
      'line 2: invalid ERR_SCIENTIFIC: Column "CRM" is in scientific … the column as a text and export it again.',
      'line 3: updated',
    ],
    { mapping: 'fields: { identifier: CRM }' },
  ),
  'integer-faults.csv': badRows(
    [
      'line 2: invalid ERR_NUMBER: Column "Count" is not a whole number. Write digits alone, or map it with type: number.',
      'line 3: invalid ERR_NUMBER: Column "Count" has more digits than … it with type: string to send every digit.',
      'line 4: invalid ERR_NUMBER: Column "Count" is not a whole number. Write digits alone, or map it with type: number.',
      'line 5: updated',
    ],
    { mapping: 'fields: { custom_attributes.count: { column: Count, type: integer } }' },
  ),
  'json-cell-faults.csv': badRows(
    [
      'line 2: invalid ERR_JSON: Column "Data" is not JSON. A text needs quotes around it.',
      'line 3: updated',
      'line 4: invalid ERR_JSON: Column "Data" holds the reserved key "__proto__". Rename it.',
      'line 5: invalid ERR_JSON: Column "Data" holds a list within a list, which LiveDesk drops. Write it as an object or a text.',
      'line 6: invalid ERR_NUMBER: Column "Data" holds a number with more digits than JSON keeps. Put it in quotes.',
    ],
    { mapping: 'fields: { custom_attributes.data: { column: Data, type: json } }' },
  ),
  'name-over-255-characters.csv': badRows([
    'line 2: invalid ERR_TOO_LONG: Column "name" is longer than 255 characters, which LiveDesk refuses. Shorten it.',
    'line 3: updated',
  ]),
  'number-faults.csv': badRows(
    [
      'line 2: invalid ERR_NUMBER: Column "Score" is not a number. … the mapping if its decimal mark is a comma.',
      'line 3: invalid ERR_NUMBER: Column "Score" is not a number. … the mapping if its decimal mark is a comma.',
      'line 4: invalid ERR_NUMBER: Column "Score" is not a number. … the mapping if its decimal mark is a comma.',
      'line 5: invalid ERR_NUMBER: Column "Score" is not a number. … the mapping if its decimal mark is a comma.',
      'line 6: invalid ERR_NUMBER: Column "Score" has more digits than … it with type: string to send every digit.',
      'line 7: invalid ERR_NUMBER: Column "Score" is not a number. … the mapping if its decimal mark is a comma.',
      'line 8: invalid ERR_NUMBER: Column "Score" is not a number. … the mapping if its decimal mark is a comma.',
      'line 9: invalid ERR_NUMBER: Column "Score" is not a number. … the mapping if its decimal mark is a comma.',
      'line 10: updated',
    ],
    { mapping: 'fields: { custom_attributes.score: { column: Score, type: number } }' },
  ),
  'phone-faults.csv': badRows([
    'line 2: invalid ERR_PHONE: Column "phone_number" is in … the column as a text and export it again.',
    'line 3: invalid ERR_PHONE: Column "phone_number" is not a … or set "country" in the mapping.',
    'line 4: invalid ERR_PHONE: Column "phone_number" is not a … or set "country" in the mapping.',
    'line 5: invalid ERR_PHONE: Column "phone_number" is not a … or set "country" in the mapping.',
    'line 6: invalid ERR_PHONE: Column "phone_number" has an … cannot keep. Move it to another column.',
    'line 7: invalid ERR_PHONE: Column "phone_number" is not a … or set "country" in the mapping.',
    'line 8: invalid ERR_PHONE: Column "phone_number" is not a … or set "country" in the mapping.',
  ]),
  'unknown-contact.csv': badRows([
    'line 2: rejected ERR_NOT_FOUND: the account has no such contact: … or never there: Resource could not be found',
    'line 3: updated',
  ]),
  'unlisted-value.csv': badRows(
    [
      'line 2: updated',
      'line 3: invalid ERR_VALUE: Column "Tier" is none of the cells listed under "values" in the mapping.',
    ],
    { mapping: 'fields: { custom_attributes.tier: { column: Tier, values: { G: gold } } }' },
  ),
  'url-faults.csv': badRows(
    [
      'line 2: invalid ERR_URL: Column "Site" is not a web address. Write it with http:// or https://.',
      'line 3: invalid ERR_URL: Column "Site" is not a web address. Write it with http:// or https://.',
      'line 4: invalid ERR_URL: Column "Site" is not a web address. Write it with http:// or https://.',
      'line 5: updated',
    ],
    { mapping: 'fields: { custom_attributes.site: { column: Site, type: url } }' },
  ),
};
