import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Row, Shape } from '../../src/core/types.ts';
import { compileMapping } from '../../src/mapping/compile/compile.ts';
import type { Mapping } from '../../src/mapping/document.ts';
import { resolvedMapping } from '../../src/mapping/load/resolved.ts';
import { parseMapping } from '../../src/mapping/parse/parse.ts';
import { FIELD_TYPES } from '../../src/mapping/policies.ts';
import { fixture } from '../helpers/fixture.ts';
import { FUZZ_TIMEOUT_MS, fuzz, mutated, refusalOf } from './fuzzing.ts';

const COLUMNS = [
  'contact_id',
  'name',
  'email',
  'cf_plan',
  'custom_attributes.plan',
  '__proto__',
  'constructor',
];
const CSV: Shape = { input: 0, name: 'contacts.csv', format: 'csv', columns: COLUMNS, delimiter: ',' };
const JSONL: Shape = { input: 0, name: 'contacts.jsonl', format: 'jsonl', columns: COLUMNS };
const SEEDS = ['corpus/mapping', 'mapping'].flatMap((folder) =>
  readdirSync(fixture(folder))
    .filter((name) => /\.(?:yaml|json)$/.test(name) && !name.includes('nested'))
    .map((name) => readFileSync(fixture(`${folder}/${name}`), 'utf8')),
);
const PIECES = [
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '\n',
  '  ',
  '- ',
  '"',
  "'",
  '&a ',
  '*a',
  '!!js ',
  '? ',
  '<<: ',
  '---\n',
  '#',
  '|',
  '>',
  '\t',
  '{a}',
  'null',
  '.inf',
  '0x1F',
  '__proto__: ',
  'version: 1\n',
  '[[',
  '{a: ',
];
/** Stands in every cell and must stand in no message. */
const TOKEN = 'Qz7Kw';

test('a damaged mapping is read back as it was read, or refused with its place', {
  timeout: FUZZ_TIMEOUT_MS,
}, async () => {
  await fuzz(mutated(SEEDS, PIECES), async (text) => {
    const refusal = await refusalOf(async () => requireSound(parseMapping(text, 'm.yaml')));
    if (refusal) expect(refusal).toMatchObject({ code: 'ERR_MAPPING', exitCode: 2 });
    if (refusal) expect(refusal.message).toMatch(/m\.yaml|contacts\./);
  });
});

test('any sound mapping makes one outcome of any row, whose message tells no cell', {
  timeout: FUZZ_TIMEOUT_MS,
}, async () => {
  await fuzz(
    fc.tuple(mapping(), fc.array(fc.oneof(csvRow(), jsonRow()), { maxLength: 6 })),
    async ([document, records]) => {
      await refusalOf(async () => {
        const parsed = parseMapping(JSON.stringify(document), 'm.json');
        const compiled = {
          csv: await compileMapping(parsed, CSV),
          jsonl: await compileMapping(parsed, JSONL),
        };
        for (const record of records) {
          const row: Row = { input: 0, row: 1, line: 2, record };
          const mapped = (Array.isArray(record) ? compiled.csv : compiled.jsonl).apply(row);
          expect(['patch', 'skipped', 'invalid']).toContain(mapped.kind);
          if (mapped.kind === 'patch') {
            expect(Number.isSafeInteger(mapped.patch.contactId)).toBe(true);
            expect(mapped.patch.fields.length).toBeGreaterThan(0);
            expect(JSON.parse(JSON.stringify(mapped.patch.body))).toEqual(mapped.patch.body);
            expect(JSON.stringify(mapped.dropped ?? [])).not.toContain(TOKEN);
          }
          if (mapped.kind === 'invalid') expect(JSON.stringify(mapped.error)).not.toContain(TOKEN);
        }
      });
      expect(Object.prototype).not.toHaveProperty('polluted');
    },
  );
});

// --- internal ---

async function requireSound(parsed: Mapping): Promise<void> {
  const again = parseMapping(JSON.stringify(resolvedMapping(parsed)), 'm.json');
  expect({ ...again, places: parsed.places }).toEqual(parsed);
  for (const shape of [CSV, JSONL]) await compileMapping(parsed, shape);
}

/** Mappings that are mostly sound: each field has a source, a type and options that may fit or not. */
function mapping(): fc.Arbitrary<unknown> {
  const column = fc.constantFrom(...COLUMNS, 'nmae');
  const policy = fc.constantFrom('keep', 'clear', 'error');
  const options = fc.record(
    {
      type: fc.constantFrom(...Object.keys(FIELD_TYPES)),
      empty: policy,
      null: policy,
      trim: fc.boolean(),
      values: fc.dictionary(
        fc.string({ minLength: 1, maxLength: 5 }),
        fc.oneof(fc.string(), fc.integer(), fc.constant(null)),
        { minKeys: 1, maxKeys: 3 },
      ),
      decimal: fc.constantFrom('.', ','),
      format: fc.constantFrom('yyyy-MM-dd', 'dd/MM/yyyy HH:mm', "dd.MM.yyyy'x'"),
      zone: fc.constantFrom('UTC', 'Europe/Berlin'),
      country: fc.constantFrom('US', 'DE'),
      separator: fc.constantFrom(',', '|', TOKEN.slice(0, 2)),
    },
    { requiredKeys: [] },
  );
  const source = fc.oneof(
    { weight: 4, arbitrary: column.map((name) => ({ column: name })) },
    {
      weight: 1,
      arbitrary: fc.tuple(column, column).map(([a, b]) => ({ template: `{${a}} ${'x'} {${b}}` })),
    },
  );
  // one option at a time: two seldom fit the same type
  const single = options.chain((all) => {
    const entries = Object.entries(all);
    return entries.length === 0
      ? fc.constant({})
      : fc.constantFrom(...entries).map(([name, value]) => ({
          [name]: value,
          ...(name === 'decimal' ? { type: 'number' } : {}),
          ...(name === 'format' || name === 'zone' ? { type: 'date' } : {}),
          ...(name === 'separator' ? { type: 'list' } : {}),
        }));
  });
  const field = fc.oneof(
    column,
    fc.tuple(source, single).map(([from, option]) => ({ ...from, ...option })),
  );
  const target = fc.constantFrom(
    'name',
    'email',
    'phone_number',
    'identifier',
    'blocked',
    'last_activity_at',
    'custom_attributes.a',
    'custom_attributes.b',
    'additional_attributes.city',
    'additional_attributes.social_profiles.x',
    'custom_attributes',
    'additional_attributes',
  );
  return fc.record({
    version: fc.constant(1),
    contact_id: fc.constant('contact_id'),
    fields: fc.dictionary(target, field, { minKeys: 1, maxKeys: 3 }),
    on_invalid_field: fc.constantFrom('reject_row', 'drop_field'),
    clear_marker: fc.constantFrom('\\N', '-'),
  });
}

const id = fc.oneof(fc.constantFrom('1', "'2", '3.0', '', '-1', '1e5', '1/../2'), fc.string());
const cellText = fc
  .oneof(
    fc.string(),
    fc.constantFrom(
      '',
      ' ',
      '\\N',
      '1.5',
      '2026-11-22',
      '+4915112345678',
      'a@b.c',
      'true',
      '[1]',
      '{"a":1}',
      '{"__proto__":{"polluted":1}}',
      '\0',
      '\ud800',
      'x'.repeat(300),
    ),
  )
  .chain((text) => fc.constantFrom(text, `${text}${TOKEN}`, `${TOKEN}${text}`));

function csvRow(): fc.Arbitrary<readonly string[]> {
  const { length } = COLUMNS;
  return fc
    .tuple(id, fc.array(cellText, { minLength: length - 1, maxLength: length - 1 }))
    .map(([first, rest]) => [first, ...rest]);
}

function jsonRow(): fc.Arbitrary<{ readonly [key: string]: unknown }> {
  const value = fc.oneof(
    cellText,
    fc.jsonValue({ maxDepth: 3 }),
    fc.constant({ [TOKEN]: { polluted: TOKEN } }),
  );
  return fc
    .dictionary(fc.constantFrom(...COLUMNS, 'custom_attributes'), value)
    .map((record) => ({ contact_id: 1, ...record }));
}
