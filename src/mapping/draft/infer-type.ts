import { InexactNumber, type JsonObject } from '../../core/types.ts';
import { coerceEmail } from '../coerce/email.ts';
import { CellFault, type Coerce } from '../coerce/fault.ts';
import { coerceInteger, coerceNumber } from '../coerce/number.ts';
import { coerceUrl } from '../coerce/text.ts';
import { FALSE_TEXTS, TRUE_TEXTS } from '../vocabulary.ts';
import { headerNames } from './header-name.ts';
import { inferDates } from './infer-date.ts';
import { DIGITS_AS_TEXT } from './vocabulary.ts';

/** What the sample of a column says of its type. Holds no cell: a draft is free of personal data. */
export interface Inferred {
  /** Options of the field, `type` among them; empty for a text. */
  readonly options: JsonObject;
  /** Why, in a few words. */
  readonly why: string;
}

/** Words for yes and no that the loader does not know by itself. */
const OTHER_BOOLEANS = [
  { true: ['ja'], false: ['nein'] },
  { true: ['oui'], false: ['non'] },
  { true: ['vrai'], false: ['faux'] },
  { true: ['wahr'], false: ['falsch'] },
  { true: ['sí', 'si'], false: ['no'] },
  { true: ['verdadero'], false: ['falso'] },
  { true: ['是'], false: ['否'] },
] as const;

/** The type of a custom attribute by the cells of a sample: trimmed texts, or values of JSON that are none. */
export function inferType(header: string, cells: readonly unknown[]): Inferred {
  if (cells.length === 0) return { options: {}, why: 'empty in the sample: text' };
  if (cells.some((cell) => cell instanceof InexactNumber)) {
    return { options: { type: 'string' }, why: 'numbers with more digits than JSON keeps: sent as text' };
  }
  const texts = cells.filter((cell): cell is string => typeof cell === 'string');
  if (texts.length === 0) return { options: {}, why: 'keeps its JSON type' };
  if (texts.length < cells.length)
    return { options: {}, why: 'texts and other values: each is sent as it is' };
  return (
    booleans(texts) ??
    dates(texts) ??
    numbers(header, texts) ??
    lists(header, texts) ??
    named(texts) ?? {
      options: {},
      why: 'text',
    }
  );
}

// --- internal ---

function booleans(texts: readonly string[]): Inferred | undefined {
  const lower = texts.map((text) => text.toLowerCase());
  const known: readonly string[] = [...TRUE_TEXTS, ...FALSE_TEXTS];
  if (lower.every((text) => known.includes(text)) && !lower.every((text) => /^[01]$/.test(text))) {
    return { options: { type: 'boolean' }, why: 'yes or no throughout the sample' };
  }
  for (const { true: yes, false: no } of OTHER_BOOLEANS) {
    const words: readonly string[] = [...yes, ...no];
    if (!lower.every((text) => words.includes(text))) continue;
    return {
      options: { type: 'boolean', true: [...yes], false: [...no] },
      why: 'yes or no throughout the sample',
    };
  }
  return undefined;
}

function numbers(header: string, texts: readonly string[]): Inferred | undefined {
  if (!texts.every((text) => /^-?[\d.,]*\d$/.test(text))) return undefined;
  const isName = headerNames(header).some((name) => DIGITS_AS_TEXT.test(name));
  if (isName) return { options: {}, why: 'text: digits that are a name, not a number' };
  if (texts.some((text) => /^-?0\d/.test(text)))
    return { options: {}, why: 'text: leading zeros would be lost' };
  if (areAll(texts, coerceInteger)) {
    const isFlag = texts.every((text) => /^[01]$/.test(text));
    return {
      options: { type: 'integer' },
      why: isFlag ? 'only 0 and 1 in the sample: maybe type: boolean' : 'whole numbers throughout the sample',
    };
  }
  return decimals(texts);
}

function decimals(texts: readonly string[]): Inferred | undefined {
  for (const mark of ['.', ','] as const) {
    if (!areAll(texts, coerceNumber(mark))) continue;
    const fractions = texts.filter((text) => text.includes(mark));
    if (fractions.every((text) => /^-?[1-9]\d{0,2}[.,]\d{3}$/.test(text))) {
      return {
        options: {},
        why: `text: "${mark}" may part thousands or be a decimal mark (type: number, decimal: "${mark}")`,
      };
    }
    return mark === '.'
      ? { options: { type: 'number' }, why: 'decimal numbers throughout the sample' }
      : { options: { type: 'number', decimal: ',' }, why: 'numbers with a decimal comma' };
  }
  if (!texts.some((text) => /\d[.,]\d{3}(?:\D|$)/.test(text))) return undefined;
  return { options: {}, why: 'text: numbers with marks between thousands, which no type reads' };
}

function dates(texts: readonly string[]): Inferred | undefined {
  const found = inferDates(texts);
  if (found === undefined) return undefined;
  if (found.kind === 'unreadable') {
    return { options: {}, why: 'text: dates in a form that no format reads; yyyy-MM-dd would be read' };
  }
  if (found.kind === 'several') {
    const readings = found.formats.join(' or ');
    return {
      options: {},
      why: `text: read as ${readings}? No day over 12 in the sample; add type and format`,
    };
  }
  const { type, format } = found;
  return format === undefined
    ? { options: { type }, why: type === 'date' ? 'ISO dates' : 'ISO dates with a time' }
    : { options: { type, format }, why: 'the only reading that fits the sample' };
}

const LIST_HEADER =
  /tags?$|labels?$|categories$|segments$|interests$|groups?$|groupmembership$|schlagworte|标签/;

function lists(header: string, texts: readonly string[]): Inferred | undefined {
  if (!headerNames(header).some((name) => LIST_HEADER.test(name))) return undefined;
  const separator = [' ::: ', ';', '|', ','].find((sign) => texts.some((text) => text.includes(sign)));
  if (separator === undefined) return undefined;
  return {
    options: { type: 'list', ...(separator === ',' ? {} : { separator: separator.trim() }) },
    why: `several items, parted by "${separator.trim()}"`,
  };
}

function named(texts: readonly string[]): Inferred | undefined {
  if (areAll(texts, coerceEmail)) return { options: { type: 'email' }, why: 'e-mail addresses' };
  if (areAll(texts, coerceUrl)) return { options: { type: 'url' }, why: 'web addresses' };
  return undefined;
}

function areAll(texts: readonly string[], coerce: Coerce): boolean {
  return texts.every((text) => !(coerce.text(text) instanceof CellFault));
}
