import type { JsonObject } from '../../core/types.ts';
import { OPTION_WORDS, type OptionWord, optionOf, optionsAt, typesAt } from '../options.ts';
import type { FieldType } from '../policies.ts';
import { defaultType, type Target } from '../targets.ts';
import { SOURCE_WORDS } from '../vocabulary.ts';
import { constantSchema, described, TEXT } from './parts.ts';

/** The schema of a field of `fields`: a column or template as a text, a fixed value, or everything written out. */
export function fieldSchema(target: Target): JsonObject {
  const isGlob = target.kind === 'custom' && target.key === '*';
  const written = writtenOut(target, isGlob ? ['columns'] : sourcesOf(target));
  return isGlob ? written : { anyOf: [TEXT, written, fixedValue(target)] };
}

/** The options that may stand at the target, or anywhere, with what may be written there. */
export function optionSchemas(words: readonly OptionWord[], target?: Target): JsonObject {
  const schemas: JsonObject = {};
  const isOfTarget = (type: FieldType) => typesAt(target).includes(type);
  for (const word of words) {
    const option = optionOf(word);
    const schema = option.schema(target);
    if (schema === undefined || option.types?.some(isOfTarget) === false) continue;
    schemas[word] = described(schema, option.help);
  }
  return schemas;
}

// --- internal ---

/** What must stand beside an option: another one, and its type, unless the target has it anyway. */
function dependenciesOf(target: Target): JsonObject {
  const own = defaultType(target);
  const dependencies: JsonObject = {};
  for (const word of OPTION_WORDS) {
    const { types, beside } = optionOf(word);
    if (types !== undefined) {
      const other = beside === undefined ? [] : [{ required: [beside.word] }];
      const isTyped = own !== undefined && types.includes(own);
      const typed = { properties: { type: { enum: [...types] } }, ...(!isTyped && { required: ['type'] }) };
      dependencies[word] = { allOf: [...other, typed] };
    } else if (beside !== undefined) dependencies[word] = [beside.word];
  }
  return dependencies;
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
      ...optionSchemas(OPTION_WORDS, target),
    },
    oneOf: sources.map((source) => ({ required: [source] })),
    dependencies: dependenciesOf(target),
  };
}

const GLOB: JsonObject = { type: 'string', pattern: '^[^*]*\\*[^*]*$' };

function fixedValue(target: Target): JsonObject {
  return {
    type: 'object',
    properties: {
      value: described(constantSchema(target), SOURCE_WORDS.value),
      ...optionSchemas(optionsAt('constant'), target),
    },
    required: ['value'],
    additionalProperties: false,
  };
}
