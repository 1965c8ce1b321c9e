import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Mapping } from '../../../src/mapping/document.ts';
import { describeMapping } from '../../../src/mapping/load/describe.ts';
import { resolvedMapping } from '../../../src/mapping/load/resolved.ts';
import { OPTIONS } from '../../../src/mapping/options.ts';
import { parseMapping } from '../../../src/mapping/parse/parse.ts';
import { mappingSchema } from '../../../src/mapping/schema/mapping-schema.ts';
import { DOCUMENT_WORDS, SOURCE_WORDS } from '../../../src/mapping/vocabulary.ts';
import { fixture } from '../../helpers/fixture.ts';

const schema = mappingSchema();
const ajv = new Ajv({
  allowUnionTypes: true,
  strict: true,
  strictRequired: false,
  strictTypes: false,
  allowMatchingProperties: true,
});
const validate = ajv.compile(schema);

/** Every mapping of the fixtures, and what the loader says. */
const MAPPINGS = readdirSync(fixture(''), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(?:yaml|json)$/.test(entry.name) && !entry.name.includes('nested'))
  .map((entry) => {
    const text = readFileSync(`${entry.parentPath}/${entry.name}`, 'utf8');
    return { name: entry.name, text, mapping: loaded(text, entry.name) };
  });
const ACCEPTED = MAPPINGS.flatMap(({ name, text, mapping }) =>
  mapping === undefined ? [] : [{ name, text, mapping }],
);

describe('the JSON Schema of a mapping', () => {
  it('is a schema of draft 7', () => {
    expect(ajv.validateSchema(schema)).toBe(true);
  });

  it('knows every key with a sentence', () => {
    const text = JSON.stringify(schema);
    const options = Object.values(OPTIONS).map(({ help }) => help);
    for (const sentence of [...Object.values(DOCUMENT_WORDS), ...Object.values(SOURCE_WORDS), ...options]) {
      expect(text).toContain(JSON.stringify(sentence));
    }
  });

  it('finds enough fixtures', () => {
    expect(ACCEPTED.length).toBeGreaterThan(15);
  });

  it.each(ACCEPTED)('takes $name, as the loader does', ({ text, mapping }) => {
    expect(faults(read(text))).toEqual([]);
    expect(faults(resolvedMapping(mapping))).toEqual([]);
    expect(faults(read(describeMapping(mapping)))).toEqual([]);
  });

  it.each([
    ['no version', 'contact_id: id\nfields: { name: Name }'],
    ['another version', 'version: 2\ncontact_id: id\nfields: { name: Name }'],
    ['no fields', 'version: 1\ncontact_id: id'],
    ['empty fields', 'version: 1\ncontact_id: id\nfields: {}'],
    ['nobody named', 'version: 1\nfields: { name: Name }'],
    [
      'two ways to name the contact',
      'version: 1\ncontact_id: id\nmatch: { email: E }\nfields: { name: Name }',
    ],
    ['a match by no key', 'version: 1\nmatch: { name: Name }\nfields: { name: Name }'],
    ['create without an inbox', 'version: 1\nmatch: { email: E }\non_missing: create\nfields: { email: E }'],
    ['an inbox without create', 'version: 1\nmatch: { email: E }\ninbox_id: 7\nfields: { email: E }'],
    ['on_missing without match', 'version: 1\ncontact_id: id\non_missing: skip\nfields: { email: E }'],
    ['a misspelt key', 'version: 1\ncontact_id: id\nfeilds: { name: Name }'],
    ['a key of defaults misspelt', head('defaults: { emtpy: keep }')],
    ['a misspelt field', field('nmae: Name')],
    ['an attribute without its prefix', field('company_name: Company')],
    ['the id as a field', field('id: Id')],
    ['a reserved key', field('custom_attributes.__proto__: X')],
    ['a misspelt option', field('email: { colunm: E }')],
    ['a misspelt type', field('custom_attributes.a: { column: A, type: interger }')],
    ['a type that the field never has', field('email: { column: E, type: string }')],
    ['an option of another type', field('custom_attributes.a: { column: A, type: string, decimal: "," }')],
    ['an option without its type', field('custom_attributes.a: { column: A, format: dd/MM/yyyy }')],
    ['a country of a field that is no phone', field('email: { column: E, country: US }')],
    ['the United Kingdom as UK', field('phone_number: { column: P, country: UK }')],
    ['a country in full', field('phone_number: { column: P, country: Germany }')],
    ['one list of a boolean', field('blocked: { column: B, true: [ja] }')],
    ['blocked, cleared', field('blocked: { column: B, empty: clear }')],
    ['no source', field('email: { type: email }')],
    ['two sources', field('name: { column: N, template: "{N}" }')],
    ['a template without a brace', field('name: { template: N }')],
    ['partial without a template', field('name: { column: N, partial: send }')],
    ['otherwise without values', field('custom_attributes.a: { column: A, otherwise: keep }')],
    ['a field as a list', field('name: [N]')],
    ['an empty field', field('name:')],
    ['a constant with a type', field('custom_attributes.a: { value: x, type: string }')],
    ['blocked as a text', field('blocked: { value: "yes" }')],
    ['a pattern without a star', field('custom_attributes.*: { columns: cf_ }')],
    ['a pattern as a column', field('custom_attributes.*: { column: cf_x }')],
    ['a pattern of additional attributes', field('additional_attributes.*: { columns: "cf_*" }')],
    ['an expectation of an object', head('expect: { custom_attributes: X }')],
    ['an unknown mode', head('additional_attributes: merge')],
    ['an unknown policy', head('on_invalid_field: drop_row')],
    ['only without values', head('only: { Status: [] }')],
    ['a guard of nothing', head('guard: {}')],
    ['a guard of what it does not know', head('guard: { row: -50% }')],
    ['a guard without a minus', head('guard: { rows: 50% }')],
    ['a guard of other columns', head('guard: { columns: all }')],
    ['a marker that ends with a blank', head('clear_marker: "x "')],
  ])('refuses %s, as the loader does', (_fault, text) => {
    expect(loaded(text, 'mapping.yaml')).toBeUndefined();
    expect(faults(read(text))).not.toEqual([]);
  });
});

// --- internal ---

function loaded(text: string, name: string): Mapping | undefined {
  try {
    return parseMapping(text, name);
  } catch {
    return undefined;
  }
}

function faults(document: unknown): unknown[] {
  return validate(document) ? [] : (validate.errors ?? []);
}

/** As editors read YAML: every key is a text, `null` too. */
function read(text: string): unknown {
  return parse(text, { stringKeys: true });
}

function head(line: string): string {
  return `version: 1\ncontact_id: id\n${line}\nfields: { name: Name }`;
}

function field(line: string): string {
  return `version: 1\ncontact_id: id\nfields:\n  ${line}`;
}
