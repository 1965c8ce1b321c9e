import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readPage } from '../../src/commands/help/read-page.ts';
import { renderMarkdown } from '../../src/commands/help/render-markdown.ts';
import type { JsonObject } from '../../src/core/types.ts';
import { resolvedMapping } from '../../src/mapping/load/resolved.ts';
import { OPTION_WORDS, type OptionPlace, type OptionWord, optionOf } from '../../src/mapping/options.ts';
import { parseMapping } from '../../src/mapping/parse/parse.ts';
import { FIELD_TYPES } from '../../src/mapping/policies.ts';
import { mappingSchema } from '../../src/mapping/schema/mapping-schema.ts';
import { page } from '../helpers/manual.ts';

const validate = new Ajv({ strict: false }).compile(mappingSchema());

/** Each option with a value that is not its default, and what must stand beside it. */
const SAMPLES: Readonly<Record<OptionWord, string>> = {
  type: 'type: string',
  true: 'true: [ja], false: [nein], type: boolean',
  false: 'false: [nein], true: [ja], type: boolean',
  decimal: 'decimal: ",", type: number',
  format: 'format: dd/MM/yyyy, type: date',
  zone: 'zone: Europe/Berlin, type: timestamp',
  country: 'country: US, type: phone',
  strict: 'strict: true, country: US, type: phone',
  separator: 'separator: "|", type: list',
  trim: 'trim: false',
  empty: 'empty: error',
  null: 'null: error',
  empty_values: 'empty_values: [none]',
  partial: 'partial: send',
  values: 'values: { G: gold }',
  otherwise: 'otherwise: keep, values: { G: gold }',
  on_conflict: 'on_conflict: theirs',
};

/** A mapping with an option at a place, and where the resolved mapping must hold it. */
function mappingWith(word: OptionWord, place: OptionPlace): { text: string; at: readonly string[] } {
  const written = SAMPLES[word];
  const source = word === 'partial' || place === 'template' ? 'template: "{A} {B}"' : 'column: A';
  const head = 'version: 1';
  const own = 'fields:\n  custom_attributes.a';
  const at = ['fields', 'custom_attributes.a'];
  switch (place) {
    case 'constant':
      return { text: `${head}\ncontact_id: id\n${own}: { value: x, ${written} }`, at };
    case 'match': {
      const key = optionOf(word).types === undefined ? 'identifier' : 'phone_number';
      const text = `${head}\nmatch: { ${key}: { column: A, ${written} } }\nfields: { name: N }`;
      return { text, at: ['match', key] };
    }
    case 'defaults':
      return {
        text: `${head}\ncontact_id: id\n${own}: { ${source} }\ndefaults: { ${written} }`,
        at,
      };
    default:
      return { text: `${head}\ncontact_id: id\n${own}: { ${source}, ${written} }`, at };
  }
}

/** What the parser says against a mapping. */
function refusalOf(text: string): string | undefined {
  try {
    parseMapping(text, 'm.yaml');
    return undefined;
  } catch (error) {
    return String(error);
  }
}

const PLACES: readonly OptionPlace[] = ['field', 'template', 'constant', 'match', 'defaults'];
const CASES = OPTION_WORDS.flatMap((word) => PLACES.map((place) => ({ word, place })));
/** A template is a field, too. */
const mayStand = (word: OptionWord, place: OptionPlace): boolean =>
  place === 'template' || place === 'field' || optionOf(word).places.includes(place);

describe('an option of the table', () => {
  test.each(CASES.filter(({ word, place }) => mayStand(word, place)))(
    '$word is known at $place to parser, schema and resolved mapping',
    ({ word, place }) => {
      const { text, at } = mappingWith(word, place);
      expect(refusalOf(text)).toBeUndefined();
      expect(validate(parse(text, { stringKeys: true })), JSON.stringify(validate.errors)).toBe(true);
      const resolved = at.reduce(
        (part, key) => part[key] as JsonObject,
        resolvedMapping(parseMapping(text, 'm.yaml')),
      );
      const written = parse(`{ ${SAMPLES[word]} }`, { stringKeys: true }) as JsonObject;
      expect(resolved[word]).toEqual(written[word]);
    },
  );

  test.each(CASES.filter(({ word, place }) => !mayStand(word, place)))(
    '$word is refused at $place by parser and schema',
    ({ word, place }) => {
      const { text } = mappingWith(word, place);
      expect(refusalOf(text)).toMatch(
        /^RunError: m\.yaml:\d+:\d+: "\w+" (?:means nothing in|has no effect on a fixed value|belongs to templates)/,
      );
      expect(validate(parse(text, { stringKeys: true }))).toBe(false);
    },
  );

  test.each(OPTION_WORDS)('%s stands with its sentence in schema, manual and help', async (word) => {
    const { help } = optionOf(word);
    const row = `| \`${word}\` | ${help} |`;
    expect(JSON.stringify(mappingSchema())).toContain(`"description":${JSON.stringify(help)}`);
    expect(page('mapping')).toContain(row);
    const shown = renderMarkdown(await readPage('mapping', []), { width: 100, styled: false });
    expect(shown).toMatch(new RegExp(`^  \`${word}\` {2,}\\S`, 'm'));
  });
});

test.each(Object.entries(FIELD_TYPES))(
  'type %s stands with what it takes in schema and manual',
  (type, help) => {
    expect(JSON.stringify(mappingSchema())).toContain(JSON.stringify({ const: type, description: help }));
    expect(page('mapping')).toContain(`| \`${type}\` | ${help} |`);
  },
);
