import { foreignText } from '../../core/foreign-text.ts';
import { isObject } from '../../core/json.ts';
import type { ApiError } from '../../core/types.ts';

/** What an error body said, before redaction. */
export type ParsedError = ApiError & { readonly isHtml?: boolean };

/**
 * Reads an error body in any of the shapes seen (livedesk-api.md 5.6, 4, trap 31): `{error}`, `{errors: []}`,
 * `{message, attributes}`, `{code, message}`, `{error: {code, message}}`, `{status, error}`, text, HTML.
 * Of HTML only the title is kept. Whatever is taken from the answer is made safe to print.
 */
export function parseApiError(status: number, body: string, json: unknown): ParsedError {
  if (isObject(json)) {
    const inner = isObject(json['error']) ? json['error'] : json;
    const code = textOf(inner['code']) ?? textOf(json['code']);
    const attributes = Array.isArray(json['attributes'])
      ? json['attributes'].filter((name): name is string => typeof name === 'string').slice(0, 20)
      : undefined;
    const text =
      textOf(inner['message']) ?? textOf(json['message']) ?? textOf(json['error']) ?? joined(json['errors']);
    return compact({ status, code, attributes, text });
  }
  const trimmed = body.trim(); // a byte order mark, too
  if (looksLikeHtml(trimmed)) {
    const title = /<title[^<>]*>([^<]{1,300})<\/title>/i.exec(trimmed)?.[1]?.trim();
    return { ...compact({ status, text: title ?? 'an HTML page without a title' }), isHtml: true };
  }
  return compact({ status, text: trimmed === '' ? undefined : trimmed });
}

/** What the text of an answer is. */
export type ParsedBody =
  | { readonly kind: 'json'; readonly value: unknown }
  /** JSON that is nested without end: code that walks through it would run out of stack. */
  | { readonly kind: 'too deep' }
  | { readonly kind: 'other' };

/** Deeper than anything that is stored of a contact; Ruby's own parser takes as much. */
const MAX_DEPTH = 100;

/** Parses JSON, whether it begins with a byte order mark or not. */
export function parseBody(body: string): ParsedBody {
  const text = body.startsWith('\uFEFF') ? body.slice(1) : body;
  try {
    const value: unknown = JSON.parse(text);
    return isDeeperThan(MAX_DEPTH, text) ? { kind: 'too deep' } : { kind: 'json', value };
  } catch {
    return { kind: 'other' };
  }
}

// --- internal ---

function looksLikeHtml(text: string): boolean {
  return /^<[a-z!?]/i.test(text);
}

/** Whether JSON is nested deeper than `most`. */
function isDeeperThan(most: number, json: string): boolean {
  let depth = 0;
  for (let i = 0; i < json.length; i += 1) {
    const code = json.charCodeAt(i);
    if (code === QUOTE) {
      do i = json.indexOf('"', i + 1);
      while (isEscaped(json, i));
    } else if (code === BRACKET || code === BRACE) {
      depth += 1;
      if (depth > most) return true;
    } else if (code === BRACKET + 2 || code === BRACE + 2) depth -= 1;
  }
  return false;
}

const QUOTE = 0x22;
const BRACKET = 0x5b;
const BRACE = 0x7b;

/** Whether an odd number of backslashes stands before `index`. */
function isEscaped(text: string, index: number): boolean {
  let before = index - 1;
  while (text[before] === '\\') before -= 1;
  return (index - before) % 2 === 0;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string' && value !== '') return value;
  return typeof value === 'number' ? String(value) : undefined;
}

function joined(value: unknown): string | undefined {
  if (!Array.isArray(value)) return undefined;
  const texts = value.map((one) => textOf(one) ?? (isObject(one) ? textOf(one['message']) : undefined));
  return texts.filter((text) => text !== undefined).join(', ') || undefined;
}

function compact(parts: {
  status: number;
  code?: string | undefined;
  attributes?: readonly string[] | undefined;
  text?: string | undefined;
}): ApiError {
  return {
    status: parts.status,
    ...(parts.code === undefined ? {} : { code: foreignText(parts.code) }),
    ...(parts.attributes?.length ? { attributes: parts.attributes.map(foreignText) } : {}),
    ...(parts.text === undefined ? {} : { text: foreignText(parts.text) }),
  };
}
