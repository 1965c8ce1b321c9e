import type { JsonObject, JsonValue } from '../core/types.ts';
import { readDateFormat } from './coerce/date-format.ts';
import { mappingError } from './mapping-error.ts';
import { asCells, asText, asTexts, oneOf } from './parse/nodes.ts';
import { constantFor, parseOtherwise, parseValues } from './parse/values.ts';
import type { Node } from './parse/yaml.ts';
import {
  CONFLICT_POLICIES,
  DECIMAL_MARKS,
  EMPTY_POLICIES,
  type EmptyPolicy,
  FIELD_TYPES,
  type FieldType,
  OTHERWISE_POLICIES,
  PARTIAL_POLICIES,
} from './policies.ts';
import { choice, constantSchema, NO_OR_MORE_TEXTS, TEXT, TEXTS, TRUE_OR_FALSE } from './schema/parts.ts';
import { allows, defaultType, fixedType, type Target } from './targets.ts';
import { FALSE_TEXTS, TRUE_TEXTS, wordsOf } from './vocabulary.ts';

/** Where an option may stand: at a field taken from cells, a template, a fixed value, a key of `match`, or in `defaults`. */
export type OptionPlace = 'field' | 'template' | 'constant' | 'match' | 'defaults';

/** The field that an option is read for. */
export interface OptionContext {
  readonly path: string;
  readonly target: Target;
  /** What the field itself says. */
  readonly own: (word: string) => Node | undefined;
  /** Values of options that stand before this one in the table. */
  readonly read: { readonly type?: FieldType; readonly empty?: EmptyPolicy };
}

/** Everything that the mapping language knows of an option. */
export interface Option {
  /** The sentence that the manual and editors show. */
  readonly help: string;
  /** Whether it makes the value of a cell, or is a policy for special cells. */
  readonly part: 'value' | 'policy';
  readonly places: readonly OptionPlace[];
  /** The types it belongs to; absent: it goes with every type. */
  readonly types?: readonly FieldType[];
  /** What must stand beside it, and the message where that is missing. */
  readonly beside?: { readonly word: string; readonly why: string };
  /** What may be written at a target, or anywhere; undefined where the option cannot stand at the target. */
  schema(target?: Target): JsonObject | undefined;
  /** Checks what is written and gives the value; undefined where it is the same as none. */
  read(node: Node, context: OptionContext): unknown;
  /** The value where nothing is written. */
  fallback?(context: OptionContext): unknown;
  /** The value as the resolved mapping holds it, where that differs; undefined leaves it out. */
  write?(value: unknown): JsonValue | undefined;
}

const BOTH_LISTS = 'give both lists, as in { true: [ja], false: [nein] }.';

/**
 * Every option of a field, in the order of the manual. The parser, the JSON Schema, the manual, the resolved mapping
 * and the types of `Field` follow from this table, so that none of them can know an option that another lacks.
 */
export const OPTIONS = {
  type: {
    help: 'Type of the value.',
    part: 'value',
    places: ['field', 'match'],
    schema: (target) => ({
      oneOf: typesAt(target).map((type) => ({ const: type, description: FIELD_TYPES[type] })),
    }),
    read(node, { target }): FieldType | undefined {
      const type = oneOf(node, wordsOf(FIELD_TYPES));
      const fixed = fixedType(target);
      if (fixed === undefined || fixed === type) return type;
      throw mappingError(node.at, `${target.key} is always of type ${fixed}. Remove the type.`);
    },
    fallback: ({ target }) => defaultType(target),
  },
  true: {
    help: 'Cells that mean true; "false" belongs beside it.',
    part: 'value',
    places: ['field'],
    types: ['boolean'],
    beside: { word: 'false', why: BOTH_LISTS },
    schema: () => TEXTS,
    read: (node) => booleanTexts(node),
    fallback: () => TRUE_TEXTS,
  },
  false: {
    help: 'Cells that mean false; "true" belongs beside it.',
    part: 'value',
    places: ['field'],
    types: ['boolean'],
    beside: { word: 'true', why: BOTH_LISTS },
    schema: () => TEXTS,
    read(node, { own }) {
      const texts = booleanTexts(node);
      const yes = own('true') ?? node;
      const twice = booleanTexts(yes).find((text) => yes !== node && texts.includes(text));
      if (twice === undefined) return texts;
      throw mappingError(yes.at, `${JSON.stringify(twice)} cannot mean both true and false.`);
    },
    fallback: () => FALSE_TEXTS,
  },
  decimal: {
    help: 'Decimal mark. Default "."',
    part: 'value',
    places: ['field'],
    types: ['number'],
    schema: () => choice(DECIMAL_MARKS),
    read: (node) => oneOf(node, DECIMAL_MARKS),
    fallback: () => '.' as const,
  },
  format: {
    help: 'Date format of yyyy MM dd HH mm ss XXX, like dd/MM/yyyy. Default: ISO 8601.',
    part: 'value',
    places: ['field'],
    types: ['date', 'timestamp'],
    schema: () => ({ type: 'string', minLength: 1 }),
    read(node, { read: { type } }) {
      const format = asText(node, 'a date format like dd/MM/yyyy');
      const reader = readDateFormat(format, type === 'date' ? type : 'timestamp');
      if (typeof reader === 'string') throw mappingError(node.at, reader);
      return format;
    },
  },
  zone: {
    help: 'IANA time zone, like Europe/Berlin. Of a timestamp: that of times without an offset, by default UTC. Of a date: that whose day a time with an offset is brought to; without it, the day stays as written.',
    part: 'value',
    places: ['field'],
    types: ['date', 'timestamp'],
    schema: () => ({ type: 'string', pattern: '^[A-Za-z]' }),
    read(node) {
      const zone = asText(node, 'an IANA time zone');
      try {
        // newer Node takes offsets too, older does not: a mapping must mean the same everywhere
        if (/^[A-Za-z]/.test(zone) && new Intl.DateTimeFormat('en', { timeZone: zone })) return zone;
      } catch {
        // said below
      }
      const message = `${JSON.stringify(zone)} is not a time zone. Write an IANA name like Europe/Berlin.`;
      throw mappingError(node.at, message);
    },
    fallback: ({ read }) => (read.type === 'timestamp' ? 'UTC' : undefined),
  },
  country: {
    help: 'Country of numbers without "+": the two letters of ISO 3166, like US.',
    part: 'value',
    places: ['field', 'match'],
    types: ['phone'],
    schema: () => ({ type: 'string', pattern: '^(?!UK$)[A-Z]{2}$' }),
    read(node) {
      const country = asText(node, 'a country');
      if (/^[A-Z]{2}$/.test(country) && country !== 'UK') return country;
      const hint =
        country === 'UK' ? 'The United Kingdom is GB.' : 'Write the two letters of ISO 3166, as in US.';
      throw mappingError(node.at, `${JSON.stringify(country)} is not a country. ${hint}`);
    },
  },
  strict: {
    help: 'Whether a number without "+" is refused where it could be one of another country as well. Default false.',
    part: 'value',
    places: ['field', 'match'],
    types: ['phone'],
    beside: {
      word: 'country',
      why: '"strict" is about numbers of a country. Write "country" beside it, as in country: US.',
    },
    schema: () => TRUE_OR_FALSE,
    read: (node): boolean | undefined => oneOf(node, [true, false]) || undefined,
  },
  separator: {
    help: 'What stands between two items. Default ","',
    part: 'value',
    places: ['field'],
    types: ['list'],
    schema: () => TEXT,
    read: (node) => asText(node, 'what stands between two items'),
    fallback: () => ',',
  },
  trim: {
    help: 'Whether white space around the cell is removed. Default true.',
    part: 'policy',
    places: ['field', 'match', 'defaults'],
    schema: () => TRUE_OR_FALSE,
    read: (node) => oneOf(node, [true, false]),
    fallback: () => true,
  },
  empty: {
    help: 'What an empty cell does: keep the value, clear the field, or make the row invalid. Default keep.',
    part: 'policy',
    places: ['field', 'defaults'],
    schema: emptySchema,
    read(node, { path, target }) {
      const policy = oneOf(node, EMPTY_POLICIES);
      if (allows(target, policy)) return policy;
      const message = `${path} cannot be cleared. Write "empty: keep" or "empty: error" at this field.`;
      throw mappingError(node.at, message);
    },
    fallback: () => 'keep',
  },
  null: {
    help: 'What a JSON null does. Default: the same as "empty".',
    part: 'policy',
    places: ['field', 'defaults'],
    schema: emptySchema,
    read(node, { path, target, own }): EmptyPolicy {
      const policy = oneOf(node, EMPTY_POLICIES);
      if (allows(target, policy)) return policy;
      // a null is rare where nothing clears the field: by default it makes its row invalid, not the mapping
      if (own('null') === undefined) return 'error';
      throw mappingError(node.at, `${path} cannot be cleared. Write "null: keep" or "null: error".`);
    },
    fallback: ({ read }) => read.empty,
  },
  empty_values: {
    help: "Cells that count as empty, like ['#N/A', 'NULL'].",
    part: 'policy',
    places: ['field', 'match', 'defaults'],
    schema: () => NO_OR_MORE_TEXTS,
    read(node): readonly string[] {
      // a list of none at a field takes back what "defaults" says
      if (node.kind === 'list' && node.items.length === 0) return [];
      return asTexts(node, 'the cells that count as empty').map((text) => text.trim());
    },
    fallback: () => [],
    write: (values: readonly string[]) => (values.length > 0 ? [...values] : undefined),
  },
  partial: {
    help: 'What a template does when only some of its columns are empty. Default keep.',
    part: 'policy',
    places: ['template', 'defaults'],
    beside: {
      word: 'template',
      why: '"partial" belongs to templates: it says what happens when some columns are empty.',
    },
    schema: (target) => (target?.kind === 'whole' ? undefined : choice(PARTIAL_POLICIES)),
    read: (node) => oneOf(node, PARTIAL_POLICIES),
    fallback: () => 'keep',
  },
  values: {
    help: 'What is sent for each cell, like { G: gold, P: platinum }.',
    part: 'value',
    places: ['field'],
    schema: (target) =>
      target?.kind === 'whole'
        ? undefined
        : { type: 'object', minProperties: 1, additionalProperties: constantSchema(target) },
    read(node, { path, target }) {
      if (target.kind !== 'whole') return parseValues(node, (value) => constantFor(target, value));
      throw mappingError(node.at, `"values" cannot make a cell into all of ${path}.`);
    },
    write(values: ReadonlyMap<string, JsonValue>) {
      // cells may be "__proto__"; sorted, since integer-like keys would move to the front by themselves
      const object = Object.create(null) as JsonObject;
      for (const [cell, value] of [...values].sort(([a], [b]) => (a < b ? -1 : 1))) object[cell] = value;
      return object;
    },
  },
  otherwise: {
    help: 'What a cell does that "values" does not list: error, keep, send, or { value: … }. Default error.',
    part: 'value',
    places: ['field'],
    beside: { word: 'values', why: '"otherwise" needs "values" beside it.' },
    schema(target) {
      if (target?.kind === 'whole') return undefined;
      const value = constantSchema(target);
      const fixed = {
        type: 'object',
        properties: { value },
        required: ['value'],
        additionalProperties: false,
      };
      return { anyOf: [choice(OTHERWISE_POLICIES), fixed] };
    },
    read: (node, { target }) => parseOtherwise(node, (value) => constantFor(target, value)),
    fallback: () => 'error',
  },
  on_conflict: {
    help: "Who wins when the account changed the field since it was last sent: ours sends what the row changed, theirs keeps the account's, enforce puts the row's back in any case. Default ours.",
    part: 'policy',
    places: ['field', 'constant', 'defaults'],
    schema: () => choice(CONFLICT_POLICIES),
    read: (node) => oneOf(node, CONFLICT_POLICIES),
    fallback: () => 'ours',
  },
} as const satisfies Readonly<Record<string, Option>>;

type Options = typeof OPTIONS;
export type OptionWord = keyof Options;

/** Every option, in the order of the table. */
export const OPTION_WORDS = wordsOf(OPTIONS);

/** The options that may stand at a place. */
export type OptionAt<P extends OptionPlace> = {
  [K in OptionWord]: P extends Options[K]['places'][number] ? K : never;
}[OptionWord];

/** The options that say how a cell becomes a value of its type. */
export type ReadingOption =
  | 'type'
  | { [K in OptionWord]: Options[K] extends { types: unknown } ? K : never }[OptionWord];

/** The options that every field has, since they have a default and go with every type. */
type AlwaysThere = Exclude<
  { [K in OptionWord]: Options[K] extends { fallback: unknown } ? K : never }[OptionWord],
  ReadingOption
>;

/** The value of an option where it has one. */
type OptionValue<K extends OptionWord> = Exclude<ReturnType<Options[K]['read']>, undefined>;

/** The name of an option in a read mapping: `empty_values` is `emptyValues`. */
type Camel<K extends string> = K extends `${infer A}_${infer B}` ? `${A}${Capitalize<B>}` : K;

/** The options as a read mapping holds them, every default filled in. */
export type OptionValues<K extends OptionWord> = {
  readonly [W in K & AlwaysThere as Camel<W>]: OptionValue<W>;
} & { readonly [W in Exclude<K, AlwaysThere> as Camel<W>]?: OptionValue<W> };

/** The options that may stand at a place, in the order of the table. */
export function optionsAt<P extends OptionPlace>(place: P): readonly OptionAt<P>[] {
  return OPTION_WORDS.filter((word): word is OptionAt<P> => optionOf(word).places.includes(place));
}

/** An option, whichever it is. */
export function optionOf(word: OptionWord): Option {
  return OPTIONS[word];
}

/** The name of an option in a read mapping. */
export function propertyOf(word: string): string {
  return word.replace(/_(\w)/, (_, letter: string) => letter.toUpperCase());
}

/** The types that a field of the target may have. */
export function typesAt(target: Target | undefined): readonly FieldType[] {
  const fixed = target && fixedType(target);
  return fixed === undefined ? wordsOf(FIELD_TYPES) : [fixed];
}

// --- internal ---

function emptySchema(target?: Target): JsonObject {
  return choice(EMPTY_POLICIES.filter((policy) => target === undefined || allows(target, policy)));
}

function booleanTexts(node: Node): readonly string[] {
  return asCells(node, 'the cells that mean it').map((text) => text.trim().toLowerCase());
}
