import type { Contact } from './contact.ts';
import { isLead, isResolved } from './contact.ts';
import type { ContactStore } from './contact-store.ts';
import type { Switches } from './options.ts';
import { hashOf } from './random.ts';
import { contactMatcher } from './search-pattern.ts';
import { idsOfPage, inPlace, type Ordered } from './ties.ts';

/** LiveDesk's page; `page_size` stands in one example only and is taken to be ignored (livedesk-api.md 3.1). */
export const DEFAULT_PAGE_SIZE = 15;

/** One page of contacts. */
export interface ContactPage {
  /** How many contacts there are in all, or with `--search-count page` on this page. Null for a search with a blank `q` (5.8). */
  readonly count: number | null;
  /** As it was asked for, a string; the number 1 when it was not (livedesk-api.md 0.2). */
  readonly currentPage: string | number;
  /** Whether more pages follow; only where `count` does not say so. */
  readonly hasMore?: boolean;
  readonly contacts: readonly Contact[];
}

/** What each sort key sorts by; texts without regard to case (livedesk-api.md 5.8). */
const SORTABLE: Readonly<Record<string, (contact: Contact) => SortValue>> = {
  name: ({ name }) => lower(name),
  email: ({ email }) => lower(email),
  phone_number: ({ phone_number: phone }) => lower(phone),
  last_activity_at: (contact) => contact.last_activity_at,
  created_at: (contact) => contact.created_at,
  company: (contact) => attribute(contact, 'company_name'),
  city: (contact) => attribute(contact, 'city'),
  country: (contact) => attribute(contact, 'country'),
};
/** Sorted by plain columns: the database puts empty values first when it goes downwards. The others are last always. */
const PLAIN_COLUMNS: ReadonlySet<string> = new Set(['name', 'email', 'phone_number']);

type SortValue = string | number | null;

/** One key of a sort. */
interface SortKey {
  readonly sortedBy: (contact: Contact) => SortValue;
  readonly direction: 1 | -1;
  readonly nullsFirst: boolean;
}

/** Which contacts a listing shows, apart from its order. */
type IsWanted = (contact: Contact) => boolean;

/** Makes the list, the search and the filter of a store; orders of plain lists are kept until a contact changes. */
export function contactLister(store: ContactStore) {
  let kept = { version: -1, orders: new Map<string, Ordered>() };

  /** The list, or the search where there is a `q`. */
  function list(given: URLSearchParams, switches: Switches): ContactPage {
    const query = withSortTaken(given, switches);
    const currentPage = query.get('page') ?? 1;
    const q = switches.search === 'ignored' ? null : query.get('q');
    if (q !== null && q.trim() === '') return { count: null, currentPage, contacts: [] };
    // nothing here ever has a label
    if (hasLabels(query)) return { count: 0, currentPage, contacts: [] };
    const order = q === null ? plain(query, switches) : select(searched(q, switches), query);
    const page = pageOf(order, query, switches);
    if (q === null || switches.searchCount === 'total') return page;
    const hasMore = (page.count ?? 0) > endOfPage(query, switches);
    return { ...page, count: page.contacts.length, hasMore };
  }

  /** The contacts that `isWanted` takes. */
  function filter(isWanted: IsWanted, query: URLSearchParams, switches: Switches): ContactPage {
    const isListed = listed(switches.searchScope);
    return pageOf(
      select((contact) => isListed(contact) && isWanted(contact), query),
      query,
      switches,
    );
  }

  function pageOf(order: Ordered, query: URLSearchParams, switches: Switches): ContactPage {
    const ids = idsOfPage(order, pageNumber(query), pageSize(query, switches), switches.ties);
    return {
      count: order.ids.length,
      currentPage: query.get('page') ?? 1,
      contacts: ids.flatMap((id) => store.get(id) ?? []),
    };
  }

  function plain(query: URLSearchParams, { searchScope }: Switches): Ordered {
    if (kept.version !== store.version) kept = { version: store.version, orders: new Map() };
    const name = `${searchScope === 'leads'} ${query.get('sort')} ${query.get('direction')}`;
    let order = kept.orders.get(name);
    if (!order) {
      order = select(searchScope === 'leads' ? isLead : isResolved, query);
      kept.orders.set(name, order);
    }
    return order;
  }

  function select(isWanted: IsWanted, query: URLSearchParams): Ordered {
    const keys = sortKeysOf(query);
    const found: { readonly id: number; readonly value: SortValue }[] = [];
    const [first, ...others] = keys;
    for (const id of store.ids()) {
      const contact = store.get(id);
      if (contact && isWanted(contact)) found.push({ id, value: first?.sortedBy(contact) ?? null });
    }
    if (!first) return inPlace(found.map(({ id }) => id));
    found.sort((a, b) => compare(a.value, b.value, first));
    const ids = found.map(({ id }) => id);
    const groupStart = new Uint32Array(ids.length);
    for (let start = 0, end = 0; start < ids.length; start = end) {
      const value = found[start]?.value;
      while (end < ids.length && found[end]?.value === value) end += 1;
      groupStart.fill(start, start, end);
      if (end - start > 1 && others.length > 0) sortGroup(ids, groupStart, start, end, others);
    }
    const salt = hashOfText(`${query.get('sort')} ${query.get('direction')}`);
    return { ids, groupStart, salt };
  }

  /** Sorts the contacts from `start` to `end`, which the first key leaves tied, by the other keys. */
  function sortGroup(
    ids: number[],
    groupStart: Uint32Array,
    start: number,
    end: number,
    keys: readonly SortKey[],
  ): void {
    const tied = ids.slice(start, end).map((id) => {
      const contact = store.get(id);
      return { id, values: keys.map(({ sortedBy }) => (contact ? sortedBy(contact) : null)) };
    });
    const order = (a: (typeof tied)[number], b: (typeof tied)[number]): number => {
      for (const [i, key] of keys.entries()) {
        const between = compare(a.values[i] ?? null, b.values[i] ?? null, key);
        if (between !== 0) return between;
      }
      return 0;
    };
    tied.sort(order);
    for (const [i, entry] of tied.entries()) {
      const before = tied[i - 1];
      ids[start + i] = entry.id;
      const isTied = before !== undefined && order(before, entry) === 0;
      groupStart[start + i] = isTied ? (groupStart[start + i - 1] ?? 0) : start + i;
    }
  }

  return { list, filter };
}

/** What a search looks through: contacts with a key, those of the list, or every contact. */
function searched(q: string, { searchScope, searchCompany }: Switches): IsWanted {
  const isMatch = contactMatcher(q.trim(), searchCompany);
  if (searchScope === 'all') return isMatch;
  const isListed = listed(searchScope);
  return (contact) => isListed(contact) && isMatch(contact);
}

function listed(searchScope: Switches['searchScope']): IsWanted {
  return searchScope === 'leads' ? isLead : isResolved;
}

/** Whether the sort is one that the account refuses. */
export function isRefusedSort(query: URLSearchParams, { sortKeys }: Switches): boolean {
  return sortKeys === 'refused' && (query.get('sort') ?? '').includes(',');
}

/** The query with what the account takes of several sort keys. */
function withSortTaken(query: URLSearchParams, { sortKeys }: Switches): URLSearchParams {
  const keys = (query.get('sort') ?? '').split(',');
  if (sortKeys === 'several' || keys.length < 2) return query;
  const taken = new URLSearchParams(query);
  taken.set('sort', sortKeys === 'first' ? (keys[0] ?? '') : '');
  return taken;
}

/** A blank `labels=` asks for nothing. */
function hasLabels(query: URLSearchParams): boolean {
  return [...query.getAll('labels'), ...query.getAll('labels[]')].some((label) => label.trim() !== '');
}

function sortKeysOf(query: URLSearchParams): readonly SortKey[] {
  const isDown = query.get('direction') === 'desc';
  return (query.get('sort') ?? '').split(',').flatMap((text): readonly SortKey[] => {
    const name = text.trim().replace(/^-/, '');
    const sortedBy = Object.hasOwn(SORTABLE, name) ? SORTABLE[name] : undefined;
    if (!sortedBy) return [];
    const direction = isDown !== text.trim().startsWith('-') ? -1 : 1;
    return [{ sortedBy, direction, nullsFirst: direction === -1 && PLAIN_COLUMNS.has(name) }];
  });
}

function pageNumber(query: URLSearchParams): number {
  return Math.max(1, Number.parseInt(query.get('page') ?? '1', 10) || 1);
}

function pageSize(query: URLSearchParams, switches: Switches): number {
  if (switches.pageSize === 'ignored') return DEFAULT_PAGE_SIZE;
  const size = Number.parseInt(query.get('page_size') ?? '', 10);
  return size > 0 ? Math.min(size, switches.pageSizeMax) : DEFAULT_PAGE_SIZE;
}

function endOfPage(query: URLSearchParams, switches: Switches): number {
  return pageNumber(query) * pageSize(query, switches);
}

function compare(a: SortValue, b: SortValue, key: SortKey): number {
  if (a === b) return 0;
  if (a === null || b === null) return (a === null) === key.nullsFirst ? -1 : 1;
  return (a < b ? -1 : 1) * key.direction;
}

function lower(text: string | null): string | null {
  return text === null ? null : text.toLowerCase();
}

function attribute(contact: Contact, name: string): string | null {
  const value = contact.additional_attributes?.[name];
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function hashOfText(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i += 1) hash = hashOf(hash, text.charCodeAt(i));
  return hash;
}
