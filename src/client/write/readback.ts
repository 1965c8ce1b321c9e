import { SOCIAL_PROFILES } from '../../core/field-path.ts';
import { isObject } from '../../core/json.ts';
import type { JsonObject, JsonValue, PatchBody } from '../../core/types.ts';

/** Answers without a sign of what was sent, after which answers are not taken for read-backs. */
const ANSWERS_TO_JUDGE = 20;

/**
 * Whether answers show what the contact holds after the write. Not documented; the documentation's own example
 * does not (livedesk-api.md 2.3), so it is learned: one custom attribute that comes back as sent proves it, 20
 * answers without one disprove it.
 */
export interface ReadbackTrust {
  readonly verdict: 'unknown' | 'read-back' | 'not a read-back';
  readonly misses: number;
}

export const READBACK_UNKNOWN: ReadbackTrust = { verdict: 'unknown', misses: 0 };

/** The trust after one more answer. */
export function learnFromReadback(
  trust: ReadbackTrust,
  body: PatchBody,
  missing: readonly string[],
): ReadbackTrust {
  if (trust.verdict !== 'unknown') return trust;
  // what was cleared proves nothing: an answer that shows nothing "shows" it
  const sentPaths = pathsWhere((_path, sent) => !isEmpty(sent), body);
  const telling = sentPaths.filter((path) => path.startsWith('custom_attributes.'));
  const judged = telling.length > 0 ? telling : sentPaths;
  if (judged.length === 0) return trust;
  const shown = judged.some((path) => !missing.includes(path));
  if (shown) return { verdict: 'read-back', misses: 0 };
  const misses = trust.misses + 1;
  return { verdict: misses >= ANSWERS_TO_JUDGE ? 'not a read-back' : 'unknown', misses };
}

/** Paths of `body` whose value `contact` does not show. Letter case of e-mails, number or text, and null, "" or absent are the same. */
export function missingFromReadback(body: PatchBody, contact: JsonObject): string[] {
  return pathsWhere((path, sent, shown) => !sameValue(path, sent, shown), body, contact);
}

/** Whether two values of a field mean the same to the API (livedesk-api.md 5.5, 5.10). */
export function sameValue(path: string, a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (isEmpty(a) || isEmpty(b)) return isEmpty(a) && isEmpty(b);
  if (typeof a === 'object' || typeof b === 'object') return sameJson(a ?? null, b ?? null);
  if (a === b) return true;
  const [left, right] = [String(a), String(b)];
  return left === right || (path === 'email' && left.toLowerCase() === right.toLowerCase());
}

// --- internal ---

type Decides = (path: string, sent: JsonValue | undefined, shown: JsonValue | undefined) => boolean;

/**
 * The paths of a body whose values `decides` picks, each beside what `contact` shows there. `parent` is the path that leads
 * to `body`, with a dot at its end, and `paths` the ones picked before.
 */
function pathsWhere(
  decides: Decides,
  body: JsonObject,
  contact?: JsonValue,
  parent = '',
  paths: string[] = [],
): string[] {
  for (const key of Object.keys(body)) {
    const path = parent + key;
    const sent = body[key];
    const shown = isObject(contact) && Object.hasOwn(contact, key) ? (contact as JsonObject)[key] : undefined;
    if (isObject(sent) && NESTED.has(path)) pathsWhere(decides, sent as JsonObject, shown, `${path}.`, paths);
    else if (decides(path, sent, shown)) paths.push(path);
  }
  return paths;
}

/** Objects whose keys are fields of their own. */
const NESTED: ReadonlySet<string> = new Set(['custom_attributes', 'additional_attributes', SOCIAL_PROFILES]);

function isEmpty(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || value === '';
}

function sameJson(a: JsonValue, b: JsonValue): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a) || Array.isArray(b)) {
    const [left, right] = [keptOf(a), keptOf(b)];
    return (
      left !== undefined &&
      left.length === right?.length &&
      left.every((one, i) => sameJson(one, right[i] ?? null))
    );
  }
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key] ?? null, b[key] ?? null))
  );
}

/** What the API keeps of a list: no nulls (livedesk-api.md 5.10). */
function keptOf(value: JsonValue): readonly JsonValue[] | undefined {
  return Array.isArray(value) ? value.filter((item) => item !== null) : undefined;
}
