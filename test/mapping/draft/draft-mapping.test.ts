import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Row, Shape } from '../../../src/core/types.ts';
import { compileMapping } from '../../../src/mapping/compile/compile.ts';
import { draftMapping } from '../../../src/mapping/draft/draft-mapping.ts';
import { draftText } from '../../../src/mapping/draft/draft-text.ts';
import { sampleColumns } from '../../../src/mapping/draft/sample.ts';
import { parseMapping } from '../../../src/mapping/parse/parse.ts';
import { uncommented } from './draft-of.ts';

describe('the contact id', () => {
  it.each([
    [['contact_id', 'email'], ['318763', 'a@example.com'], { kind: 'id', column: 'contact_id' }],
    [['LiveDesk ID', 'email'], ['318763', 'a@example.com'], { kind: 'id', column: 'LiveDesk ID' }],
    [['livedesk_contact_id', 'name'], ['', 'A'], { kind: 'id', column: 'livedesk_contact_id' }],
  ])('is a column of its exact name: %j', (columns, cells, contact) => {
    expect(draft(columns, [cells]).contact).toMatchObject(contact);
  });

  it.each([
    ['id'],
    ['Id'],
    ['ID'],
    ['Contact ID'],
    ['contactId'],
    ['ContactId'],
    ['CONTACT_ID'],
    ['Record ID'],
    ['(Do Not Modify) Contact'],
    ['customer_id'],
  ])('is not %s, which is searched as the identifier', (column) => {
    expect(draft([column, 'email'], [['318763', 'a@example.com']]).contact).toMatchObject({
      kind: 'match',
      keys: [
        { path: 'identifier', field: { column } },
        { path: 'email', field: { column: 'email' } },
      ],
    });
  });

  it('is not a contact_id that holds something else', () => {
    expect(draft(['contact_id', 'name'], [['003Qx01', 'A']]).contact).toMatchObject({
      kind: 'match',
      keys: [{ path: 'identifier', field: { column: 'contact_id' } }],
    });
  });

  it('is taken where a few of its cells are faulty', () => {
    const rows = [
      ['1', 'A'],
      ['2', 'B'],
      ['x', 'C'],
    ];
    expect(draft(['contact_id', 'name'], rows).contact.kind).toBe('id');
  });

  it('and the identifier are no columns whose values repeat', () => {
    const rows = [
      ['7', 'a@example.com'],
      ['7', 'b@example.com'],
    ];
    expect(draft(['customer_id', 'email'], rows).contact).toMatchObject({ keys: [{ path: 'email' }] });
  });
});

describe('names', () => {
  it.each([
    [['Name', 'Vorname'], '{Vorname} {Name}'],
    [['Nom', 'Prénom'], '{Prénom} {Nom}'],
    [['姓', '名'], '{姓}{名}'],
    [['First Name', 'Surname'], '{First Name} {Surname}'],
    [['Fi{rst Name', 'Last Name'], undefined],
  ])('of %j are %s', (columns, template) => {
    const cells = [...columns.map(() => 'A'), 'a@example.com'];
    const name = draft([...columns, 'email'], [cells]).fields.find(({ path }) => path === 'name');
    expect(name?.field['template']).toBe(template);
  });

  it('come from the parts where the full name is empty', () => {
    const { fields } = draft(['name', 'first name', 'last name', 'email'], [['', 'A', 'B', 'a@example.com']]);
    expect(fields[0]?.field).toEqual({ template: '{first name} {last name}' });
  });
});

describe('phones', () => {
  it.each([
    [['+49301', '+49302'], undefined, 'every sampled number begins with "+"'],
    [["'+49301234", '+49302345'], undefined, 'every sampled number begins with "+"'],
    [['+49301234', '030 1234'], 'country', '1 of 2 sampled numbers have no "+"'],
    [['030 12345', '004930123'], 'country', '2 of 2 sampled numbers have no "+"'],
    [['4.93012E+11'], 'country', 'lost digits'],
    [['', ''], 'country', 'empty in the sample'],
  ])('%j ask for %s', (cells, option, why) => {
    const { fields } = draft(
      ['email', 'phone'],
      cells.map((cell) => ['a@example.com', cell]),
    );
    const phone = fields.find(({ path }) => path === 'phone_number');
    expect(phone?.blank?.option).toBe(option);
    expect(phone?.why).toContain(why);
    expect(JSON.stringify(phone?.field)).not.toContain('country');
  });
});

describe('columns that say whom not to write to', () => {
  it.each([
    ['blocked'],
    ['Email Opt Out'],
    ['HasOptedOutOfEmail'],
    ['Unsubscribed'],
    ['gesperrt'],
    ['黑名单'],
  ])('%s is offered as an attribute of its own, never as blocked', (column) => {
    const { fields, rest } = draft([column, 'email'], [['true', 'a@example.com']]);
    expect(fields.map(({ path }) => path)).toEqual(['email']);
    expect(rest).toMatchObject([{ field: { column }, isOffered: true }]);
    expect(rest[0]?.path).toMatch(/^custom_attributes\./);
    expect(rest[0]?.why).toContain('not "blocked"');
  });
});

it.each([['password'], ['IBAN'], ['API Key'], ['Card Number'], ['密码']])(
  '%s is offered with a warning',
  (column) => {
    const { rest } = draft([column, 'email'], [['x', 'a@example.com']]);
    expect(rest).toMatchObject([{ isOffered: true, why: 'text; by its name not for the eyes of agents' }]);
  },
);

describe('columns named like fields', () => {
  it('are those fields', () => {
    const columns = ['contact_id', 'custom_attributes.plan', 'additional_attributes.city', 'city', '_row'];
    const { fields, rest } = draft(columns, [['1', 'gold', 'Berlin', 'Bonn', '7']]);
    const paths = fields.map(({ path, field }) => `${path}: ${String(field['column'])}`);
    expect(paths).toEqual([
      'additional_attributes.city: city',
      'custom_attributes.plan: custom_attributes.plan',
    ]);
    expect(rest.map(({ path }) => path)).toEqual(['custom_attributes.additional_attributes_city']);
  });

  it('and all other columns are taken where nothing else would be sent', () => {
    const { fields, rest } = draft(['contact_id', 'Tier', 'Score'], [['1', 'gold', '7']]);
    expect(fields.map(({ path }) => path)).toEqual(['custom_attributes.tier', 'custom_attributes.score']);
    expect(rest).toEqual([]);
  });
});

describe('an input that nothing can be made of is refused', () => {
  it.each([
    [['Tier', 'Score'], 'says whose contact a row is: a contact_id, an e-mail address'],
    [['contact_id'], 'nothing else that could be sent'],
  ])('%j', (columns, message) => {
    expect(() => draft(columns, [columns.map(() => '1')])).toThrow(message);
  });
});

it('any header makes a mapping of its file, whose text holds no cell and offers what can be taken', async () => {
  const name = fc
    .oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
      fc.constantFrom(
        'id',
        'Name',
        'Vorname',
        'phone',
        'City',
        'constructor',
        '__proto__',
        'custom_attributes.*',
      ),
      fc.constantFrom(
        '{a}',
        'a: b',
        '# x',
        '- y',
        '"q"',
        'null',
        'true',
        'custom_attributes.x',
        "it's",
        'Opt out',
      ),
    )
    .map((text) => text.trim())
    .filter((text) => text !== '');
  const token = 'Qz7Kw';
  const cell = fc.oneof(
    fc.constantFrom('', '1', '1,5', '2026-01-31', '01/02/2026', `+49 30 ${token}`, 'ja'),
    fc.string().map((text) => `${text}${token}`),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(name, { maxLength: 8 }),
      fc.array(fc.array(cell, { minLength: 8, maxLength: 8 }), { maxLength: 4 }),
      async (names, rows) => {
        const columns = ['E-mail', ...names.filter((one) => one !== 'E-mail')];
        const shape = shapeOf(columns);
        const proposed = draftMapping(
          sampleOf(
            columns,
            rows.map((cells) => [`a@${token}.example`, ...cells]),
          ),
          shape,
        );
        const text = draftText(proposed, { schema: 'schema.json', input: 'a.csv' });
        expect(text).not.toContain(token);
        await compileMapping(parseMapping(text, 'draft.yaml'), shape);
        const whole = uncommented(text).replace(/^ *country: XX.*\n/gm, '');
        const { unusedColumns } = await compileMapping(parseMapping(whole, 'draft.yaml'), shape);
        expect(unusedColumns.filter((column) => !names.includes(column))).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
});

// --- internal ---

function draft(columns: readonly string[], rows: readonly (readonly string[])[]) {
  return draftMapping(sampleOf(columns, rows), shapeOf(columns));
}

function shapeOf(columns: readonly string[]): Shape {
  return { input: 0, name: 'a.csv', format: 'csv', columns, delimiter: ',' };
}

function sampleOf(columns: readonly string[], rows: readonly (readonly string[])[]) {
  const all = rows.map((record, index): Row => ({ input: 0, row: index + 1, line: index + 2, record }));
  return sampleColumns(shapeOf(columns), all);
}
