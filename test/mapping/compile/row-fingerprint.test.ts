import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InexactNumber, KEY_FIELDS, type Mapped, type Row, type Shape } from '../../../src/core/types.ts';
import { compileMapping } from '../../../src/mapping/compile/compile.ts';
import { parseMapping } from '../../../src/mapping/parse/parse.ts';
import { csvShape, jsonlShape, rowOf } from '../helpers.ts';

const MAPPING = `version: 1
contact_id: id
only: { kind: [a, b, ""] }
on_invalid_field: drop_field
clear_marker: '\\N'
fields:
  name: "{first} {last}"
  email: { column: email, type: email, empty: clear }
  phone_number: { column: phone, type: phone, country: US }
  identifier: { column: kind, values: { a: A, b: null }, otherwise: keep }
  custom_attributes.score: { column: score, type: number }
  custom_attributes.*: { columns: "cf_*" }
expect: { identifier: last }
`;
const COLUMNS = ['id', 'first', 'last', 'email', 'phone', 'kind', 'score', 'cf_x', 'cf_y', 'unread'];

const compiled = (shape: Shape, text = MAPPING) => compileMapping(parseMapping(text, 'm.yaml'), shape);
const cell = fc.constantFrom(
  ...[
    '',
    ' ',
    'a',
    'b',
    'a@x.de',
    '4155552671',
    '+14155552671',
    '1',
    '11',
    ':',
    '1:',
    '2:a1',
    '-',
    '(1)',
    '\\N',
    '\0',
  ],
);
const json = fc.oneof(cell, fc.constantFrom<unknown>(1, 0, -0, 1.5, true, false, null, undefined));

/** Rows of few values: by chance, by shifting text between neighbours, and by another id or unread cell. */
function pairOf<T>(value: fc.Arbitrary<T>): fc.Arbitrary<readonly [T[], T[]]> {
  const row = fc.array(value, { minLength: COLUMNS.length, maxLength: COLUMNS.length });
  return fc
    .tuple(row, row, fc.array(fc.boolean(), { minLength: COLUMNS.length, maxLength: COLUMNS.length }))
    .map(([one, other, isOthers]) => [one, one.map((own, i) => (isOthers[i] ? (other[i] ?? own) : own))]);
}

function withoutContact(mapped: Mapped): unknown {
  if (mapped.kind !== 'patch') return { ...mapped, contactId: undefined };
  return { ...mapped, patch: { ...mapped.patch, contactId: 0 } };
}

/** JSON knows no -0: it is sent as 0. */
function asSent(mapped: unknown): unknown {
  return JSON.parse(JSON.stringify(mapped));
}

describe('equal cells', () => {
  it('make equal patches (CSV)', async () => {
    const { apply, glance } = await compiled(csvShape(COLUMNS));
    let equal = 0;
    fc.assert(
      fc.property(pairOf(cell), ([one, other]) => {
        const [a, b] = [rowOf(['7', ...one.slice(1)]), rowOf(['7', ...other.slice(1)])];
        if (glance.cells(a) !== glance.cells(b)) return;
        equal += 1;
        expect(asSent(withoutContact(apply(a)))).toEqual(asSent(withoutContact(apply(b))));
      }),
      {
        numRuns: 2_000,
        examples: [[[COLUMNS.map(() => 'a'), COLUMNS.map((c) => (c === 'unread' ? 'b' : 'a'))]]],
      },
    );
    expect(equal).toBeGreaterThan(1);
  });

  it('make equal patches (JSONL)', async () => {
    const { apply, glance } = await compiled(jsonlShape(COLUMNS));
    const rowFrom = (cells: readonly unknown[]): Row =>
      rowOf({ ...Object.fromEntries(COLUMNS.map((name, i) => [name, cells[i]])), id: 7 });
    fc.assert(
      fc.property(pairOf(json), ([one, other]) => {
        const [a, b] = [rowFrom(one), rowFrom(other)];
        if (glance.cells(a) !== glance.cells(b)) return;
        expect(asSent(withoutContact(apply(a)))).toEqual(asSent(withoutContact(apply(b))));
      }),
      {
        numRuns: 2_000,
        examples: [
          [
            [0, -0].map((cf) => COLUMNS.map((name) => (name.startsWith('cf') ? cf : 'a'))) as [
              unknown[],
              unknown[],
            ],
          ],
        ],
      },
    );
  });

  it.each([
    ['one cell ends later and the next begins earlier', ['ab', 'c'], ['a', 'bc']],
    ['a number and its text', ['1', 'x'], [1, 'x']],
    ['null and nothing', [null, 'x'], [undefined, 'x']],
    ['a text that looks like a mark', ['(1)', 'x'], [1, 'x']],
  ])('are not seen in %s', async (_what, one, other) => {
    const text = 'version: 1\ncontact_id: id\nfields: { custom_attributes.a: a, custom_attributes.b: b }\n';
    const { glance } = await compiled(jsonlShape(['id', 'a', 'b']), text);
    const cellsOf = ([a, b]: readonly unknown[]) => glance.cells(rowOf({ id: 7, a, b }));
    expect(cellsOf(one)).not.toBe(cellsOf(other));
  });

  it('are not seen under other columns of a glob', async () => {
    const row = rowOf(['7', '', '', '', '', '', '', 'x', 'y', '']);
    const one = await compiled(csvShape(COLUMNS));
    const other = await compiled(csvShape(COLUMNS.map((name) => (name === 'cf_y' ? 'cf_z' : name))));
    expect(one.glance.cells(row)).not.toBe(other.glance.cells(row));
  });
});

it('leaves what the mapping reads from lists, objects and inexact numbers to the mapping', async () => {
  const { glance } = await compiled(jsonlShape(COLUMNS));
  for (const value of [[1], { a: 1 }, new InexactNumber('12345678901234567890')]) {
    expect(glance.cells(rowOf({ id: 7, cf_x: value }))).toBeUndefined();
    expect(glance.cells(rowOf({ id: 7, unread: value }))).toBeDefined();
  }
});

it('names the fields that a row sets as its patch does, and the key fields among them', async () => {
  const { apply, glance } = await compiled(csvShape(COLUMNS));
  const choices = [
    ['7'],
    ['', 'a'],
    ['a'],
    ['', ' ', 'a@x.de', '\\N'],
    ['', '4155552671', '\\N', ' '],
    ['', 'a', 'b', ' a'],
    ['', '1'],
    ['x', ''],
    [''],
    [''],
  ].map((cells) => fc.constantFrom(...cells));
  let patches = 0;
  fc.assert(
    fc.property(fc.tuple(...choices), (cells) => {
      const row = rowOf(cells);
      const mapped = apply(row);
      if (mapped.kind !== 'patch' || mapped.dropped) return;
      patches += 1;
      const set = glance.fields(row);
      expect(set.paths).toBe(mapped.patch.fields);
      expect(set.keyFields).toEqual(KEY_FIELDS.filter((field) => mapped.patch.fields.includes(field)));
    }),
    { numRuns: 500 },
  );
  expect(patches).toBeGreaterThan(200);
});

it.each(['{"a": 1, "b": null}', '{}', '', 'null', '{"a": 1'])(
  'names what a whole object sets by its keys: %j',
  async (attributes) => {
    const text = 'version: 1\ncontact_id: id\nfields: { name: name, custom_attributes: attributes }\n';
    const { apply, glance } = await compiled(csvShape(['id', 'name', 'attributes']), text);
    const row = rowOf(['7', 'Ada', attributes]);
    const mapped = apply(row);
    if (mapped.kind === 'patch') expect(glance.fields(row).paths).toBe(mapped.patch.fields);
    else expect(mapped.kind).toBe('invalid');
  },
);

describe('whose a row is', () => {
  it.each([
    ['7', 7],
    ['123456789012345', 123_456_789_012_345],
    ['1234567890123456', undefined],
    ['7.0', undefined],
    [' 7', undefined],
    ["'7", undefined],
    ['07', undefined],
    ['', undefined],
    ['x', undefined],
  ])('%j: %s', async (id, contact) => {
    const { glance } = await compiled(csvShape(COLUMNS));
    expect(glance.whose(rowOf([id]))).toBe(contact);
  });

  it.each([
    [7, 7],
    ['7', 7],
    [7.5, undefined],
    [-7, undefined],
    [2 ** 53, undefined],
    [null, undefined],
    [true, undefined],
  ])('in JSONL %j: %s', async (id, contact) => {
    const { glance } = await compiled(jsonlShape(COLUMNS));
    expect(glance.whose(rowOf({ id }))).toBe(contact);
  });

  it('keys, unless one is malformed or none is there', async () => {
    const text = 'version: 1\nmatch: { email: mail }\nfields: { name: name }\n';
    const { glance } = await compiled(csvShape(['mail', 'name']), text);
    expect(glance.whose(rowOf(['A@x.de', 'n']))).toEqual([{ field: 'email', value: 'a@x.de' }]);
    expect(glance.whose(rowOf(['a', 'n']))).toBeUndefined();
    expect(glance.whose(rowOf(['', 'n']))).toBeUndefined();
  });
});
