import { type JsonObject, KEY_FIELDS } from '../../core/types.ts';
import { optionsAt } from '../options.ts';
import { ATTRIBUTE_MODES, EXPECT_POLICIES, INVALID_FIELD_POLICIES, MISSING_POLICIES } from '../policies.ts';
import type { Target } from '../targets.ts';
import { DOCUMENT_WORDS, EXPECT_WORDS, GUARD_WORDS, SOURCE_WORDS, wordsOf } from '../vocabulary.ts';
import { fieldSchema, optionSchemas } from './field-schema.ts';
import { choice, Definitions, described, TEXT } from './parts.ts';
import { targetSchemas } from './target-schemas.ts';

/**
 * The JSON Schema (draft 7, which editors know best) of a mapping document. Made of the words and types that the
 * loader reads by; what only an input can tell, such as the names of its columns, it leaves to the loader.
 */
export function mappingSchema(): JsonObject {
  const definitions = new Definitions();
  const field = (target: Target, path: string) => definitions.refer(`field_${path}`, fieldSchema(target));
  const expectation = () => definitions.refer('expectation', expectSchema());
  const schemas: Readonly<Record<keyof typeof DOCUMENT_WORDS, JsonObject>> = {
    version: { const: 1 },
    contact_id: TEXT,
    match: matchSchema(),
    on_missing: choice(MISSING_POLICIES),
    inbox_id: { type: 'integer', minimum: 1 },
    only: { type: 'object', additionalProperties: onlySchema },
    fields: { ...targetSchemas(field), type: 'object', minProperties: 1 },
    expect: { ...targetSchemas(expectation, isSingle), type: 'object' },
    additional_attributes: choice(ATTRIBUTE_MODES),
    defaults: {
      type: 'object',
      properties: optionSchemas(optionsAt('defaults')),
      additionalProperties: false,
    },
    clear_marker: { type: ['string', 'number', 'boolean'], pattern: '^\\S(?:[\\s\\S]*\\S)?$' },
    on_invalid_field: choice(INVALID_FIELD_POLICIES),
    guard: guardSchema(),
  };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Mapping of livedesk-contact-sync',
    description: 'Which columns of a CSV or JSONL file go to which fields of LiveDesk contacts.',
    type: 'object',
    properties: Object.fromEntries(
      wordsOf(DOCUMENT_WORDS).map((word) => [word, described(schemas[word], DOCUMENT_WORDS[word])]),
    ),
    additionalProperties: false,
    required: ['version', 'fields'],
    oneOf: [{ required: ['contact_id'] }, { required: ['match'] }],
    dependencies: { on_missing: ['match'], inbox_id: ['match', 'on_missing'] },
    if: { type: 'object', properties: { on_missing: { const: 'create' } }, required: ['on_missing'] },
    definitions: definitions.all,
    // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
    then: { required: ['inbox_id'] },
    else: { not: { required: ['inbox_id'] } },
  };
}

// --- internal ---

const onlySchema: JsonObject = {
  anyOf: [
    { type: ['string', 'number', 'boolean', 'null'] },
    { type: 'array', minItems: 1, items: { type: ['string', 'number', 'boolean', 'null'] } },
  ],
  description: 'The values of the column whose rows are sent.',
};

function guardSchema(): JsonObject {
  const drop: JsonObject = { type: 'string', pattern: '^-\\d+(?:\\.\\d+)?%$' };
  const schemas: Readonly<Record<keyof typeof GUARD_WORDS, JsonObject>> = {
    columns: { const: 'same' },
    rows: drop,
    fill: drop,
  };
  const properties = Object.fromEntries(
    wordsOf(GUARD_WORDS).map((word) => [word, described(schemas[word], GUARD_WORDS[word])]),
  );
  return { type: 'object', properties, minProperties: 1, additionalProperties: false };
}

function matchSchema(): JsonObject {
  const properties = Object.fromEntries(
    KEY_FIELDS.map((key) => [key, keySchema({ kind: 'column', key })]),
  ) as JsonObject;
  const keys: JsonObject = { type: 'object', properties, additionalProperties: false, minProperties: 1 };
  return { anyOf: [keys, { type: 'array', minItems: 1, items: { ...keys, maxProperties: 1 } }] };
}

function keySchema(target: Target): JsonObject {
  const written: JsonObject = {
    type: 'object',
    properties: {
      column: described(TEXT, SOURCE_WORDS.column),
      template: described({ type: 'string', pattern: '[{]' }, SOURCE_WORDS.template),
      ...optionSchemas(optionsAt('match'), target),
    },
    additionalProperties: false,
    oneOf: [{ required: ['column'] }, { required: ['template'] }],
  };
  return { anyOf: [TEXT, written] };
}

/** `expect` compares single values. */
function isSingle(target: Target): boolean {
  return target.kind !== 'whole' && target.key !== '*';
}

function expectSchema(): JsonObject {
  const schemas: Readonly<Record<keyof typeof EXPECT_WORDS, JsonObject>> = {
    column: TEXT,
    empty: choice(EXPECT_POLICIES),
  };
  const properties = Object.fromEntries(
    wordsOf(EXPECT_WORDS).map((word) => [word, described(schemas[word], EXPECT_WORDS[word])]),
  );
  return {
    anyOf: [TEXT, { type: 'object', properties, required: ['column'], additionalProperties: false }],
  };
}
