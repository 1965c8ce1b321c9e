import { expect, test } from 'vitest';
import { compileMapping } from '../../../src/mapping/compile/compile.ts';
import { parseMapping } from '../../../src/mapping/parse/parse.ts';
import { compileCsv, csvShape, gist, jsonlShape, mappingText, rowOf } from '../helpers.ts';

test('unknown columns are all told at once, with the near miss and what there is', async () => {
  const compiled = compileCsv('email: E-Mail\nname: "{first} {lst}"', ['Email', 'first', 'last']);
  await expect(compiled).rejects.toMatchObject({ code: 'ERR_MAPPING', exitCode: 2 });
  await expect(compiled).rejects.toThrow(
    'm.yaml:5:10: no column "E-Mail" in contacts.csv. Did you mean "Email"?\n' +
      'm.yaml:6:9: no column "lst" in contacts.csv. Did you mean "last"?\n' +
      'It has: "id", "Email", "first", "last".',
  );
});

test.each(['only: { Sttus: a }', 'expect: { identifier: Sttus }'])('also in %s', async (more) => {
  await expect(compileCsv('email: E', ['E', 'Status'], more)).rejects.toThrow(
    /no column "Sttus" .* mean "Status"/,
  );
});

test('a missing id is told as such, in JSONL too', async () => {
  const mapping = parseMapping(mappingText('email: e'), 'm.yaml');
  const message =
    /m\.yaml:2:13: there is no column "id" in contacts\.(csv|jsonl) for the contact id\. Did you mean "Id"\?/;
  await expect(compileMapping(mapping, csvShape(['Id', 'e']))).rejects.toThrow(message);
  await expect(compileMapping(mapping, jsonlShape(['Id', 'e']))).rejects.toThrow(message);
});

test('a JSONL column that the sample lacks is a warning, and again if it never appears', async () => {
  const mapping = parseMapping(mappingText('email: e\nname: n\ncustom_attributes.o: o'), 'm.yaml');
  const { apply, warnings, noticed } = await compileMapping(mapping, jsonlShape(['id', 'o.a']));
  expect(warnings).toEqual([
    'contacts.jsonl: the column "e" stands in none of the first 1,000 rows.',
    'contacts.jsonl: the column "n" stands in none of the first 1,000 rows.',
  ]);
  expect(noticed()).toHaveLength(2);
  expect(gist(apply(rowOf({ id: 1, n: 'Anna' })))).toEqual({ name: 'Anna' });
  expect(noticed()).toEqual(['contacts.jsonl: the column "e" never appeared, so nothing was taken from it.']);
});

test('columns that nothing reads are told once, but never those that begin with _', async () => {
  const { unusedColumns, warnings } = await compileCsv('email: E', ['E', 'Notes', '_row', 'Fax']);
  expect(unusedColumns).toEqual(['Notes', 'Fax']);
  expect(warnings).toEqual(['contacts.csv: not mapped, so not sent: "Notes", "Fax".']);
});

test('in JSONL a column is used if a part of it is, or what it is part of', async () => {
  const mapping = parseMapping(mappingText('email: a.b\ncustom_attributes: c'), 'm.yaml');
  const { unusedColumns } = await compileMapping(
    mapping,
    jsonlShape(['id', 'a', 'a.b', 'a.x', 'c', 'c.d', 'cc']),
  );
  expect(unusedColumns).toEqual(['a.x', 'cc']);
});

test('ids with a decimal zero are noticed', async () => {
  const { apply, noticed } = await compileCsv('email: E', ['E']);
  expect(noticed()).toEqual([]);
  apply(rowOf(['318763.0', 'a@b']));
  expect(noticed()).toEqual([
    expect.stringMatching(/^contacts\.csv: ids in column "id" are written like 318763\.0 \(1 so far\)/),
  ]);
});

test('a glob takes what matches and nobody else names', async () => {
  const fields =
    'custom_attributes.tier: cf_tier\ncustom_attributes.*: { columns: ["cf_*", "x-*"], type: integer }';
  const columns = ['cf_plan', 'cf_tier', 'x-a', 'cf_', '_cf_b', 'other'];
  const { apply, unusedColumns } = await compileCsv(fields, columns);
  expect(gist(apply(rowOf(['7', '1', 'gold', '2', '3', '4', '5'])))).toEqual({
    custom_attributes: { tier: 'gold', plan: 1, a: 2 },
  });
  expect(unusedColumns).toEqual(['cf_', 'other']);
});

test.each<[string, string[], RegExp]>([
  [
    'custom_attributes.*: { columns: "cf_*" }',
    ['plan'],
    /m\.yaml:5:35: no column of contacts\.csv matches "cf_\*"/,
  ],
  ['custom_attributes.*: { columns: "cf_*" }', ['cf___proto__'], /"__proto__" is reserved/],
  [
    'custom_attributes.*: { columns: ["cf_*", "x_*"] }',
    ['cf_a', 'x_a'],
    /the column "x_a" would set custom_attributes\.a, but the column "cf_a" does so too/,
  ],
  [
    'custom_attributes.a: b\ncustom_attributes.*: { columns: "cf_*" }',
    ['b', 'cf_a'],
    /would set custom_attributes\.a, but the mapping sets it itself/,
  ],
])('%s over %j is refused', async (fields, columns, message) => {
  await expect(compileCsv(fields, columns)).rejects.toThrow(message);
});

test('in JSONL a glob stops at dots', async () => {
  const mapping = parseMapping(mappingText('custom_attributes.*: { columns: "crm.*" }'), 'm.yaml');
  const { apply } = await compileMapping(mapping, jsonlShape(['id', 'crm', 'crm.a', 'crm.a.b']));
  expect(gist(apply(rowOf({ id: 7, crm: { a: { b: 1 } } })))).toEqual({ custom_attributes: { a: { b: 1 } } });
});

test('an expectation on a field that is set proves nothing', async () => {
  const { warnings } = await compileCsv('identifier: crm', ['crm'], 'expect: { identifier: crm }');
  expect(warnings).toEqual([
    '"expect" on identifier proves nothing, since the mapping sets identifier itself.',
  ]);
});

test('a country that has no phone numbers is told where it stands', async () => {
  const compiled = compileCsv('phone_number: { column: P, country: ZZ }', ['P']);
  await expect(compiled).rejects.toThrow(/^m\.yaml:5:\d+: "ZZ" is not a country with phone numbers/);
});
