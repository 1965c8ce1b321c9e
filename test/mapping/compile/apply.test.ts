import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileMapping } from '../../../src/mapping/compile/compile.ts';
import { loadMapping } from '../../../src/mapping/load/load.ts';
import { compileCsv, gist, jsonlShape, mapCsv, mapJson, rowOf } from '../helpers.ts';

const fixture = (name: string) => new URL(`../../../fixtures/mapping/${name}`, import.meta.url).pathname;

test('the example of the Update Contact page becomes what it means and wipes nothing', async () => {
  const line = JSON.parse(await readFile(fixture('update-contact-page.jsonl'), 'utf8'));
  const mapping = await loadMapping(fixture('update-contact-page.yaml'));
  const { apply, warnings } = await compileMapping(mapping, jsonlShape(Object.keys(line)));
  expect(apply(rowOf(line))).toEqual({
    kind: 'patch',
    patch: {
      contactId: 318763,
      body: {
        name: 'Anna Müller',
        email: 'anna@example.com',
        phone_number: null,
        identifier: '2222',
        blocked: false,
        availability_status: 'offline',
        first_name: 'Anna',
        last_activity_at: 1721793451,
        created_at: 1721793451,
        custom_attributes: { vip_level: 'gold' },
      },
      fields: [
        'name',
        'email',
        'phone_number',
        'identifier',
        'blocked',
        'availability_status',
        'first_name',
        'last_activity_at',
        'created_at',
        'custom_attributes.vip_level',
      ],
      complete: false,
    },
  });
  expect(warnings[0]).toBe(
    'LiveDesk is known to ignore availability_status, thumbnail, last_activity_at, created_at: sent, but nothing changes. Remove from the mapping.',
  );
  expect(warnings[1]).toMatch(/probably ignores first_name, last_name/);
});

test('first only, then the id, then the fields', async () => {
  const { apply } = await compileCsv('email: E', ['E', 'Status'], 'only: { Status: [active, " trial "] }');
  expect(apply(rowOf(['x', 'bad', 'gone']))).toEqual({ kind: 'skipped', reason: 'only' });
  expect(apply(rowOf(['7', 'bad', 'gone']))).toEqual({ kind: 'skipped', reason: 'only', contactId: 7 });
  expect(apply(rowOf(['x', 'bad', ' trial']))).toMatchObject({
    kind: 'invalid',
    error: { code: 'ERR_CONTACT_ID' },
  });
  expect(apply(rowOf(['7', 'bad', 'active']))).toMatchObject({ contactId: 7, error: { code: 'ERR_EMAIL' } });
  expect(apply(rowOf(['7', '', 'active']))).toEqual({ kind: 'skipped', contactId: 7, reason: 'empty' });
});

test('every column of only must fit, and JSON values are compared by their text', async () => {
  const more = 'only: { a: [true], b: [1] }';
  expect(gist(await mapJson('email: e', { e: 'x@y', a: true, b: 1 }, more))).toEqual({ email: 'x@y' });
  expect(gist(await mapJson('email: e', { e: 'x@y', a: true, b: 2 }, more))).toBe('only');
  expect(gist(await mapJson('email: e', { e: 'x@y', a: [true], b: 1 }, more))).toBe('only');
});

test('an invalid field ends the row, or is dropped where the mapping says so', async () => {
  const fields = 'email: E\nname: N';
  const drop = 'on_invalid_field: drop_field';
  const error = {
    code: 'ERR_EMAIL',
    message: 'Column "E" is not an e-mail address: one "@", something on both sides, no space.',
    field: 'email',
    column: 'E',
  };
  expect(await mapCsv(fields, { E: 'bad', N: 'Anna' })).toEqual({ kind: 'invalid', contactId: 7, error });
  expect(await mapCsv(fields, { E: 'bad', N: 'Anna' }, drop)).toEqual({
    kind: 'patch',
    patch: { contactId: 7, body: { name: 'Anna' }, fields: ['name'], complete: false },
    dropped: [error],
  });
  expect(await mapCsv(fields, { E: 'bad', N: '' }, drop)).toEqual({ kind: 'invalid', contactId: 7, error });
});

test('only the columns of mapped fields are looked at', async () => {
  expect(gist(await mapCsv('email: E', { E: 'a@b', Other: '\0\uFFFD' }))).toEqual({ email: 'a@b' });
});

test.each<[string, string, boolean]>([
  ['email: A', '', false],
  ['custom_attributes.a: A', '', false],
  ['additional_attributes.city: A', '', true],
  ['additional_attributes.city: A', 'additional_attributes: replaces', true],
  ['additional_attributes.city: A', 'additional_attributes: merges', false],
  ['additional_attributes.social_profiles.x: A', 'additional_attributes: merges', true],
  ['additional_attributes.social_profiles: A', 'additional_attributes: merges', false],
  ['additional_attributes.social_profiles: A', '', true],
])('%s with "%s" must be completed: %s', async (fields, more, complete) => {
  expect(await mapCsv(fields, { A: 'a@b' }, more)).toMatchObject({ patch: { complete } });
});

test('a row whose additional attributes are all kept needs no completing', async () => {
  const mapped = await mapCsv('email: E\nadditional_attributes.city: C', { E: 'a@b', C: '' });
  expect(mapped).toMatchObject({ patch: { complete: false } });
});

test.each<[string, Record<string, unknown>, string, unknown]>([
  [
    'custom_attributes',
    { o: { a: 1, b: { c: [2] }, d: 'x' } },
    '',
    { custom_attributes: { a: 1, b: { c: [2] }, d: 'x' } },
  ],
  ['custom_attributes', { o: { a: null, b: '', c: 1 } }, '', { custom_attributes: { c: 1 } }],
  [
    'custom_attributes',
    { o: { a: null, b: '', c: 1 } },
    'defaults: { null: clear }',
    { custom_attributes: { a: null, c: 1 } },
  ],
  [
    'custom_attributes',
    { o: { a: null, b: '' } },
    'defaults: { empty: clear }',
    { custom_attributes: { a: null, b: null } },
  ],
  ['custom_attributes', { o: { a: null } }, '', 'empty'],
  ['custom_attributes', { o: undefined }, 'defaults: { empty: clear }', 'empty'],
  ['custom_attributes', { o: { a: '' } }, 'defaults: { empty: error }', 'ERR_EMPTY'],
  ['custom_attributes', { o: {} }, '', 'empty'],
  ['custom_attributes', { o: null }, '', 'empty'],
  ['custom_attributes', { o: null }, 'defaults: { null: clear }', 'ERR_EMPTY'],
  ['custom_attributes', { o: '{"a":1}' }, '', { custom_attributes: { a: 1 } }],
  ['custom_attributes', { o: [1] }, '', 'ERR_JSON'],
  ['custom_attributes', { o: 'gold' }, '', 'ERR_JSON'],
  ['custom_attributes', { o: { constructor: 1 } }, '', 'ERR_JSON'],
  ['custom_attributes', { o: JSON.parse('{"__proto__":1}') }, '', 'ERR_JSON'],
  ['custom_attributes', { o: { a: 'x\0' } }, '', 'ERR_CHARACTER'],
  [
    'additional_attributes',
    { o: { city: '', social_profiles: { x: 'y' } } },
    '',
    { additional_attributes: { city: '', social_profiles: { x: 'y' } } },
  ],
])('a whole object to %s: %j %s', async (path, record, more, result) => {
  expect(gist(await mapJson(`${path}: o`, record, more))).toEqual(result);
});

test('a whole object counts as its keys, and is sent as it is', async () => {
  const mapped = await mapJson('additional_attributes: o\nemail: e', {
    o: { city: 'x', social_profiles: {} },
    e: 'a@b',
  });
  expect(mapped).toMatchObject({
    patch: {
      fields: ['additional_attributes.city', 'additional_attributes.social_profiles', 'email'],
      complete: false,
    },
  });
});

test('what the answer must show goes along', async () => {
  const more = 'expect: { identifier: crm, custom_attributes.n: { column: n, empty: keep } }';
  expect(await mapCsv('email: E', { E: 'a@b', crm: ' 77 ', n: '' }, more)).toMatchObject({
    patch: { expect: { identifier: '77' }, fields: ['email'] },
  });
  expect(await mapCsv('email: E', { E: 'a@b', crm: '', n: '' }, more)).toMatchObject({
    kind: 'invalid',
    error: { code: 'ERR_EMPTY', field: 'identifier', column: 'crm' },
  });
});

test('JSONL columns are dotted paths, and a key with the dots in its name goes first', async () => {
  const fields = 'custom_attributes.a: x.y';
  expect(gist(await mapJson(fields, { x: { y: 1 } }))).toEqual({ custom_attributes: { a: 1 } });
  expect(gist(await mapJson(fields, { x: { y: 1 }, 'x.y': 2 }))).toEqual({ custom_attributes: { a: 2 } });
  expect(gist(await mapJson('custom_attributes.a: x.constructor', { x: {} }))).toBe('empty');
});

test('no row makes apply throw, no error tells a cell, and what is sent is JSON', async () => {
  const columns = ['N', 'E', 'P', 'B', 'D', 'J', 'L', 'Z'];
  const { apply } = await compileCsv(
    `name: N
email: E
phone_number: { column: P, country: DE }
blocked: B
custom_attributes.d: { column: D, type: timestamp, zone: Europe/Berlin }
custom_attributes.j: { column: J, type: json }
additional_attributes.l: { column: L, type: list }
additional_attributes.social_profiles.z: Z`,
    columns,
    'on_invalid_field: drop_field',
  );
  const cell = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.constantFrom('', 'yes', 'a@b', '2026-01-01', '0171 1234567'),
  );
  fc.assert(
    fc.property(fc.array(cell, { minLength: 8, maxLength: 8 }), (cells) => {
      const mapped = apply(rowOf(['7', ...cells]));
      const errors =
        mapped.kind === 'patch' ? (mapped.dropped ?? []) : mapped.kind === 'invalid' ? [mapped.error] : [];
      const column = new Set(columns);
      for (const { message, column: name } of errors) {
        expect(name !== undefined && column.has(name)).toBe(true);
        for (const text of cells) if (text.length > 12) expect(message).not.toContain(text);
      }
      if (mapped.kind === 'patch')
        expect(JSON.parse(JSON.stringify(mapped.patch.body))).toEqual(mapped.patch.body);
    }),
  );
});
