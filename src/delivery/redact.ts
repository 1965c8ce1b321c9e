import type { ApiError } from '../types.ts';

/** More of an API text than this is never kept. */
const MAX_TEXT = 300;
/** Shorter values are replaced only where they stand as a word of their own. */
const MIN_ANYWHERE = 4;

/** A value of the row and the name that takes its place in a text. */
export type NamedValue = readonly [name: string, value: string];

/**
 * The API error with every value of the row replaced by its field name in angle brackets, and what still looks
 * like an e-mail address or a phone number replaced as well: the API may quote the stored contact.
 */
export function redactApiError(api: ApiError, values: Iterable<NamedValue>): ApiError {
  return api.text === undefined ? api : { ...api, text: redactText(api.text, values) };
}

/** As {@link redactApiError}, for one text; cut to 300 characters afterwards, so that no half value survives. */
export function redactText(text: string, values: Iterable<NamedValue>): string {
  let result = text.slice(0, MAX_TEXT * 20);
  const longestFirst = [...values]
    .filter(([, value]) => value !== '')
    .sort((a, b) => b[1].length - a[1].length);
  for (const [name, value] of longestFirst) {
    const source = value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const pattern = value.length < MIN_ANYWHERE ? `(?<![\\p{L}\\p{N}])${source}(?![\\p{L}\\p{N}])` : source;
    result = result.replace(new RegExp(pattern, 'giu'), () => `<${name}>`);
  }
  result = result
    .replace(/[^\s@<>"']+@[^\s@<>"']+/g, '<email>')
    .replace(/\+?\d[\d ()./-]{5,}\d/g, '<number>')
    .replace(/\s+/g, ' ');
  return result.length > MAX_TEXT ? `${result.slice(0, MAX_TEXT - 1)}…` : result;
}
