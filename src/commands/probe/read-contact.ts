import { contactIdOf, type Page } from '../../client/answer/payload.ts';
import { type JsonObject, KEY_FIELDS } from '../../core/types.ts';
import { isForeign, isRefused, type Talk } from './probe-client.ts';

/** How a contact is read: GET of one, an empty PATCH, or a search by one of its keys. */
export const READ_BY = ['show', 'patch', 'search'] as const;
export type ReadBy = (typeof READ_BY)[number];

/** Reads a contact; undefined where it cannot be read. */
export type Read = () => Promise<JsonObject | undefined>;

/** Reads the contact of `id`; `keys` is a contact that has its keys. */
export function readerBy(how: ReadBy, talk: Talk, id: number, keys: JsonObject): Read {
  return async () => {
    if (how === 'search') return findByKeys(talk, id, keys);
    const answer = how === 'show' ? await talk.show(id) : await talk.update(id, {});
    return isRefused(answer) || isForeign(answer) ? undefined : answer;
  };
}

/** The contact among those that a search shows. */
export function hitIn(page: Page | undefined, id: number): JsonObject | undefined {
  return page?.contacts.find((contact) => contactIdOf(contact) === id);
}

/** Searches for a contact by one of its keys after the other. */
export async function findByKeys(talk: Talk, id: number, keys: JsonObject): Promise<JsonObject | undefined> {
  for (const field of KEY_FIELDS) {
    const key = keys[field];
    if (typeof key !== 'string' || key.trim() === '') continue;
    const page = await talk.search(key);
    const hit = isRefused(page) ? undefined : hitIn(page, id);
    if (hit) return hit;
  }
  return undefined;
}
