import { expect, test } from 'vitest';
import { compileMapping } from '../../../src/mapping/compile/compile.ts';
import { autoMapping, describeMapping } from '../../../src/mapping/load/auto-mapping.ts';
import { resolvedMapping } from '../../../src/mapping/load/resolved.ts';
import { parseMapping } from '../../../src/mapping/parse/parse.ts';
import { csvShape, gist, jsonlShape, rowOf } from '../helpers.ts';

const describe = (...shapes: Parameters<typeof autoMapping>[0]) => describeMapping(autoMapping(shapes));

test('a header of field names maps itself, without what is dangerous to guess', () => {
  const columns = [
    'contact_id',
    'email',
    'identifier',
    'blocked',
    'name',
    'additional_attributes.city',
    'custom_attributes.plan',
    'plan',
  ];
  expect(describe(csvShape(columns))).toBe(
    'version: 1\ncontact_id: contact_id\nfields:\n  name: name\n  email: email\n  custom_attributes.*: { columns: [custom_attributes.*] }\n',
  );
});

test('in JSONL custom attributes are taken whole', async () => {
  const shape = jsonlShape(['contact_id', 'custom_attributes.plan', 'phone_number']);
  expect(describe(shape)).toBe(
    'version: 1\ncontact_id: contact_id\nfields:\n  phone_number: phone_number\n  custom_attributes: custom_attributes\n',
  );
  const { apply, warnings } = await compileMapping(autoMapping([shape]), shape);
  expect(gist(apply(rowOf({ contact_id: 7, custom_attributes: { late: 1 } })))).toEqual({
    custom_attributes: { late: 1 },
  });
  expect(warnings).toEqual([]);
});

test('what is described reads back as what was proposed', () => {
  const mapping = autoMapping([
    csvShape(['contact_id', 'name', 'email', 'phone_number', 'custom_attributes.a']),
  ]);
  const again = parseMapping(describeMapping(mapping), 'm.yaml');
  expect(JSON.stringify(resolvedMapping(again))).toBe(JSON.stringify(resolvedMapping(mapping)));
});

test.each<[string, string[], RegExp]>([
  [
    'an id column',
    ['id', 'email'],
    /no column named contact_id.*If "id" holds the LiveDesk contact id.*\n {2}version: 1\n {2}contact_id: id\n/s,
  ],
  ['a near miss', ['Contact ID', 'email'], /contact_id: Contact ID\n/],
  ['nothing like it', ['email', 'name'], /contact_id: <column>\n/],
  [
    'nothing to send',
    ['contact_id', 'Mail'],
    /no column of contacts\.csv is named name, email, phone_number or/,
  ],
])('%s is a question for the user', (_, columns, message) => {
  expect(() => autoMapping([csvShape(columns)])).toThrow(message);
  expect(() => autoMapping([csvShape(columns)])).toThrow(
    expect.objectContaining({ code: 'ERR_MAPPING', exitCode: 2 }),
  );
});

test('a column that only some inputs have is a question too', () => {
  const other = { ...csvShape(['contact_id', 'name']), name: 'other.csv' };
  expect(() => autoMapping([csvShape(['contact_id', 'name', 'email']), other])).toThrow(
    'contacts.csv has a column "email" and other.csv has none.',
  );
});
