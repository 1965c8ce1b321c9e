import { expect, test } from 'vitest';
import { cellReader } from '../../../src/mapping/compile/cell.ts';
import { compileMapping } from '../../../src/mapping/compile/compile.ts';
import { parseMapping } from '../../../src/mapping/parse/parse.ts';
import { csvShape, gist, jsonlShape, mapCsv, mapJson, rowOf } from '../helpers.ts';

test.each([
  ['K-1', 'K-1'],
  ['="K-1"', 'K-1'],
  ['="01234"', '01234'],
  [' ="01234" ', '01234'],
  ['=""', ''],
  ['="say ""yes"""', 'say "yes"'],
  ['=" a "', ' a '],
  ['="two\nlines"', 'two\nlines'],
  ['="a"&"b"', '="a"&"b"'],
  ['="a" b', '="a" b'],
  ['="a', '="a'],
  ['=A1', '=A1'],
  ['=', '='],
  ['\u200b', ''],
  ['\u3164', ''],
  [' \u200b\u2800 ', ''],
  ['\ufe0f', ''],
  ['="\u200b"', ''],
  ['  ', '  '],
  ['\u200bAnna', '\u200bAnna'],
  ['é', 'é'],
  ['\0', '\0'],
  ['\u0085', '\u0085'],
  ['"a"', '"a"'],
])('the cell %j is read as %j', (cell, value) => {
  const [csv, jsonl, path] = [csvShape(['c']), jsonlShape(['c']), jsonlShape(['c.d'])];
  expect(cellReader('c', csv)([cell])).toBe(value);
  expect(cellReader('c', jsonl)({ c: cell })).toBe(value);
  expect(cellReader('c.d', path)({ c: { d: cell } })).toBe(value);
  expect(cellReader('c.d', path)({ 'c.d': cell })).toBe(value);
});

test.each([
  ['name: N', { N: '="Anna"' }, { name: 'Anna' }],
  [
    'custom_attributes.zip: { column: Z, type: string }',
    { Z: '="01234"' },
    { custom_attributes: { zip: '01234' } },
  ],
  ['custom_attributes.n: { column: Z, type: integer }', { Z: '="12"' }, { custom_attributes: { n: 12 } }],
  ['name: N', { N: '\u200b' }, 'empty'],
  ['name: N', { N: '\u3164' }, 'empty'],
  ['name: { column: N, empty: clear }', { N: '\u200b' }, { name: null }],
  ['name: { column: N, trim: false }', { N: '\u200b' }, 'empty'],
  ['email: N', { N: '\u200b' }, 'empty'],
  ['name: "{F} {L}"', { F: 'Anna', L: '\u3164' }, 'empty'],
  ['name: N', { N: '\0' }, 'ERR_CHARACTER'],
  ['name: "{F} {L}"', { F: '="Anna"', L: '="Lee"' }, { name: 'Anna Lee' }],
  ['name: { column: N, empty: error }', { N: '=""' }, 'ERR_EMPTY'],
  ['phone_number: P', { P: '="+14155552671"' }, { phone_number: '+14155552671' }],
  [
    'custom_attributes.x: { column: Z, values: { G: gold } }',
    { Z: '="G"' },
    { custom_attributes: { x: 'gold' } },
  ],
])('%s of %j', async (field, cells, body) => {
  expect(gist(await mapCsv(field, cells))).toEqual(body);
});

test('one person is one key, however a spreadsheet decorates it', async () => {
  const text = 'version: 1\nmatch: { identifier: I }\nonly: { S: [on] }\nfields: { name: N }\n';
  const { apply, glance } = await compileMapping(parseMapping(text, 'm.yaml'), csvShape(['I', 'N', 'S']));
  for (const cell of ['K-1', '="K-1"', "'K-1", '="\'K-1"']) {
    const row = rowOf([cell, 'Anna', '="on"']);
    const keys = [{ field: 'identifier', value: 'K-1' }];
    expect(apply(row)).toMatchObject({ kind: 'unmatched', keys });
    expect(glance.whose(row)).toEqual(keys);
  }
});

test.each([[['', '\u200b']], [['="" ', '']], [['\u3164', ' ']]])(
  'a row that shows nothing is no data: %j',
  async (record) => {
    const text = 'version: 1\ncontact_id: id\nfields: { name: N }\n';
    const { apply } = await compileMapping(parseMapping(text, 'm.yaml'), csvShape(['id', 'N']));
    expect(apply(rowOf(record))).toEqual({ kind: 'skipped', reason: 'blank' });
  },
);

test('an attribute of a whole object that shows nothing is empty', async () => {
  expect(gist(await mapJson('custom_attributes: { column: o }', { o: { a: '\u200b', b: 'x' } }))).toEqual({
    custom_attributes: { b: 'x' },
  });
});

test('a contact id is read out of a formula', async () => {
  const { apply } = await compileMapping(
    parseMapping('version: 1\ncontact_id: id\nfields: { name: N }\n', 'm.yaml'),
    csvShape(['id', 'N']),
  );
  expect(apply(rowOf(['="318763"', 'Anna']))).toMatchObject({ kind: 'patch', patch: { contactId: 318763 } });
});
