import type { JsonObject } from '../../core/types.ts';
import {
  CONFLICT_POLICIES,
  DECIMAL_MARKS,
  EMPTY_POLICIES,
  FIELD_TYPES,
  type FieldType,
  OTHERWISE_POLICIES,
  PARTIAL_POLICIES,
} from '../policies.ts';
import { allows, clearingValue, defaultType, fixedType, isStringColumn, type Target } from '../targets.ts';
import {
  OPTION_TYPES,
  POLICY_WORDS,
  READING_WORDS,
  SOURCE_WORDS,
  TYPE_WORDS,
  wordsOf,
} from '../vocabulary.ts';
import { choice, described, NO_OR_MORE_TEXTS, TEXT, TEXTS, TRUE_OR_FALSE } from './parts.ts';

/** The schema of a field of `fields`: a column or template as a text, a fixed value, or everything written out. */
export function fieldSchema(target: Target): JsonObject {
  const isGlob = target.kind === 'custom' && target.key === '*';
  const written = isGlob ? writtenOut(target, ['columns']) : writtenOut(target, sourcesOf(target));
  return isGlob ? written : { anyOf: [TEXT, written, fixedValue(target)] };
}

/** The options that say how a cell becomes a value of this target. */
export function readingProperties(target: Target): JsonObject {
  const fixed = fixedType(target);
  const types = fixed === undefined ? FIELD_TYPES : [fixed];
  const schemas: Readonly<Record<keyof typeof READING_WORDS, JsonObject>> = {
    type: {
      oneOf: types.map((type) => ({ const: type, description: TYPE_WORDS[type] })),
    },
    true: TEXTS,
    false: TEXTS,
    decimal: choice(DECIMAL_MARKS),
    format: { type: 'string', minLength: 1 },
    zone: { type: 'string', pattern: '^[A-Za-z]' },
    country: { type: 'string', pattern: '^(?!UK$)[A-Z]{2}$' },
    strict: TRUE_OR_FALSE,
    separator: TEXT,
  };
  const belongs = (option: string) =>
    option === 'type' || typesOf(option).some((type) => types.includes(type));
  const options = wordsOf(READING_WORDS).filter(belongs);
  return Object.fromEntries(
    options.map((option) => [option, described(schemas[option], READING_WORDS[option])]),
  );
}

/** What must stand beside an option: its type, unless the target has it anyway, both lists of a boolean, and the country of `strict`. */
export function readingDependencies(target: Target): JsonObject {
  const beside: JsonObject = {
    true: { required: ['false'] },
    false: { required: ['true'] },
    strict: { required: ['country'] },
  };
  const own = defaultType(target);
  const dependencies: JsonObject = {};
  for (const option of Object.keys(OPTION_TYPES)) {
    const types = typesOf(option);
    const all: JsonObject[] = [];
    const other = beside[option];
    if (other !== undefined) all.push(other as JsonObject);
    all.push({
      properties: { type: { enum: [...types] } },
      ...(own !== undefined && types.includes(own) ? {} : { required: ['type'] }),
    });
    dependencies[option] = { allOf: all };
  }
  return dependencies;
}

// --- internal ---

function typesOf(option: string): readonly FieldType[] {
  return OPTION_TYPES[option as keyof typeof OPTION_TYPES];
}

function sourcesOf(target: Target): readonly ('column' | 'template')[] {
  return target.kind === 'whole' ? ['column'] : ['column', 'template'];
}

function writtenOut(target: Target, sources: readonly (keyof typeof SOURCE_WORDS)[]): JsonObject {
  const schemas: Readonly<Record<keyof typeof SOURCE_WORDS, JsonObject>> = {
    column: TEXT,
    template: { type: 'string', pattern: '[{]' },
    columns: { anyOf: [GLOB, { type: 'array', items: GLOB, minItems: 1 }] },
    value: {},
  };
  return {
    type: 'object',
    additionalProperties: false,
    properties: {
      ...Object.fromEntries(
        sources.map((source) => [source, described(schemas[source], SOURCE_WORDS[source])]),
      ),
      ...readingProperties(target),
      ...policyProperties(target),
    },
    oneOf: sources.map((source) => ({ required: [source] })),
    dependencies: { ...readingDependencies(target), partial: ['template'], otherwise: ['values'] },
  };
}

const GLOB: JsonObject = { type: 'string', pattern: '^[^*]*\\*[^*]*$' };

function policyProperties(target: Target): JsonObject {
  const policies = EMPTY_POLICIES.filter((policy) => allows(target, policy));
  const constant = constantSchema(target);
  const schemas: Readonly<Record<keyof typeof POLICY_WORDS, JsonObject>> = {
    trim: TRUE_OR_FALSE,
    empty: choice(policies),
    null: choice(policies),
    empty_values: NO_OR_MORE_TEXTS,
    partial: choice(PARTIAL_POLICIES),
    values: { type: 'object', minProperties: 1, additionalProperties: constant },
    otherwise: {
      anyOf: [
        choice(OTHERWISE_POLICIES),
        {
          type: 'object',
          properties: { value: constant },
          required: ['value'],
          additionalProperties: false,
        },
      ],
    },
    on_conflict: choice(CONFLICT_POLICIES),
  };
  const hasTable = target.kind !== 'whole';
  const words = wordsOf(POLICY_WORDS).filter(
    (word) => hasTable || (word !== 'values' && word !== 'otherwise' && word !== 'partial'),
  );
  return Object.fromEntries(words.map((word) => [word, described(schemas[word], POLICY_WORDS[word])]));
}

function fixedValue(target: Target): JsonObject {
  return {
    type: 'object',
    properties: {
      value: described(constantSchema(target), SOURCE_WORDS.value),
      on_conflict: described(choice(CONFLICT_POLICIES), POLICY_WORDS.on_conflict),
    },
    required: ['value'],
    additionalProperties: false,
  };
}

/** What may be written as a value of the target. */
function constantSchema(target: Target): JsonObject {
  if (target.kind === 'whole') return { type: 'object' };
  if (target.kind === 'column' && target.key === 'blocked') return TRUE_OR_FALSE;
  if (isStringColumn(target)) return { type: ['string', 'null'], minLength: 1, maxLength: 255 };
  return clearingValue(target) === undefined ? { not: { type: 'null' } } : {};
}
