import type { ApiError, JsonObject } from '../../core/types.ts';
import type { Page } from '../answer/payload.ts';
import {
  type ListOrder,
  listRequest,
  OLDEST_FIRST,
  OLDEST_FIRST_UNTIED,
  PAGE_SIZE,
} from '../http/requests.ts';
import type { ReadPage } from '../resilience/retry-read.ts';
import type { AgeTies } from './list-order.ts';

/** How big a listing is, known after its first request. */
export interface ListEstimate {
  /** Contacts of the account. */
  readonly count: number;
  /** Contacts of one page. */
  readonly pageSize: number;
  /** Pages to read. */
  readonly pages: number;
  /** The order to read them in: with further sort keys, where the API does not refuse them. */
  readonly order: ListOrder;
  /** Some contacts of the account. */
  readonly sample: readonly JsonObject[];
}

/** A list that was not given. `ERR_NO_COUNT`: it does not say how many contacts there are. */
export interface NotListed {
  readonly kind: 'refused';
  readonly code: string;
  readonly api: ApiError;
}

/** Asked for instead of 15 where nothing better is known, and mostly not given (livedesk-api.md trap 6). */
const LARGE_PAGE = 100;

/**
 * How big a listing would be, with one request: asks for a large page, to see whether it is given. `largePage` is
 * the size to ask for where it is known which one is given, `ties` what is known of the order.
 */
export async function estimateList(
  ask: ReadPage,
  largePage = LARGE_PAGE,
  ties?: AgeTies,
): Promise<ListEstimate | NotListed | 'pending'> {
  let order = ties === undefined || ties === 'sorted' ? OLDEST_FIRST_UNTIED : OLDEST_FIRST;
  let asked = await ask(listRequest(1, largePage, order));
  if (
    order !== OLDEST_FIRST &&
    asked !== 'pending' &&
    asked.kind === 'refused' &&
    asked.code !== 'ERR_FORBIDDEN' &&
    asked.status === 'rejected'
  ) {
    order = OLDEST_FIRST;
    asked = await ask(listRequest(1, largePage, order));
  }
  if (asked === 'pending' || asked.kind === 'refused') return asked;
  if (!isByAge(asked.page)) order = OLDEST_FIRST;
  const { count, contacts } = asked.page;
  if (count === undefined) return { kind: 'refused', code: 'ERR_NO_COUNT', api: { status: 200 } };
  const isLarge = contacts.length > PAGE_SIZE;
  const whole = isLarge ? largePage : PAGE_SIZE;
  // a server may give pages of any other size, too
  const pageSize = count > contacts.length && contacts.length > 0 ? contacts.length : whole;
  return { count, pageSize, pages: Math.ceil(count / pageSize), order, sample: contacts };
}

/** The page size to ask for where pages turned out to hold `pageSize` contacts. */
export function requestedPageSize(pageSize: number, largePage = LARGE_PAGE): number {
  return pageSize > PAGE_SIZE ? largePage : PAGE_SIZE;
}

/** Pages to read at the same time, beside as many that come next: enough to hold the rate if an answer takes half a second. */
export function listWidth(perSecond = Number.POSITIVE_INFINITY): number {
  return Math.min(16, Math.max(2, Math.ceil(perSecond / 2)));
}

// --- internal ---

/** Whether the contacts of a page stand in the order in which they were made, as far as it shows when that was. */
function isByAge({ contacts }: Page): boolean {
  const times = contacts.flatMap(({ created_at: at }) => (typeof at === 'number' ? [at] : []));
  return times.every((time, i) => i === 0 || time >= (times[i - 1] ?? 0));
}
