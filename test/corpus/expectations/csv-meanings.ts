import { badRows, done, type Expectations } from '../expected.ts';

/** Cells that look right and are not, or look wrong and are: phones, addresses, invisible characters, markers of no value, encodings. */
export const CSV_MEANINGS: Expectations = {
  'big5-row.csv': badRows(
    [
      'line 2: updated',
      'line 3: invalid ERR_ENCODING: the row holds bytes that are not big5. Give the right --encoding.',
    ],
    { args: ['--encoding', 'big5'] },
  ),
  'control-z-padding.csv': done(['line 2: updated']),
  'control-z-without-line-break.csv': done(['line 2: updated']),
  'control-z.csv': done(['line 2: updated']),
  'email-brackets-left.csv': badRows([
    'line 2: invalid ERR_EMAIL: Column "email" holds more than an address, … Leave the address alone in the cell.',
    'line 3: invalid ERR_EMAIL: Column "email" holds more than an address, … Leave the address alone in the cell.',
    'line 4: invalid ERR_EMAIL: Column "email" holds more than an address, … Leave the address alone in the cell.',
    'line 5: invalid ERR_EMAIL: Column "email" holds more than an address, … Leave the address alone in the cell.',
    'line 6: invalid ERR_EMAIL: Column "email" holds more than an address, … Leave the address alone in the cell.',
    'line 7: invalid ERR_EMAIL: Column "email" holds more than an address, … Leave the address alone in the cell.',
    'line 8: invalid ERR_EMAIL: Column "email" holds more than an address, … Leave the address alone in the cell.',
    'line 9: invalid ERR_EMAIL: Column "email" holds more than an address, … Leave the address alone in the cell.',
  ]),
  'email-decorated.csv': done([
    'line 2: updated',
    'line 3: updated',
    'line 4: updated',
    'line 5: updated',
    'line 6: updated',
    'line 7: updated',
    'line 8: updated',
    'line 9: updated',
  ]),
  'email-invisible.csv': badRows([
    'line 2: invalid ERR_EMAIL: Column "email" holds an invisible character, U+200B. Remove it.',
    'line 3: invalid ERR_EMAIL: Column "email" holds an invisible character, U+200D. Remove it.',
    'line 4: invalid ERR_EMAIL: Column "email" holds an invisible character, U+00AD. Remove it.',
    'line 5: invalid ERR_EMAIL: Column "email" holds an invisible character, U+0001. Remove it.',
    'line 6: invalid ERR_EMAIL: Column "email" holds an invisible character, U+202E. Remove it.',
    'line 7: invalid ERR_EMAIL: Column "email" holds an invisible character, U+2060. Remove it.',
    'line 8: invalid ERR_EMAIL: Column "email" holds an invisible character, U+3164. Remove it.',
  ]),
  'email-several.csv': badRows([
    'line 2: invalid ERR_EMAIL: Column "email" holds several addresses. Keep one, and move the others to a column of their own.',
    'line 3: invalid ERR_EMAIL: Column "email" holds several addresses. Keep one, and move the others to a column of their own.',
    'line 4: invalid ERR_EMAIL: Column "email" holds several addresses. Keep one, and move the others to a column of their own.',
    'line 5: invalid ERR_EMAIL: Column "email" holds several addresses. Keep one, and move the others to a column of their own.',
    'line 6: invalid ERR_EMAIL: Column "email" holds several addresses. Keep one, and move the others to a column of their own.',
  ]),
  'email-unusual-but-right.csv': done([
    'line 2: updated',
    'line 3: updated',
    'line 4: updated',
    'line 5: updated',
    'line 6: updated',
  ]),
  'empty-values-per-field.csv': badRows(
    [
      'line 2: invalid ERR_EMPTY: Column "name" is empty, which the mapping forbids (empty: error).',
      'line 3: updated',
    ],
    {
      mapping:
        "fields: { name: { column: name, empty: error, empty_values: '#N/A' }, custom_attributes.note: note }",
    },
  ),
  'empty-values.csv': done(['line 2: skipped', 'line 3: skipped', 'line 4: updated'], {
    mapping: "fields: { name: name }\ndefaults: { empty_values: ['#N/A', 'NULL'] }",
  }),
  'euc-kr-row.csv': badRows(
    [
      'line 2: updated',
      'line 3: updated',
      'line 4: invalid ERR_ENCODING: the row holds bytes that are not euc-kr. Give the right --encoding.',
      'line 5: invalid ERR_ENCODING: the row holds bytes that are not euc-kr. Give the right --encoding.',
    ],
    { args: ['--encoding', 'euc-kr'] },
  ),
  'header-invisible-auto.csv': done(['line 2: updated']),
  'header-invisible.csv': done(['line 2: updated'], {
    mapping: 'fields: { name: First Name, email: email }',
  }),
  'id-invisible.csv': badRows([
    'line 2: invalid ERR_CONTACT_ID: Column "contact_id" holds an invisible character, U+200B. Remove it.',
    'line 3: invalid ERR_CONTACT_ID: Column "contact_id" holds an invisible character, U+2066. Remove it.',
    'line 4: updated',
    'line 5: invalid ERR_CONTACT_ID: Column "contact_id" holds an invisible character, U+001A. Remove it.',
  ]),
  'identifier-invisible.csv': badRows(
    [
      'line 2: invalid ERR_CHARACTER: Column "CRM" holds an invisible character, U+200B. Remove it.',
      'line 3: updated',
      'line 4: updated',
    ],
    { mapping: 'fields: { identifier: CRM }' },
  ),
  'iso-8859-16.csv': done(['line 2: updated'], { args: ['--encoding', 'iso-8859-16'] }),
  'no-value-markers.csv': done(
    ['line 2: updated', 'line 3: updated', 'line 4: updated', 'line 5: updated', 'line 6: updated'],
    { says: "4 cells look like no value (2 × #N/A, 2 × NULL) … empty_values: ['#N/A', 'NULL']" },
  ),
  'no-value-mojibake.csv': done(['line 2: updated', 'line 3: updated'], {
    says: '2 cells look like UTF-8 that was read as another encoding',
  }),
  'no-value-one-customer.csv': done([
    'line 2: updated',
    'line 3: updated',
    'line 4: updated',
    'line 5: updated',
    'line 6: updated',
    'line 7: updated',
    'line 8: updated',
    'line 9: updated',
    'line 10: updated',
    'line 11: updated',
    'line 12: updated',
    'line 13: updated',
    'line 14: updated',
  ]),
  'phone-ambiguous-calling-code.csv': badRows(
    ['line 2: invalid ERR_PHONE: Column "phone" could be … write it with "+" and country code.'],
    { mapping: 'fields: { phone_number: { column: phone, country: DE } }' },
  ),
  'phone-calling-code-of-another-country.csv': badRows(
    [
      'line 2: invalid ERR_PHONE: Column "phone" is not a phone number of CH. If it is meant as +1 4155…, write the "+".',
    ],
    { mapping: 'fields: { phone_number: { column: phone, country: CH } }' },
  ),
  'phone-calling-code-read.csv': done(['line 2: updated', 'line 3: updated', 'line 4: updated'], {
    mapping: 'fields: { phone_number: { column: phone, country: DE } }',
  }),
  'phone-decimal-of-a-script.csv': badRows(
    [
      'line 2: updated',
      'line 3: invalid ERR_PHONE: Column "phone" is not a phone number, neither of DE nor with "+" and country code.',
    ],
    { mapping: 'fields: { phone_number: { column: phone, country: DE } }' },
  ),
  'phone-extensions.csv': badRows(
    [
      'line 2: invalid ERR_PHONE: Column "phone" has an extension, which LiveDesk cannot keep. Move it to another column.',
      'line 3: invalid ERR_PHONE: Column "phone" has an extension, which LiveDesk cannot keep. Move it to another column.',
      'line 4: invalid ERR_PHONE: Column "phone" has an extension, which LiveDesk cannot keep. Move it to another column.',
      'line 5: invalid ERR_PHONE: Column "phone" has an extension, which LiveDesk cannot keep. Move it to another column.',
      'line 6: invalid ERR_PHONE: Column "phone" has an extension, which LiveDesk cannot keep. Move it to another column.',
      'line 7: invalid ERR_PHONE: Column "phone" has an extension, which LiveDesk cannot keep. Move it to another column.',
    ],
    { mapping: 'fields: { phone_number: { column: phone, country: DE } }' },
  ),
  'phone-italian-zero.csv': done(['line 2: updated', 'line 3: updated', 'line 4: updated'], {
    mapping: 'fields: { phone_number: { column: phone, country: IT } }',
  }),
  'phone-longer-than-known.csv': badRows(
    [
      'line 2: updated',
      'line 3: invalid ERR_PHONE: Column "phone" is not a phone number, neither of MX nor with "+" and country code.',
    ],
    { mapping: 'fields: { phone_number: { column: phone, country: MX } }' },
  ),
  'phone-negative.csv': badRows(
    [
      'line 2: invalid ERR_PHONE: Column "phone" is not a phone number, neither of DE nor with "+" and country code.',
    ],
    { mapping: 'fields: { phone_number: { column: phone, country: DE } }' },
  ),
  'phone-other-digits.csv': done(
    ['line 2: updated', 'line 3: updated', 'line 4: updated', 'line 5: updated', 'line 6: updated'],
    { mapping: 'fields: { phone_number: { column: phone, country: DE } }' },
  ),
  'phone-small-country.csv': done(['line 2: updated', 'line 3: updated', 'line 4: updated'], {
    mapping: 'fields: { phone_number: { column: phone, country: AG } }',
  }),
  'phone-strict.csv': badRows(
    [
      'line 2: invalid ERR_PHONE: Column "phone" could be +1 3212… or +32 1234…: write it with "+" and country code.',
      'line 3: updated',
      'line 4: updated',
    ],
    { mapping: 'fields: { phone_number: { column: phone, country: US, strict: true } }' },
  ),
  'phone-two-in-a-cell.csv': badRows(
    [
      'line 2: invalid ERR_PHONE: Column "phone" is not a phone number, neither of DE nor with "+" and country code.',
      'line 3: invalid ERR_PHONE: Column "phone" is not a phone number, neither of DE nor with "+" and country code.',
      'line 4: invalid ERR_PHONE: Column "phone" is not a phone number, neither of DE nor with "+" and country code.',
    ],
    { mapping: 'fields: { phone_number: { column: phone, country: DE } }' },
  ),
  'phone-with-words.csv': badRows(
    [
      'line 2: invalid ERR_PHONE: Column "phone" is not a phone number, neither of DE nor with "+" and country code.',
      'line 3: invalid ERR_PHONE: Column "phone" is not a phone number, neither of DE nor with "+" and country code.',
      'line 4: invalid ERR_PHONE: Column "phone" is not a phone number, neither of DE nor with "+" and country code.',
    ],
    { mapping: 'fields: { phone_number: { column: phone, country: DE } }' },
  ),
  'seconds-before-1970.csv': badRows(
    [
      'line 2: updated',
      'line 3: invalid ERR_DATE: Column "born" is not a real date in the form yyyy-MM-dd, alone or with THH:mm:ss and an offset.',
      'line 4: invalid ERR_DATE: Column "born" is not a real date in the form yyyy-MM-dd, alone or with THH:mm:ss and an offset.',
      'line 5: invalid ERR_DATE: Column "born" looks like milliseconds. LiveDesk counts in seconds: divide by 1000.',
    ],
    { mapping: 'fields: { custom_attributes.born: { column: born, type: timestamp } }' },
  ),
  'shift-jis-private-use.csv': badRows(
    [
      'line 2: updated',
      'line 3: invalid ERR_ENCODING: the row holds bytes that are not shift_jis. Give the right --encoding.',
    ],
    { args: ['--encoding', 'shift_jis'] },
  ),
  'windows-1252-control.csv': badRows(
    [
      'line 2: updated',
      'line 3: invalid ERR_ENCODING: the row holds bytes that are not windows-1252. Give the right --encoding.',
    ],
    { args: ['--encoding', 'windows-1252'] },
  ),
};
