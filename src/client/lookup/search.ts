import type { JsonObject, MatchKey } from '../../core/types.ts';
import { contactIdOf } from '../answer/payload.ts';
import { PAGE_SIZE, searchRequest } from '../http/requests.ts';
import type { PageResult, ReadPage } from '../resilience/retry-read.ts';
import { hasKey } from './match-key.ts';

/** What a search for a key brought. */
export type Hits =
  /** Every contact with exactly this key, once; mostly one or none. */
  | { readonly kind: 'hits'; readonly contacts: readonly JsonObject[] }
  /** More contacts hold the value somewhere than are looked through, and which has it exactly is not certain. */
  | { readonly kind: 'too_many'; readonly seen: number }
  | Exclude<PageResult, { kind: 'page' }>;

/** Looks for the contacts that have a key. */
export type Search = (key: MatchKey) => Promise<Hits>;

/** More pages than this are not looked through for one key. */
const MAX_PAGES = 20;

/**
 * Searches with `ask`, through all pages: the API finds every contact in which the value stands somewhere, and only
 * exact equality counts (livedesk-api.md 5.8, trap 35).
 */
export function createSearch(ask: ReadPage): Search {
  return async (key) => {
    const contacts = new Map<number, JsonObject>();
    let seen = 0;
    for (let number = 1; number <= MAX_PAGES; number += 1) {
      const asked = await ask(searchRequest(key.value, number), () => [[key.field, key.value]]);
      if (asked === 'pending' || asked.kind === 'refused') return asked;
      const { page } = asked;
      for (const contact of page.contacts) {
        const id = contactIdOf(contact);
        if (id !== undefined && hasKey(contact, key)) contacts.set(id, contact);
      }
      seen += page.contacts.length;
      // newer servers count the page and not the hits, so that a full page may have another behind it
      const isLast = page.contacts.length < PAGE_SIZE && (page.count ?? 0) <= seen;
      if (isLast || page.contacts.length === 0) return { kind: 'hits', contacts: [...contacts.values()] };
    }
    // of these the database holds each value once (livedesk-api.md 5.4): the one found is the only one
    const isSettled = contacts.size === 1 && key.field !== 'phone_number';
    return isSettled ? { kind: 'hits', contacts: [...contacts.values()] } : { kind: 'too_many', seen };
  };
}
