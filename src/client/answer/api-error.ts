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
  const trimmed = body.trim();
  if (looksLikeHtml(trimmed)) {
    const title = /<title[^<>]*>([^<]{1,300})<\/title>/i.exec(trimmed)?.[1]?.trim();
    return { ...compact({ status, text: title ?? 'an HTML page without a title' }), isHtml: true };
  }
  return compact({ status, text: trimmed === '' ? undefined : trimmed });
}

/** Parses JSON, or gives undefined. */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

// --- internal ---

function looksLikeHtml(text: string): boolean {
  return /^<[a-z!?]/i.test(text);
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
