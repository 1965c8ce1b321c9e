import { expect, test } from 'vitest';
import { RunError } from '../../../src/core/errors.ts';
import { parseMapping } from '../../../src/mapping/parse/parse.ts';
import { thrownBy } from '../helpers.ts';

const HEAD = 'version: 1\ncontact_id: id\n';
const field = (text: string) => `${HEAD}fields:\n  ${text}\n`;

test.each<[string, string, string]>([
  ['nothing', '', 'm.yaml: the mapping is empty. Begin with "version: 1".'],
  ['a list', '- a', 'm.yaml:1:1: this is not a mapping, which begins with "version: 1"'],
  ['no version', 'contact_id: id', 'm.yaml: "version" is missing. Begin with "version: 1".'],
  [
    'a newer version',
    'version: 2\nmagic: 1',
    'm.yaml:1:10: this mapping has version 2, and this program knows version 1 only.',
  ],
  [
    'a version in words',
    'version: one',
    'm.yaml:1:10: the version of a mapping is a number. Write "version: 1".',
  ],
  ['no id', 'version: 1\nfields: { email: e }', 'm.yaml: "contact_id" is missing'],
  ['no fields', HEAD, 'm.yaml: "fields" is missing'],
  ['empty fields', `${HEAD}fields: {}`, 'm.yaml:3:9: "fields" is empty: nothing would be sent.'],
  [
    'a misspelt key',
    `${HEAD}feilds: {}`,
    'm.yaml:3:1: "feilds" means nothing in the mapping. Did you mean "fields"?',
  ],
  [
    'a key from nowhere',
    `${HEAD}zzz: {}`,
    'm.yaml:3:1: "zzz" means nothing in the mapping. Known are version, contact_id,',
  ],
  ['a key twice', field('email: a\n  email: b'), 'm.yaml:5:3: this key stands twice.'],
  [
    'null and "null"',
    `${field('email: a')}defaults: { null: keep, "null": clear }`,
    'm.yaml:5:25: this key stands twice.',
  ],
  ['an alias', field('email: &a x\n  name: *a'), 'm.yaml:5:9: aliases (*name) are not allowed'],
  ['a merge key', field('<<: { email: x }'), 'm.yaml:4:3: merge keys (<<) are not allowed'],
  ['a tag', field('email: !secret x'), 'm.yaml:4:10: tags (!name) are not allowed'],
  ['a tag of YAML', field('email: !!str x'), 'm.yaml:4:16: tags are not allowed'],
  ['two documents', `${field('email: a')}---\na: 1`, 'm.yaml:5:1: a mapping is one document'],
  ['not YAML', `${HEAD}fields: { a: b`, 'm.yaml:3:15: this is not YAML'],

  [
    'a misspelt field',
    field('emial: a'),
    'm.yaml:4:3: "emial" is not a field of a contact. Did you mean "email"?',
  ],
  ['company', field('company_name: a'), 'Did you mean "additional_attributes.company_name"?'],
  ['a field from nowhere', field('zzzzzz: a'), 'An attribute of your own is "custom_attributes.<key>".'],
  ['the id as a field', field('id: a'), 'm.yaml:4:3: id is not a field to set'],
  ['__proto__', field('custom_attributes.__proto__: a'), 'm.yaml:4:3: "__proto__" is reserved'],
  ['constructor', field('additional_attributes.constructor: a'), '"constructor" is reserved'],
  ['prototype', field('additional_attributes.social_profiles.prototype: a'), '"prototype" is reserved'],
  ['an attribute without a name', field('custom_attributes.: a'), 'an attribute needs a name'],
  [
    'a whole and a key of it',
    field('custom_attributes: a\n  custom_attributes.b: c'),
    'm.yaml:5:3: custom_attributes.b is set twice: custom_attributes is mapped as a whole',
  ],
  [
    'a whole and a glob',
    field('custom_attributes.*: { columns: "a*" }\n  custom_attributes: c'),
    'custom_attributes.* is set twice',
  ],
  [
    'all profiles and one',
    field('additional_attributes.social_profiles: a\n  additional_attributes.social_profiles.x: c'),
    'is set twice',
  ],
  ['a field without a column', field('email:'), 'm.yaml:4:9: here belongs the name of a column'],
  ['no source', field('email: { type: email }'), 'm.yaml:4:10: email needs a source'],
  ['two sources', field('email: { column: a, value: b }'), 'email has two sources, "column" and "value".'],
  [
    'an unknown option',
    field('email: { column: a, typ: email }'),
    'm.yaml:4:23: "typ" means nothing in email. Did you mean "type"?',
  ],
  [
    'an unknown type',
    field('custom_attributes.a: { column: a, type: bool }'),
    'm.yaml:4:43: this must be one of string, integer,',
  ],
  [
    'a type for a column that has one',
    field('blocked: { column: a, type: string }'),
    'm.yaml:4:31: blocked is always of type boolean.',
  ],
  [
    'an option of another type',
    field('custom_attributes.a: { column: a, type: date, country: US }'),
    '"country" belongs to type phone, and this field is of type date.',
  ],
  [
    'an option without a type',
    field('custom_attributes.a: { column: a, decimal: "," }'),
    '"decimal" belongs to type number, and this field has no type.',
  ],
  [
    'a country in words',
    field('phone_number: { column: a, country: Germany }'),
    '"Germany" is not a country. Write the two letters of ISO 3166',
  ],
  ['UK', field('phone_number: { column: a, country: UK }'), 'The United Kingdom is GB.'],
  [
    'a zone from nowhere',
    field('custom_attributes.a: { column: a, type: date, zone: Berlin }'),
    '"Berlin" is not a time zone. Write an IANA name like Europe/Berlin.',
  ],
  [
    'an offset for a zone',
    field('custom_attributes.a: { column: a, type: date, zone: "+02:00" }'),
    '"+02:00" is not a time zone.',
  ],
  ['a boolean list alone', field('blocked: { column: a, true: [ja] }'), 'give both lists'],
  [
    'a word that means both',
    field('blocked: { column: a, true: [Ja], false: [ja] }'),
    '"ja" cannot mean both',
  ],
  [
    'clearing blocked',
    field('blocked: { column: a, empty: clear }'),
    'm.yaml:4:32: blocked cannot be cleared.',
  ],
  [
    'clearing blocked with null',
    field('blocked: { column: a, null: clear }'),
    'blocked cannot be cleared. Write "null: keep"',
  ],
  [
    'clearing blocked by default',
    `${field('blocked: a')}defaults: { empty: clear }`,
    'm.yaml:5:20: blocked cannot be cleared. Write "empty: keep" or "empty: error" at this field.',
  ],
  ['a fixed null for blocked', field('blocked: { value: null }'), 'blocked cannot be cleared'],
  [
    'a fixed text for blocked',
    field('blocked: { value: "no" }'),
    'm.yaml:4:21: blocked takes true or false, without quotes.',
  ],
  [
    'a fixed number for a text',
    field('identifier: { value: 5 }'),
    'identifier is a text: put the value in quotes.',
  ],
  ['an empty identifier', field('identifier: { value: "" }'), 'an empty text cannot be sent to identifier.'],
  [
    'a fixed value that is too long',
    field(`name: { value: "${'x'.repeat(256)}" }`),
    'this is longer than 255 characters',
  ],
  [
    'a fixed number that JSON changes',
    field('custom_attributes.a: { value: 12345678901234567890 }'),
    'm.yaml:4:33: JSON cannot hold this number exactly.',
  ],
  ...(
    [
      ['01234', '1234'],
      ['010', '10'],
      ['1.10', '1.1'],
      ['1.0', '1'],
      ['0x1F', '31'],
      ['0o17', '15'],
      ['+5', '5'],
      ['.5', '0.5'],
      ['1e3', '1000'],
      ['-0', '0'],
    ] as const
  ).flatMap(([written, sent]): [string, string, string][] => {
    const message = `this is the number ${sent}. Put it in quotes to send it as it is written, or write ${sent}.`;
    return [
      [
        `a fixed number that is sent otherwise: ${written}`,
        field(`custom_attributes.a: { value: ${written} }`),
        message,
      ],
      [
        `the same under values: ${written}`,
        field(`custom_attributes.a: { column: c, values: { d: ${written} } }`),
        message,
      ],
      [`the same in a list: ${written}`, field(`custom_attributes.a: { value: [1, ${written}] }`), message],
    ];
  }),
  ['infinity', field('custom_attributes.a: { value: .inf }'), 'JSON cannot hold this number exactly.'],
  [
    'an option beside a fixed value',
    field('custom_attributes.a: { value: 1, trim: true }'),
    '"trim" has no effect on a fixed value.',
  ],
  [
    'a template without quotes',
    field('name: {first_name}'),
    'm.yaml:4:9: put a template into quotes: "{first_name}".',
  ],
  ['an open brace', field('name: "{first_name"'), 'm.yaml:4:9: a "{" is not closed.'],
  ['a brace too many', field('name: "first_name}"'), 'there is a "}" without a "{"'],
  ['empty braces', field('name: "{}"'), 'between "{" and "}" stands the name of a column'],
  ['only doubled braces', field('name: "{{x}}"'), 'this template names no column.'],
  [
    'partial without a template',
    field('name: { column: a, partial: keep }'),
    '"partial" belongs to templates',
  ],
  [
    'columns for one field',
    field('name: { columns: "a*" }'),
    '"columns" belongs to custom_attributes.* alone.',
  ],
  [
    'a column for the glob',
    field('custom_attributes.*: a'),
    'm.yaml:4:24: custom_attributes.* takes its columns by a pattern.',
  ],
  [
    'a glob for additional attributes',
    field('additional_attributes.*: { columns: "a*" }'),
    'by a pattern for "custom_attributes.*" only',
  ],
  ['two stars', field('custom_attributes.*: { columns: "*_*" }'), 'a pattern holds one "*"'],
  ['no star', field('custom_attributes.*: { columns: "cf" }'), 'a pattern holds one "*"'],
  ['a template for a whole object', field('custom_attributes: "{a}"'), 'takes one column, not a template'],
  ['otherwise alone', field('name: { column: a, otherwise: keep }'), '"otherwise" needs "values"'],
  [
    'otherwise in words',
    field('name: { column: a, values: { b: c }, otherwise: none }'),
    'For a fixed value write otherwise: { value: … }.',
  ],
  [
    'an empty cell in values',
    field('name: { column: a, values: { "": c } }'),
    'an empty cell follows "empty:"',
  ],
  [
    'a cell twice in values',
    field('name: { column: a, values: { " b": c, b: d } }'),
    'm.yaml:4:41: this cell stands twice',
  ],
  [
    'expect of a whole',
    `${field('name: a')}expect: { custom_attributes: a }`,
    '"expect" compares single values',
  ],
  ...['null', 'NULL', '~'].flatMap((word): [string, string, string][] => {
    const message = `${word} without quotes may be meant as an empty cell or as that text. Write '' or '${word}'.`;
    return [
      [`only with ${word}`, `${field('name: a')}only: { a: [x, ${word}] }`, message],
      [`only with ${word} alone`, `${field('name: a')}only: { a: ${word} }`, message],
      [
        `a boolean of ${word}`,
        field(`custom_attributes.a: { column: c, type: boolean, true: [ja], false: [${word}] }`),
        message,
      ],
    ];
  }),
  ['only without values', `${field('name: a')}only: { a: [] }`, 'the list is empty'],
  [
    'a policy in other words',
    `${field('name: a')}defaults: { empty: skip }`,
    'm.yaml:5:20: this must be one of keep, clear, error.',
  ],
  ['trim: yes', `${field('name: a')}defaults: { trim: yes }`, 'this must be one of true, false.'],
  ['a guard of nothing', `${field('name: a')}guard: {}`, '"guard" guards nothing'],
  ['a guard that is no map', `${field('name: a')}guard: same`, '"guard" must be a list of'],
  [
    'a guard of what it does not know',
    `${field('name: a')}guard: { row: -50% }`,
    'm.yaml:5:10: "row" means nothing in "guard". Did you mean "rows"?',
  ],
  ['other columns', `${field('name: a')}guard: { columns: all }`, 'm.yaml:5:19: this must be one of same.'],
  [
    'rows without a minus',
    `${field('name: a')}guard: { rows: 50% }`,
    'm.yaml:5:16: "rows" is how far it may fall: a minus and a percentage below 100, as in rows: -50%',
  ],
  ['fill of all', `${field('name: a')}guard: { fill: -100% }`, 'm.yaml:5:16: "fill" is how far it may fall'],
  ['fill of nothing', `${field('name: a')}guard: { fill: -0% }`, '"fill" is how far it may fall'],
  ['rows as a list', `${field('name: a')}guard: { rows: [-5%] }`, '"rows" is how far it may fall'],
  ['a marker with a blank', `${field('name: a')}clear_marker: " x"`, 'cannot begin or end with white space'],
  [
    'additional_attributes: merge',
    `${field('name: a')}additional_attributes: merge`,
    'Did you mean "merges"?',
  ],
])('%s is refused', (_, text, message) => {
  const error = thrownBy(() => parseMapping(text, 'm.yaml'));
  expect(error).toBeInstanceOf(RunError);
  expect(error).toMatchObject({ code: 'ERR_MAPPING', exitCode: 2 });
  expect(error.message).toContain(message);
});

test('a column may be named by a number, and a word of YAML stays a word', () => {
  const mapping = parseMapping(
    'version: 1\ncontact_id: 01\nonly: { on: [yes, 01, true, ""] }\nfields: { name: 2024 }',
    'm',
  );
  expect(mapping.contact).toEqual({ kind: 'id', column: '01' });
  expect(mapping.only).toEqual([{ column: 'on', values: ['yes', '01', 'true', ''] }]);
  expect(mapping.fields[0]?.source).toEqual({ kind: 'column', column: '2024' });
});

test('a field knows where its column is named', () => {
  const { places } = parseMapping(
    `${HEAD}fields:\n  email: Email\n  name: { trim: true, column: N }\n`,
    'm.yaml',
  );
  expect(Object.fromEntries(places)).toEqual({
    contact_id: 'm.yaml:2:13',
    'fields.email': 'm.yaml:4:10',
    'fields.name': 'm.yaml:5:31',
  });
});

test('nesting without end is an error, not a crash', () => {
  for (const text of ['['.repeat(20_000), `${'['.repeat(20_000)}${']'.repeat(20_000)}`]) {
    expect(thrownBy(() => parseMapping(`a: ${text}`, 'm.yaml'))).toBeInstanceOf(RunError);
  }
});

test.each([
  ['1234', 1234],
  ['-12', -12],
  ['1.5', 1.5],
  ['0', 0],
  ['1e+21', 1e21],
  ['"01234"', '01234'],
  ["'1.10'", '1.10'],
])('a fixed value is sent as it is written: %s', (written, value) => {
  const mapping = parseMapping(field(`custom_attributes.a: { value: ${written} }`), 'm');
  expect(mapping.fields[0]?.source).toEqual({ kind: 'value', value });
});

test('null as a text, or an empty cell, is written so, and among the cells that count as empty it is a text in any case', () => {
  const text = `${field('name: { column: a, empty_values: [null, NULL, ~] }')}only: { a: ["null", 'NULL', ''] }\n`;
  const mapping = parseMapping(text, 'm');
  expect(mapping.only).toEqual([{ column: 'a', values: ['null', 'NULL', ''] }]);
  expect(mapping.fields[0]?.emptyValues).toEqual(['null', 'NULL', '~']);
});
