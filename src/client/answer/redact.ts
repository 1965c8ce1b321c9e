import { foreignText } from '../../core/foreign-text.ts';
import type { ApiError } from '../../core/types.ts';
import { sharesWord } from './shared-words.ts';

/** More of an API text than this is never kept. */
const MAX_TEXT = 300;
/** No more of a text is looked through. */
const MAX_EXAMINED = 16 * 1024;
/** Shorter values are replaced only where they stand as a word of their own. */
const MIN_ANYWHERE = 4;
/** Longer values are found by their first `BEGINNING` characters: a text may quote them cut short. */
const LONG = 60;
const BEGINNING = 40;
/** Codes that say something of the error and nothing of the row. */
const PLAIN_CODE = /^(?:\d{1,6}|[A-Z][A-Z_]{1,40})$/;

/** A value of the row and the name that takes its place in a text. */
export type NamedValue = readonly [name: string, value: string];

/** Stands for a text of the API that quotes the row, in whatever form. */
export const WITHHELD = 'its text is withheld, since it shares words with the row';

/**
 * The API error without anything of the row: its text is withheld whole where it shares a word with the row. Of what
 * else it says, every value of the row is replaced by its field name in angle brackets, and what still looks like an
 * e-mail address or a phone number is replaced as well: the API may quote the stored contact.
 */
export function redactApiError(api: ApiError, values: Iterable<NamedValue>): ApiError {
  const named = [...values];
  const { code, attributes, text } = api;
  return {
    status: api.status,
    ...(code === undefined ? {} : { code: PLAIN_CODE.test(code) ? code : redactText(code, named) }),
    ...(attributes ? { attributes: attributes.map((name) => redactAttribute(name, named)) } : {}),
    ...(text === undefined ? {} : { text: redactWhole(text, named) }),
  };
}

/** The text of an answer without anything of the row: {@link WITHHELD} where it shares a word with it. */
export function redactWhole(text: string, values: Iterable<NamedValue>): string {
  const named = [...values];
  const examined = plainly(text.slice(0, MAX_EXAMINED));
  const isShared = named.some(([, value]) => sharesWord(examined, plainly(value)));
  return isShared ? WITHHELD : redactText(text, named);
}

/**
 * A text with every value of the row replaced by its field name; cut to 300 characters afterwards, so that no half value
 * survives.
 */
export function redactText(text: string, values: Iterable<NamedValue>): string {
  const examined = plainly(text.slice(0, MAX_EXAMINED));
  let result = '';
  let end = 0;
  for (const span of spansOf(examined, values)) {
    result += `${examined.slice(end, span.start)}<${span.name}>`;
    end = span.end;
  }
  // where the text was cut, a value may have been cut in two
  result += text.length > MAX_EXAMINED ? examined.slice(end).slice(0, -LONG) : examined.slice(end);
  result = result
    .replace(/[^\s@<>"']{1,255}@[^\s@<>"']+/g, '<email>')
    .replace(/\+?\d[\d ()./-]{5,}\d/g, '<number>');
  return result.length > MAX_TEXT ? `${result.slice(0, MAX_TEXT - 1)}…` : result;
}

// --- internal ---

interface Span {
  readonly start: number;
  end: number;
  readonly name: string;
}

/** An attribute that a value of the row is named after is a field; any other text may be anything. */
function redactAttribute(attribute: string, values: readonly NamedValue[]): string {
  return values.some(([name]) => name === attribute) ? attribute : redactText(attribute, values);
}

/** Where values stand in a text, in order; what overlaps is one span, so that no part of either is left. */
function spansOf(text: string, values: Iterable<NamedValue>): Span[] {
  const found: Span[] = [];
  for (const [name, value] of values) {
    const form = plainly(value);
    if (form !== '') found.push(...occurrences(text, form, name));
  }
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  const spans: Span[] = [];
  for (const span of found) {
    const last = spans.at(-1);
    if (last && span.start < last.end) last.end = Math.max(last.end, span.end);
    else spans.push(span);
  }
  return spans;
}

function occurrences(text: string, form: string, name: string): Span[] {
  const isLong = form.length > LONG;
  const source = (isLong ? form.slice(0, BEGINNING) : form).replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  const isShort = form.length < MIN_ANYWHERE;
  // a form sent by a browser has + for a space
  const spaced = source.replaceAll(' ', '[ +]');
  const pattern = isShort ? `(?<![\\p{L}\\p{N}])${spaced}(?![\\p{L}\\p{N}])` : spaced;
  return Array.from(text.matchAll(new RegExp(pattern, 'giu')), (match) => {
    let length = match[0].length;
    if (isLong)
      while (length < form.length && sameLetter(text[match.index + length], form[length])) length += 1;
    return { start: match.index, end: match.index + length, name };
  });
}

/** How often a text may be encoded over: JSON in a URL in HTML is three times. */
const MAX_ENCODINGS = 4;

/**
 * A text without the escapes of URLs, JSON and HTML, in composed characters, with single spaces: what was quoted then
 * looks as it stood in the row, however it was encoded.
 */
function plainly(text: string): string {
  let plain = text;
  for (let i = 0; i < MAX_ENCODINGS; i += 1) {
    const before = plain;
    plain = plain
      .replace(/(?:%[0-9a-f]{2})+/gi, decodePercent)
      .replace(/\\u([0-9a-f]{4})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      .replace(/\\([nrtbf])/g, ' ')
      .replace(/\\(["\\/])/g, '$1')
      .replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w{2,4}));/gi, decodeEntity);
    if (plain === before) break;
  }
  // what was escaped may be a control character
  return foreignText(plain.normalize('NFC')).replace(/\s+/g, ' ').trim();
}

function decodePercent(escaped: string): string {
  try {
    return decodeURIComponent(escaped);
  } catch {
    return escaped; // another encoding, or a character cut in two
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

function decodeEntity(entity: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return Object.hasOwn(ENTITIES, name) ? (ENTITIES[name] ?? entity) : entity;
  const point = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  return point <= 0x10ffff ? String.fromCodePoint(point) : entity;
}

function sameLetter(a: string | undefined, b: string | undefined): boolean {
  return a?.toLowerCase() === b?.toLowerCase();
}
