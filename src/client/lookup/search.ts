import type { JsonObject, KeyField, MatchKey } from '../../core/types.ts';
import { contactIdOf } from '../answer/payload.ts';
import type { ApiRequest } from '../http/reply.ts';
import { filterRequest, type ListOrder, OLDEST_FIRST, PAGE_SIZE, searchRequest } from '../http/requests.ts';
import type { PageResult, ReadPage } from '../resilience/retry-read.ts';
import { hasKey } from './match-key.ts';

/** What a search for a key brought. */
export type Hits =
  /** Every contact with exactly this key, once; mostly one or none. */
  | { readonly kind: 'hits'; readonly contacts: readonly JsonObject[] }
  /** More contacts hold the value somewhere than were seen, and which of them has it exactly is not certain. */
  | { readonly kind: 'too_many'; readonly seen: number }
  | Exclude<PageResult, { kind: 'page' }>;

/** Looks for the contacts that have a key. */
export type Search = (key: MatchKey) => Promise<Hits>;

/** More pages than this are not looked through for one key. */
const MAX_PAGES = 20;

/** What is known of an account that finds contacts by exact keys (livedesk-api.md trap 41). */
export interface ExactLookup {
  /** The keys that it takes. */
  readonly fields: readonly KeyField[];
  /** Called when it is refused all the same; from then on all keys are searched for. */
  readonly onRefused: () => void;
}

/**
 * Searches with `ask`, through all pages: the API finds every contact in which the value stands somewhere, and only
 * exact equality counts (livedesk-api.md 5.8, trap 35). Where contacts show twice, others do not show at all, since the
 * sort left them tied; then they are sorted by another field.
 */
export function createSearch(ask: ReadPage, exact?: ExactLookup): Search {
  let isExact = exact !== undefined;
  return async (key) => {
    if (isExact && exact?.fields.includes(key.field) && isPlain(key.value)) {
      const hits = await lookUp(ask, key, (page, order) => filterRequest(key, page, order));
      const isRefused = hits !== 'pending' && hits.kind === 'refused' && hits.status === 'rejected';
      if (!isRefused) return hits;
      if (isExact) exact.onRefused();
      isExact = false;
    }
    return lookUp(ask, key, (page, order) => searchRequest(key.value, page, order));
  };
}

// --- internal ---

/** Databases may lower other letters otherwise than the API does, and white space may be cut off or not. */
function isPlain(value: string): boolean {
  return /^[!-~]+(?: +[!-~]+)*$/.test(value);
}

type RequestOf = (page: number, order: ListOrder) => ApiRequest;

async function lookUp(ask: ReadPage, key: MatchKey, requestOf: RequestOf): Promise<Hits> {
  const found = new Map<number, JsonObject>();
  const seen = new Set<number | undefined>();
  for (const order of ORDERS[key.field]) {
    const read = await readPages(
      ask,
      key,
      (page) => requestOf(page, order),
      (contact) => {
        const id = contactIdOf(contact);
        seen.add(id);
        if (id !== undefined && hasKey(contact, key)) found.set(id, contact);
      },
    );
    if (typeof read !== 'number') return read;
    if (read === Number.POSITIVE_INFINITY) break;
    if (seen.size >= read) return hitsOf(found);
  }
  // of these the database holds each value once (livedesk-api.md 5.4): the one found is the only one
  const isSettled = found.size === 1 && key.field !== 'phone_number';
  return isSettled ? hitsOf(found) : { kind: 'too_many', seen: seen.size };
}

function hitsOf(found: ReadonlyMap<number, JsonObject>): Hits {
  const contacts = [...found].sort(([a], [b]) => a - b).map(([, contact]) => contact);
  return { kind: 'hits', contacts };
}

const BY_EMAIL: ListOrder = { sort: 'email', direction: 'asc' };

/** By which fields hits are sorted, the one first that leaves those in question least tied. */
const ORDERS: Readonly<Record<KeyField, readonly ListOrder[]>> = {
  email: [BY_EMAIL, OLDEST_FIRST],
  identifier: [BY_EMAIL, OLDEST_FIRST],
  phone_number: [{ sort: 'phone_number', direction: 'asc' }, BY_EMAIL],
};

/** Shows every contact of all pages, some perhaps twice. Gives how many there are, `Infinity` where there are too many to read. */
async function readPages(
  ask: ReadPage,
  key: MatchKey,
  requestOf: (page: number) => ApiRequest,
  show: (contact: JsonObject) => void,
): Promise<number | Exclude<PageResult, { kind: 'page' }>> {
  let shown = 0;
  for (let number = 1; number <= MAX_PAGES; number += 1) {
    const asked = await ask(requestOf(number), () => [[key.field, key.value]]);
    if (asked === 'pending' || asked.kind === 'refused') return asked;
    const { contacts, count = 0 } = asked.page;
    for (const contact of contacts) show(contact);
    shown += contacts.length;
    // newer servers count the page and not the hits, so that a full page may have another behind it
    const isLast = contacts.length < PAGE_SIZE && count <= shown;
    if (isLast || contacts.length === 0) return Math.max(count, shown);
  }
  return Number.POSITIVE_INFINITY;
}
