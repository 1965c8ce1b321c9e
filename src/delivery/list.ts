import type { ApiError, JsonObject } from '../types.ts';
import type { Ask } from './ask.ts';
import { listRequest, PAGE_SIZE } from './contacts-api.ts';
import type { Page } from './expected.ts';
import { RecentPages } from './recent-pages.ts';
import { afterPages, pagesOf, startSweep } from './sweep.ts';

/** Where a listing stands, for going on with it in another process. */
export interface ListingProgress {
  /** Sweeps over all pages, this one included. */
  readonly round: number;
  /** Whether the sweep is over and only what came in meanwhile is read. */
  readonly isTail: boolean;
  /** The highest page that is still to be read; 0 when the sweep is over. */
  readonly next: number;
  /** Contacts met so far, each counted once. */
  readonly met: number;
  /** Contacts of the account, as last told. */
  readonly count: number;
  /** When the newest contact was created that was there at the start of the sweep, unix seconds. */
  readonly newest?: number;
}

/** How big a listing is, known after its first request. */
export interface Forecast {
  /** Contacts of the account. */
  readonly count: number;
  /** Contacts of one page. */
  readonly pageSize: number;
  /** Pages to read. */
  readonly pages: number;
}

export interface ListOptions {
  readonly ask: Ask;
  /** Pages read at the same time, at most. */
  readonly width: number;
  readonly onForecast?: (forecast: Forecast) => void;
  /** Takes contacts, some of them again; gives how many it meets for the first time in this listing. */
  readonly meet: (contacts: readonly JsonObject[]) => number;
  /** Called after `meet`. */
  readonly onProgress?: (progress: ListingProgress) => void | Promise<void>;
}

/** How a listing ended. */
export type Listed =
  | {
      readonly kind: 'listed';
      /** Contacts of the account, as last told. */
      readonly count: number;
      /** Contacts met, each counted once. */
      readonly met: number;
      /** Whether every contact that was there all the time was met. */
      readonly isComplete: boolean;
    }
  | { readonly kind: 'refused'; readonly code: string; readonly api: ApiError }
  | 'pending';

/** Asked for instead of 15, and mostly not given (livedesk-api.md trap 6). */
const LARGE_PAGE = 100;
/** Sweeps after which a listing that still misses contacts gives up. */
const MAX_ROUNDS = 3;

/**
 * Reads all contacts, going on from `from` where given: a sweep over all pages, then what came in meanwhile. If
 * fewer contacts were met than there are, and contacts without an order among them may be why, it sweeps again.
 */
export async function listContacts(options: ListOptions, from?: ListingProgress): Promise<Listed> {
  const forecast = await foresee(options.ask);
  if (forecast === 'pending' || 'kind' in forecast) return forecast;
  options.onForecast?.(forecast);
  const { pageSize } = forecast;
  let { count } = forecast;
  let { round, isTail, met } = from ?? { round: 1, isTail: false, met: 0 };
  let { next, newest } = from ?? {};
  let unordered = false;
  /** Contacts that came in meanwhile and were not met. */
  let arrived = Math.max(0, count - (from?.count ?? count));
  let resumed = from && { next: from.next, arrived };
  for (;;) {
    const leg = { round, isTail, met, newest, count, pageSize, next, ...(resumed ? { resumed } : {}) };
    const swept = await sweepDown(options, leg);
    if (swept === 'pending' || 'kind' in swept) return swept;
    next = undefined;
    resumed &&= { next: Number.POSITIVE_INFINITY, arrived: 0 };
    unordered ||= swept.isTied;
    arrived += swept.arrived - (isTail ? swept.met - met : 0);
    ({ count, met, newest } = swept);
    if (!isTail) {
      isTail = true;
      continue;
    }
    // contacts that came into pages read before are missing as well; they were not there all the time
    const missing = count - met;
    const isComplete = missing <= 0 || (!unordered && missing <= arrived);
    if (isComplete || round === MAX_ROUNDS) return { kind: 'listed', count, met, isComplete };
    round += 1;
    [isTail, unordered, arrived, newest] = [false, false, 0, undefined];
  }
}

/** How big a listing would be, with one request: asks for a large page, to see whether it is given. */
export async function foresee(ask: Ask): Promise<Forecast | Refused | 'pending'> {
  const asked = await ask(listRequest(1, LARGE_PAGE));
  if (asked === 'pending' || asked.kind === 'refused') return asked;
  const { count, contacts } = asked.page;
  if (count === undefined) return { kind: 'refused', code: 'ERR_NO_COUNT', api: { status: 200 } };
  const isLarge = contacts.length > PAGE_SIZE;
  const whole = isLarge ? LARGE_PAGE : PAGE_SIZE;
  // a server may give pages of any other size, too
  const pageSize = count > contacts.length && contacts.length > 0 ? contacts.length : whole;
  return { count, pageSize, pages: Math.ceil(count / pageSize) };
}

// --- internal ---

type Refused = Exclude<Listed, 'pending' | { kind: 'listed' }>;

interface Leg {
  readonly round: number;
  readonly isTail: boolean;
  readonly met: number;
  readonly count: number;
  readonly pageSize: number;
  readonly next: number | undefined;
  readonly newest: number | undefined;
  /**
   * Contacts that an earlier process met are not known by now. Those on pages above `next` were counted then; as
   * many as arrived since may have moved up there.
   */
  readonly resumed?: { readonly next: number; readonly arrived: number };
}

interface Swept {
  readonly count: number;
  readonly met: number;
  readonly arrived: number;
  readonly isTied: boolean;
  readonly newest: number | undefined;
}

/** One way down the pages; a tail ends at the first page that holds nobody new, or somebody of the sweep before. */
async function sweepDown(options: ListOptions, leg: Leg): Promise<Swept | Refused | 'pending'> {
  const { ask, width, meet, onProgress } = options;
  const { round, isTail, pageSize } = leg;
  const back = Math.ceil((leg.resumed?.arrived ?? 0) / pageSize);
  const last = Math.ceil(leg.count / pageSize);
  const top = leg.next && Math.max(leg.next, Math.min(last, leg.next + back));
  let sweep = startSweep(leg.count, pageSize, isTail ? 1 : width, top);
  let { met, newest } = leg;
  let isTied = false;
  const recent = new RecentPages(2 * width + 1);
  while (sweep.next > 0) {
    const numbers = pagesOf(sweep);
    const asked = await Promise.all(numbers.map((number) => ask(listRequest(number, askedSize(pageSize)))));
    const pages: Page[] = [];
    for (const one of asked) {
      if (one === 'pending' || one.kind === 'refused') return one;
      pages.push(one.page);
    }
    const seen = pages.map(({ contacts }, i) => recent.add(numbers[i] ?? 0, contacts));
    isTied ||= seen.some((page) => page.isTied);
    let fresh = 0;
    for (const [i, { contacts }] of pages.entries()) {
      const isCounted = (numbers[i] ?? 0) <= (leg.resumed?.next ?? Number.POSITIVE_INFINITY);
      const met = meet(contacts);
      if (isCounted) fresh += met;
    }
    met += fresh;
    const isOver = isTail && (fresh === 0 || (leg.resumed && isOlder(pages[0]?.contacts[0], newest)));
    if (!isTail) newest ??= createdAt(pages[0]?.contacts.at(-1));
    const { count } = sweep;
    const counts = pages.map((page) => page.count ?? count);
    sweep = afterPages(
      sweep,
      counts,
      seen.some((page) => page.hasRepeats),
    );
    const next = isOver ? 0 : sweep.next;
    await onProgress?.({
      round,
      isTail,
      next,
      met,
      count: sweep.count,
      ...(newest === undefined ? {} : { newest }),
    });
    if (isOver) break;
  }
  return { count: sweep.count, met, arrived: sweep.arrived, isTied, newest };
}

function askedSize(pageSize: number): number {
  return pageSize > PAGE_SIZE ? LARGE_PAGE : PAGE_SIZE;
}

function isOlder(contact: JsonObject | undefined, newest: number | undefined): boolean {
  const at = createdAt(contact);
  return at !== undefined && newest !== undefined && at < newest;
}

/** Unix seconds; left out of answers where it is not known (livedesk-api.md 2.3). */
function createdAt(contact: JsonObject | undefined): number | undefined {
  const at = contact?.['created_at'];
  return typeof at === 'number' ? at : undefined;
}
