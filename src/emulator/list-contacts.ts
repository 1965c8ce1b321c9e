import type { Contact } from './contact.ts';
import { isResolved } from './contact.ts';
import type { ContactStore } from './contact-store.ts';
import type { Switches } from './options.ts';

/** LiveDesk's page; `page_size` stands in one example only and is taken to be ignored (livedesk-api.md 3.1). */
export const DEFAULT_PAGE_SIZE = 15;

/** One page of contacts. `count` is null for a search with a blank `q` (livedesk-api.md 5.8). */
export interface ContactPage {
  readonly count: number | null;
  /** As it was asked for, a string; the number 1 when it was not (livedesk-api.md 0.2). */
  readonly currentPage: string | number;
  readonly contacts: readonly Contact[];
}

const SORT_KEYS: Readonly<Record<string, (contact: Contact) => unknown>> = {
  name: (contact) => contact.name,
  email: (contact) => contact.email,
  phone_number: (contact) => contact.phone_number,
  last_activity_at: (contact) => contact.last_activity_at,
  created_at: (contact) => contact.created_at,
  company: (contact) => contact.additional_attributes['company_name'],
  city: (contact) => contact.additional_attributes['city'],
  country: (contact) => contact.additional_attributes['country'],
};

/** Makes the list-and-search of a store; the order of the last plain list is kept until a contact changes. */
export function contactLister(store: ContactStore) {
  let kept = { version: -1, order: '', ids: [] as readonly number[] };

  return (query: URLSearchParams, switches: Switches): ContactPage => {
    const currentPage = query.get('page') ?? 1;
    const q = switches.search === 'ignored' ? null : query.get('q');
    if (q !== null && q.trim() === '') return { count: null, currentPage, contacts: [] };
    const ids = idsFor(query, q);
    const size =
      switches.pageSize === 'honoured'
        ? pageSize(query.get('page_size'), switches.pageSizeMax)
        : DEFAULT_PAGE_SIZE;
    const start = (Math.max(1, Number.parseInt(String(currentPage), 10) || 1) - 1) * size;
    const contacts = ids.slice(start, start + size).flatMap((id) => store.get(id) ?? []);
    return { count: ids.length, currentPage, contacts };
  };

  function idsFor(query: URLSearchParams, q: string | null): readonly number[] {
    // nothing here ever has a label
    if (query.has('labels') || query.has('labels[]')) return [];
    const sort = query.get('sort') ?? '';
    const direction = query.get('direction') === 'desc' ? -1 : 1;
    if (q !== null) return select(matcher(q), sort, direction);
    const order = `${sort} ${direction}`;
    if (kept.version !== store.version || kept.order !== order) {
      kept = { version: store.version, order, ids: select(isResolved, sort, direction) };
    }
    return kept.ids;
  }

  function select(isWanted: (contact: Contact) => boolean, sort: string, direction: number): number[] {
    const key = SORT_KEYS[sort];
    const found: { id: number; key: unknown }[] = [];
    for (const id of store.ids()) {
      const contact = store.get(id);
      if (contact && isWanted(contact)) found.push({ id, key: key?.(contact) });
    }
    if (key) found.sort((a, b) => direction * compare(a.key, b.key));
    return found.map((entry) => entry.id);
  }
}

/** Substring search with `%` and `_` as wildcards, in any case except for the identifier (livedesk-api.md 5.8). */
function matcher(q: string): (contact: Contact) => boolean {
  const pattern = [...q].map(patternOf).join('');
  const anyCase = new RegExp(pattern, 'isu');
  const exactCase = new RegExp(pattern, 'su');
  return (contact) => {
    if (!isResolved(contact)) return false;
    const company = contact.additional_attributes['company_name'];
    const texts = [contact.name, contact.email, contact.phone_number, company];
    if (texts.some((text) => typeof text === 'string' && anyCase.test(text))) return true;
    return contact.identifier !== null && exactCase.test(contact.identifier);
  };
}

function patternOf(character: string): string {
  if (character === '%') return '.*';
  if (character === '_') return '.';
  return character.replace(/[\\^$.*+?()[\]{}|/]/u, '\\$&');
}

function pageSize(asked: string | null, most: number): number {
  const size = Number.parseInt(asked ?? '', 10);
  return size > 0 ? Math.min(size, most) : DEFAULT_PAGE_SIZE;
}

/** Empty values last, as PostgreSQL sorts them. */
function compare(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1;
  if (b === null || b === undefined) return -1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a) < String(b) ? -1 : 1;
}
