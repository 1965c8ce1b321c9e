import type { JsonValue } from '../../core/types.ts';

/** The JSON type of a value, as far as it can make a difference to who reads the contact. */
export const KINDS = ['none', 'empty', 'text', 'number', 'boolean', 'json'] as const;
export type Kind = (typeof KINDS)[number];

/**
 * A text that is the same for all values that mean the same to the API (livedesk-api.md 5.4, 5.5): e-mails in lower
 * case, phones without separators, `2222` and `"2222"`, objects whatever the order of their keys. Absent, null and
 * empty are the empty text, and so is "not blocked".
 */
export function canonicalText(path: string, value: JsonValue | undefined): string {
  if (isEmpty(value)) return '';
  // no text that may be sent begins with NUL, so that an object is never taken for its JSON
  if (typeof value === 'object') return `\0${canonicalJson(value)}`;
  const text = String(value);
  // a column that is never null, and false unless somebody says otherwise (livedesk-api.md 5.4)
  if (path === 'blocked' && text === 'false') return '';
  if (path === 'email') return text.toLowerCase();
  if (path === 'phone_number' && text.startsWith('+')) return text.replace(/[\s().-]/g, '');
  return text;
}

/**
 * What the JSON type of a sent value was. The account keeps attributes as they are sent, so that a mapping which
 * turns "5" into 5 changes something; columns are cast to their own type (livedesk-api.md 5.2), so there it is `none`.
 */
export function kindOf(path: string, value: JsonValue | undefined): Kind {
  if (!path.includes('.')) return 'none';
  if (isEmpty(value)) return 'empty';
  if (typeof value === 'object') return 'json';
  return typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : 'boolean';
}

// --- internal ---

function isEmpty(value: JsonValue | undefined): value is undefined | null {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function canonicalJson(value: JsonValue): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  // the API keeps no null in a list (livedesk-api.md 5.10)
  if (Array.isArray(value))
    return `[${value
      .filter((item) => item !== null)
      .map(canonicalJson)
      .join()}]`;
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`);
  return `{${members.join()}}`;
}
