import { readDateFormat } from '../coerce/date-format.ts';
import type { CellReading } from '../document.ts';
import { mappingError } from '../mapping-error.ts';
import { DECIMAL_MARKS, FIELD_TYPES, type FieldType } from '../policies.ts';
import { defaultType, fixedType, type Target } from '../targets.ts';
import { FALSE_TEXTS, OPTION_TYPES, TRUE_TEXTS } from '../vocabulary.ts';
import { asText, asTexts, child, oneOf } from './nodes.ts';
import type { MapNode, Node } from './yaml.ts';

type Option = keyof typeof OPTION_TYPES;

/** Checks the type of a field and the options of that type, defaults filled in. */
export function parseReading(map: MapNode | undefined, target: Target, at: string | undefined): CellReading {
  const option = (key: Option | 'type') => (map === undefined ? undefined : child(map, key));
  const type = parseType(option('type'), target);
  for (const key of Object.keys(OPTION_TYPES) as Option[]) {
    const node = option(key);
    const types: readonly FieldType[] = OPTION_TYPES[key];
    if (node === undefined || (type !== undefined && types.includes(type))) continue;
    const own = type === undefined ? 'has no type' : `is of type ${type}`;
    throw mappingError(node.at, `"${key}" belongs to type ${types.join(' and ')}, and this field ${own}.`);
  }
  switch (type) {
    case undefined:
      return {};
    case 'boolean':
      return { type, booleans: parseBooleans(option('true'), option('false'), at) };
    case 'number': {
      const node = option('decimal');
      return { type, decimal: node ? oneOf(node, DECIMAL_MARKS) : '.' };
    }
    case 'date':
    case 'timestamp':
      return { type, ...parseFormat(option('format'), type), zone: parseZone(option('zone')) };
    case 'phone':
      return {
        type,
        ...parseCountry(option('country')),
        ...parseStrict(option('strict'), option('country')),
      };
    case 'list': {
      const node = option('separator');
      return { type, separator: node ? asText(node, 'what stands between two items') : ',' };
    }
    default:
      return { type };
  }
}

// --- internal ---

function parseType(node: Node | undefined, target: Target): FieldType | undefined {
  if (node === undefined) return defaultType(target);
  const type = oneOf(node, FIELD_TYPES);
  const fixed = fixedType(target);
  if (fixed === undefined || fixed === type) return type;
  throw mappingError(node.at, `${target.key} is always of type ${fixed}. Remove the type.`);
}

function parseBooleans(
  yes: Node | undefined,
  no: Node | undefined,
  at: string | undefined,
): CellReading['booleans'] & object {
  const texts = (node: Node | undefined, fallback: readonly string[]) =>
    node === undefined
      ? fallback
      : asTexts(node, 'the cells that mean it').map((text) => text.trim().toLowerCase());
  if ((yes === undefined) !== (no === undefined)) {
    throw mappingError(yes?.at ?? no?.at ?? at, 'give both lists, as in { true: [ja], false: [nein] }.');
  }
  const both = { true: texts(yes, TRUE_TEXTS), false: texts(no, FALSE_TEXTS) };
  const twice = both.true.find((text) => both.false.includes(text));
  if (twice === undefined) return both;
  throw mappingError(yes?.at ?? at, `${JSON.stringify(twice)} cannot mean both true and false.`);
}

function parseFormat(node: Node | undefined, type: 'date' | 'timestamp'): { format?: string } {
  if (node === undefined) return {};
  const format = asText(node, 'a date format like dd/MM/yyyy');
  const read = readDateFormat(format, type);
  if (typeof read === 'string') throw mappingError(node.at, read);
  return { format };
}

function parseZone(node: Node | undefined): string {
  if (node === undefined) return 'UTC';
  const zone = asText(node, 'an IANA time zone');
  try {
    // newer Node takes offsets too, older does not: a mapping must mean the same everywhere
    if (/^[A-Za-z]/.test(zone) && new Intl.DateTimeFormat('en', { timeZone: zone })) return zone;
  } catch {
    // said below
  }
  throw mappingError(
    node.at,
    `${JSON.stringify(zone)} is not a time zone. Write an IANA name like Europe/Berlin.`,
  );
}

function parseStrict(node: Node | undefined, country: Node | undefined): { strict?: true } {
  if (node === undefined) return {};
  if (country !== undefined) return oneOf(node, [true, false]) ? { strict: true } : {};
  throw mappingError(
    node.at,
    '"strict" is about numbers of a country. Write "country" beside it, as in country: US.',
  );
}

function parseCountry(node: Node | undefined): { country?: string } {
  if (node === undefined) return {};
  const country = asText(node, 'a country');
  if (/^[A-Z]{2}$/.test(country) && country !== 'UK') return { country };
  const hint =
    country === 'UK' ? 'The United Kingdom is GB.' : 'Write the two letters of ISO 3166, as in US.';
  throw mappingError(node.at, `${JSON.stringify(country)} is not a country. ${hint}`);
}
