import { isObject } from '../../core/json.ts';
import type { JsonObject } from '../../core/types.ts';

/** What a good answer holds: the contact asked for, a page of contacts, or one that was made (livedesk-api.md trap 7). */
export type Expects = 'contact' | 'page' | 'created';

/** A page of a list or a search. */
export interface Page {
  /** How many contacts there are in all; undefined where the answer does not say (livedesk-api.md 5.8). */
  readonly count: number | undefined;
  /** Each with an id that {@link contactIdOf} reads. */
  readonly contacts: readonly JsonObject[];
}

/** What was found in an answer. */
export type ExpectedPayload = { readonly contact: JsonObject } | { readonly page: Page };

/** Finds what was asked for in the JSON of an answer; undefined where it is something else (livedesk-api.md 2.3, 3). */
export function findExpected(
  json: Record<string, unknown>,
  expects: Expects,
  contactId: number,
): ExpectedPayload | undefined {
  const { meta, payload } = json;
  switch (expects) {
    case 'contact':
      return isContact(payload) && contactIdOf(payload) === contactId ? { contact: payload } : undefined;
    case 'created': {
      const contact = isObject(payload) ? payload['contact'] : undefined;
      return isContact(contact) ? { contact } : undefined;
    }
    case 'page': {
      if (!isObject(meta) || !Array.isArray(payload) || !payload.every(isContact)) return undefined;
      return { page: { count: countIn(meta['count']), contacts: payload } };
    }
  }
}

/** What an answer is that does not hold what was asked for. */
export function whatInstead(json: Record<string, unknown>, expects: Expects): string {
  if (expects === 'page') return 'JSON without a list of contacts';
  if (expects === 'created') return 'JSON without the contact made';
  return isObject(json['payload']) ? 'another contact than asked for' : 'JSON without a contact';
}

/** The id of a contact in an answer: documented as a string, shown as a number (livedesk-api.md trap 1). */
export function contactIdOf({ id }: JsonObject): number | undefined {
  const number = typeof id === 'string' && /^[1-9]\d*$/.test(id) ? Number(id) : id;
  return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

// --- internal ---

function isContact(value: unknown): value is JsonObject {
  return isObject(value) && contactIdOf(value as JsonObject) !== undefined;
}

function countIn(value: unknown): number | undefined {
  const count = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}
