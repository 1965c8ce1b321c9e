import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CompiledMapping, compileMapping } from '../../../src/mapping/compile/compile.ts';
import { parseMapping } from '../../../src/mapping/parse/parse.ts';
import { csvShape, jsonlShape, rowOf } from '../helpers.ts';

const textOf = (match: string, more: string) => `version: 1\nmatch: ${match}\nfields: { name: N }\n${more}\n`;

function compileMatch(match: string, columns: readonly string[], more = ''): Promise<CompiledMapping> {
  return compileMapping(parseMapping(textOf(match, more), 'm.yaml'), csvShape(['N', ...columns]));
}

async function mapMatch(match: string, cells: Readonly<Record<string, string>>, more = '') {
  const { apply } = await compileMatch(match, Object.keys(cells), more);
  return apply(rowOf(['Anna', ...Object.values(cells)]));
}

async function keysOf(match: string, cells: Readonly<Record<string, string>>, more = '') {
  const mapped = await mapMatch(match, cells, more);
  if (mapped.kind === 'unmatched') return mapped.keys.map(({ field, value }) => `${field}=${value}`);
  return mapped.kind === 'invalid' ? mapped.error.code : mapped.kind;
}

const THREE = '{ identifier: I, email: E, phone_number: { column: P, country: US } }';

test.each([
  ['#N/A', 'an error of a spreadsheet'],
  ['—', 'a dash'],
  ['(null)', 'what programs write for no value'],
  ['0000-00-00', 'what programs write for no value'],
  ['{{crm_id}}', 'a field that a template left unfilled'],
])('what stands for no value is no key, and is named by its kind: %s', async (cell, kind) => {
  const mapped = await mapMatch('{ identifier: "crm-{I}" }', { I: cell });
  expect(mapped).toMatchObject({
    kind: 'invalid',
    error: { code: 'ERR_NO_KEY', field: 'identifier', column: 'I' },
  });
  const { message } = (mapped as Extract<typeof mapped, { kind: 'invalid' }>).error;
  expect(message).toContain(`Column "I" is ${kind}`);
  expect(message).toContain('"empty_values"');
  expect(message).not.toContain(cell);
});

test('the clear marker of the mapping is an empty key and no placeholder', async () => {
  const match = '{ identifier: I, email: E }';
  expect(await keysOf(match, { I: '\\N', E: 'a@b' }, "clear_marker: '\\N'")).toEqual(['email=a@b']);
});

test('rows whose key stands for no value are counted for the summary', async () => {
  const compiled = await compileMatch('{ identifier: I }', ['I']);
  for (const cell of ['#N/A', '#N/A', 'NULL', 'K-1', 'NULL']) {
    const row = rowOf(['Anna', cell]);
    compiled.notice(row, compiled.apply(row));
  }
  expect(compiled.noticed().join()).toContain(
    `4 cells look like no value (2 × #N/A, 2 × NULL) and are no keys. If they are empty, put into the mapping, at the key or under "defaults": empty_values: ['#N/A', 'NULL']`,
  );
});

test('a row without a contact id goes on with its keys and without the matched field', async () => {
  expect(await mapMatch('{ identifier: crm_id }', { crm_id: ' 0815 ' })).toEqual({
    kind: 'unmatched',
    keys: [{ field: 'identifier', value: '0815' }],
    patch: { body: { name: 'Anna' }, fields: ['name'], complete: false },
  });
});

test.each<[string, Record<string, string>, unknown]>([
  ['{ email: E }', { E: ' Anna_100%+x@Example.COM ' }, ['email=anna_100%+x@example.com']],
  ['{ email: E }', { E: 'ÄNNE@EXAMPLE.COM' }, ['email=änne@example.com']],
  ['{ email: E }', { E: 'anna' }, 'ERR_EMAIL'],
  ['{ email: E }', { E: `${'x'.repeat(250)}@b.com` }, 'ERR_TOO_LONG'],
  ['{ email: E }', { E: 'a@\uFFFD' }, 'ERR_CHARACTER'],
  ['{ phone_number: P }', { P: '+1 (415) 555-2671' }, ['phone_number=+14155552671']],
  ['{ phone_number: P }', { P: '(415) 555-2671' }, 'ERR_PHONE'],
  ['{ phone_number: { column: P, country: US } }', { P: '(415) 555-2671' }, ['phone_number=+14155552671']],
  ['{ phone_number: P }', { P: '1.41556E+10' }, 'ERR_PHONE'],
  ['{ identifier: I }', { I: '0815' }, ['identifier=0815']],
  ['{ identifier: I }', { I: 'AbC' }, ['identifier=AbC']],
  ['{ identifier: I }', { I: '1.2E+06' }, 'ERR_SCIENTIFIC'],
  ['{ identifier: I }', { I: 'x'.repeat(256) }, 'ERR_TOO_LONG'],
  ['{ identifier: { column: I, trim: false } }', { I: ' 7' }, ['identifier= 7']],
  ['{ identifier: "{R}-{I}" }', { R: 'eu ', I: '7' }, ['identifier=eu-7']],
  ['{ identifier: "{R}-{I}" }', { R: '', I: '7' }, 'ERR_NO_KEY'],
  ['{ identifier: I }', { I: '  ' }, 'ERR_NO_KEY'],
  ['{ identifier: I }', { I: '#N/A' }, 'ERR_NO_KEY'],
  ['{ identifier: I }', { I: ' NULL ' }, 'ERR_NO_KEY'],
  ['{ identifier: I }', { I: '-' }, 'ERR_NO_KEY'],
  ['{ identifier: I }', { I: '0' }, ['identifier=0']],
  ['{ identifier: "crm-{I}" }', { I: 'n/a' }, 'ERR_NO_KEY'],
  ['{ identifier: "{R}-{I}", email: E }', { R: '', I: '#N/A', E: 'a@b' }, ['email=a@b']],
  ['{ identifier: I, email: E }', { I: 'NULL', E: 'a@b' }, 'ERR_NO_KEY'],
  ['{ identifier: { column: I, empty_values: ["NULL"] }, email: E }', { I: 'NULL', E: 'a@b' }, ['email=a@b']],
  ['{ identifier: { column: I, empty_values: ["NULL"] } }', { I: '#N/A' }, 'ERR_NO_KEY'],
  ['{ email: E }', { E: '#N/A' }, 'ERR_EMAIL'],
  ['{ phone_number: P }', { P: '-' }, 'ERR_PHONE'],
  [THREE, { I: '7', E: 'a@B', P: '4155552671' }, ['identifier=7', 'email=a@b', 'phone_number=+14155552671']],
  [THREE, { I: '', E: 'a@b', P: '' }, ['email=a@b']],
  [THREE, { I: '', E: '', P: ' ' }, 'ERR_NO_KEY'],
  [THREE, { I: '7', E: 'bad', P: '' }, 'ERR_EMAIL'],
  ['[{ email: E }, { identifier: I }]', { I: '7', E: 'a@b' }, ['email=a@b', 'identifier=7']],
])('%s of %j', async (match, cells, keys) => {
  expect(await keysOf(match, cells)).toEqual(keys);
});

test('a cell that clears is no key', async () => {
  const more = `clear_marker: '\\N'\ndefaults: { empty: clear }`;
  expect(await keysOf('{ identifier: I, email: E }', { I: '\\N', E: 'a@b' }, more)).toEqual(['email=a@b']);
  expect(await keysOf('{ identifier: I, email: E }', { I: '\\N', E: '' }, more)).toBe('ERR_NO_KEY');
});

test('a malformed key is never dropped: a lesser one might find somebody else', async () => {
  expect(await mapMatch(THREE, { I: '', E: 'bad', P: '4155552671' }, 'on_invalid_field: drop_field')).toEqual(
    {
      kind: 'invalid',
      error: {
        code: 'ERR_EMAIL',
        message: 'Column "E" is not an e-mail address: one "@", something on both sides, no space.',
        field: 'email',
        column: 'E',
      },
    },
  );
});

test.each<[string, Record<string, string>, object]>([
  [
    '{ email: E }',
    { E: '' },
    { message: 'There is no key to find the contact by: column "E" is empty.', field: 'email', column: 'E' },
  ],
  [
    '{ email: E, identifier: I }',
    { E: '', I: '' },
    {
      message:
        'There is no key to find the contact by: column "E" and column "I" are empty. Fill one of them.',
    },
  ],
  [
    '{ identifier: "{R}-{I}" }',
    { R: '', I: '7' },
    {
      message: 'There is no key to find the contact by: the template of identifier is empty or incomplete.',
      field: 'identifier',
    },
  ],
])('a row without a key says which columns to fill: %s', async (match, cells, error) => {
  expect(await mapMatch(match, cells)).toEqual({ kind: 'invalid', error: { code: 'ERR_NO_KEY', ...error } });
});

test('first only, then the key, then the fields', async () => {
  const { apply } = await compileMatch('{ email: E }', ['E', 'S'], 'only: { S: active }');
  expect(apply(rowOf(['Anna', '', 'gone']))).toEqual({ kind: 'skipped', reason: 'only' });
  expect(apply(rowOf(['Anna', 'a@b', 'gone']))).toEqual({ kind: 'skipped', reason: 'only' });
  expect(apply(rowOf(['', '', 'active']))).toMatchObject({ kind: 'invalid', error: { code: 'ERR_NO_KEY' } });
  expect(apply(rowOf(['', 'a@b', 'active']))).toEqual({ kind: 'skipped', reason: 'empty' });
  expect(apply(rowOf(['A\0', 'a@b', 'active']))).toMatchObject({ error: { code: 'ERR_CHARACTER' } });
});

test('a matched field is sent where it is mapped too, and expected where it says so', async () => {
  const text = 'version: 1\nmatch: { email: E }\nfields: { email: E }\nexpect: { identifier: I, email: E }\n';
  const { apply } = await compileMapping(parseMapping(text, 'm.yaml'), csvShape(['E', 'I']));
  expect(apply(rowOf(['Anna@b', '7']))).toEqual({
    kind: 'unmatched',
    keys: [{ field: 'email', value: 'anna@b' }],
    patch: {
      body: { email: 'Anna@b' },
      fields: ['email'],
      complete: false,
      expect: { identifier: '7', email: 'Anna@b' },
    },
  });
  expect(apply(rowOf(['Anna@b', '']))).toMatchObject({ kind: 'invalid', error: { field: 'identifier' } });
});

test('fields that were dropped are told of a row with keys too', async () => {
  const text =
    'version: 1\nmatch: { email: E }\nfields: { name: N, blocked: B }\non_invalid_field: drop_field\n';
  const { apply } = await compileMapping(parseMapping(text, 'm.yaml'), csvShape(['E', 'N', 'B']));
  expect(apply(rowOf(['a@b', 'Anna', 'perhaps']))).toMatchObject({
    kind: 'unmatched',
    dropped: [{ code: 'ERR_BOOLEAN', field: 'blocked' }],
  });
});

test('in JSONL a key may be a number, never a list', async () => {
  const mapping = parseMapping(textOf('{ identifier: crm.id, email: e }', ''), 'm.yaml');
  const { apply } = await compileMapping(mapping, jsonlShape(['N', 'crm', 'crm.id', 'e']));
  const keys = (record: object) => apply(rowOf({ N: 'Anna', ...record }));
  expect(keys({ crm: { id: 2222 } })).toMatchObject({ keys: [{ field: 'identifier', value: '2222' }] });
  expect(keys({ crm: { id: null }, e: 'a@b' })).toMatchObject({ keys: [{ field: 'email', value: 'a@b' }] });
  expect(keys({ crm: { id: [1] } })).toMatchObject({ error: { code: 'ERR_VALUE', field: 'identifier' } });
  expect(keys({})).toMatchObject({ error: { code: 'ERR_NO_KEY' } });
});

test('whatever the cells hold, there is a key or a reason, and keys come trimmed and in order', async () => {
  const { apply } = await compileMatch(THREE, ['I', 'E', 'P']);
  const cell = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    // an apostrophe in front is that of a spreadsheet, and goes
    fc.emailAddress().filter((address) => !address.startsWith("'")),
    fc.constantFrom('', ' ', '0', 'A@B', '+14155552671', '415 555 2671', '1E+5'),
  );
  const order = ['identifier', 'email', 'phone_number'];
  fc.assert(
    fc.property(cell, cell, cell, (I, E, P) => {
      const mapped = apply(rowOf(['Anna', I, E, P]));
      if (mapped.kind === 'invalid') {
        const column = { identifier: I, email: E, phone_number: P }[mapped.error.field ?? ''];
        expect([I, E, P].some((text) => text.trim() !== '')).toBe(mapped.error.code !== 'ERR_NO_KEY');
        if (column !== undefined) expect(column.trim()).not.toBe('');
        return;
      }
      if (mapped.kind !== 'unmatched') throw new Error(`a row became ${mapped.kind}`);
      const fields = mapped.keys.map(({ field }) => field);
      expect(fields).toEqual(order.filter((_, i) => [I, E, P][i]?.trim() !== ''));
      for (const { field, value } of mapped.keys) {
        expect(value).toBe(value.trim());
        if (field === 'email') expect(value).toBe(E.trim().toLowerCase());
        if (field === 'identifier') expect(value).toBe(I.trim());
        if (field === 'phone_number') expect(value).toMatch(/^\+[1-9]\d{1,14}$/);
      }
    }),
  );
});

test('what a run asks of a mapping that matches', async () => {
  const more = 'on_missing: create\ninbox_id: 407';
  expect(await compileMatch('{ phone_number: P, email: E }', ['P', 'E'], more)).toMatchObject({
    matchedBy: ['phone_number', 'email'],
    onMissing: 'create',
    inboxId: 407,
  });
  expect(await compileMatch('{ email: E }', ['E'])).toMatchObject({ onMissing: 'error' });
  expect(await compileMatch('{ email: E }', ['E'])).not.toHaveProperty('inboxId');
});

test('a column of a key that is not there is told as such, with the near miss', async () => {
  await expect(compileMatch('{ identifier: crm_id, email: Mail }', ['CRM ID', 'Mail'])).rejects.toThrow(
    'm.yaml:2:22: there is no column "crm_id" in contacts.csv for the match by identifier. Did you mean "CRM ID"?\n' +
      'It has: "N", "CRM ID", "Mail".',
  );
  await expect(compileMatch('{ identifier: "{R}-{I}" }', ['I'])).rejects.toThrow(
    /m\.yaml:2:22: there is no column "R" in contacts\.csv for the match by identifier\./,
  );
});

test('in JSONL one key is enough, and what the others lack is a warning', async () => {
  const mapping = parseMapping(textOf('{ identifier: "{r}-{i}", email: e }', ''), 'm.yaml');
  const { warnings, noticed, apply } = await compileMapping(mapping, jsonlShape(['N', 'e', 'i']));
  expect(warnings).toEqual(['contacts.jsonl: the column "r" stands in none of the first 1,000 rows.']);
  expect(noticed()).toEqual(['contacts.jsonl: the column "r" never appeared, so nothing was taken from it.']);
  expect(apply(rowOf({ N: 'Anna', r: 'eu', i: 7 }))).toMatchObject({ keys: [{ value: 'eu-7' }] });
  expect(noticed()).toEqual([]);
  await expect(compileMapping(mapping, jsonlShape(['N', 'i']))).rejects.toThrow(
    /no column "r" .* for the match by identifier\.[\s\S]* no column "e" .* for the match by email\./,
  );
});

test('a column of a key is used, and no glob takes it', async () => {
  const text =
    'version: 1\nmatch: { identifier: cf_id, email: "{cf_u}@{cf_d}" }\nfields: { custom_attributes.*: { columns: "cf_*" } }\n';
  const { apply, unusedColumns } = await compileMapping(
    parseMapping(text, 'm.yaml'),
    csvShape(['cf_id', 'cf_u', 'cf_d', 'cf_plan']),
  );
  expect(unusedColumns).toEqual([]);
  expect(apply(rowOf(['7', 'a', 'b', 'pro']))).toMatchObject({
    keys: [{ value: '7' }, { value: 'a@b' }],
    patch: { body: { custom_attributes: { plan: 'pro' } } },
  });
});

test('a country that has no phone numbers is told where the key stands', async () => {
  await expect(compileMatch('{ phone_number: { column: P, country: ZZ } }', ['P'])).rejects.toThrow(
    /^m\.yaml:2:34: "ZZ" is not a country with phone numbers/,
  );
});
