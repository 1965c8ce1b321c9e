import type { ApiError } from '../types.ts';

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

/**
 * The API error with every value of the row replaced by its field name in angle brackets, and what still looks
 * like an e-mail address or a phone number replaced as well: the API may quote the stored contact.
 */
export function redactApiError(api: ApiError, values: Iterable<NamedValue>): ApiError {
  const named = [...values];
  const { code, attributes, text } = api;
  return {
    status: api.status,
    ...(code === undefined ? {} : { code: PLAIN_CODE.test(code) ? code : redactText(code, named) }),
    ...(attributes ? { attributes: attributes.map((name) => redactAttribute(name, named)) } : {}),
    ...(text === undefined ? {} : { text: redactText(text, named) }),
  };
}

/** As {@link redactApiError}, for one text; cut to 300 characters afterwards, so that no half value survives. */
export function redactText(text: string, values: Iterable<NamedValue>): string {
  const examined = oneSpaced(text.slice(0, MAX_EXAMINED));
  let result = '';
  let end = 0;
  for (const span of spansOf(examined, values)) {
    result += `${examined.slice(end, span.start)}<${span.name}>`;
    end = span.end;
  }
  // where the text was cut, a value may have been cut in two
  result += text.length > MAX_EXAMINED ? examined.slice(end).slice(0, -LONG) : examined.slice(end);
  result = result
    .replace(/[^\s@<>"']+@[^\s@<>"']+/g, '<email>')
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
    for (const form of formsOf(value)) found.push(...occurrences(text, form, name));
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
  const pattern = isShort ? `(?<![\\p{L}\\p{N}])${source}(?![\\p{L}\\p{N}])` : source;
  return Array.from(text.matchAll(new RegExp(pattern, 'giu')), (match) => {
    let length = match[0].length;
    if (isLong)
      while (length < form.length && sameLetter(text[match.index + length], form[length])) length += 1;
    return { start: match.index, end: match.index + length, name };
  });
}

/** A value as it stands in plain text, and inside JSON (with and without ASCII escapes), HTML or a URL. */
function formsOf(value: string): ReadonlySet<string> {
  const trimmed = value.trim();
  const html = trimmed.replace(/[&<>"']/g, (character) => HTML[character] ?? character);
  const json = JSON.stringify(trimmed).slice(1, -1);
  const ascii = json.replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const url = encodeURIComponent(trimmed.replace(/\p{Cs}/gu, ''));
  return new Set([trimmed, json, ascii, html, url].map(oneSpaced).filter((form) => form !== ''));
}

const HTML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function oneSpaced(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function sameLetter(a: string | undefined, b: string | undefined): boolean {
  return a?.toLowerCase() === b?.toLowerCase();
}
