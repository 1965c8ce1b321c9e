import type { JsonObject } from '../../core/types.ts';
import type { Page } from '../answer/payload.ts';
import { listRequest } from '../http/requests.ts';
import type { ReadPage } from '../resilience/retry-read.ts';
import { type NotListed, requestedPageSize } from './estimate-list.ts';
import { afterPages, pagesOf, startPageWalk } from './page-walk.ts';
import { RecentPages } from './recent-pages.ts';

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

export interface PageWalkOptions {
  readonly ask: ReadPage;
  /** Pages read at the same time, at most. */
  readonly width: number;
  /** The size of page to ask for, where it is known which one is given. */
  readonly largePage?: number | undefined;
  /** Takes contacts, some of them again; gives how many it meets for the first time in this listing. */
  readonly meet: (contacts: readonly JsonObject[]) => number;
  /** Called after `meet`. */
  readonly onProgress?: (progress: ListingProgress) => void | Promise<void>;
}

/** A sweep to make, and what is known when it begins. */
export interface Leg {
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

/** What a sweep brought. */
export interface WalkedPages {
  readonly count: number;
  readonly met: number;
  readonly arrived: number;
  readonly isTied: boolean;
  readonly newest: number | undefined;
}

/** One way down the pages; a tail ends at the first page that holds nobody new. */
export async function walkPages(
  options: PageWalkOptions,
  leg: Leg,
): Promise<WalkedPages | NotListed | 'pending'> {
  const { ask, width, meet, onProgress } = options;
  const { round, isTail, pageSize } = leg;
  const back = Math.ceil((leg.resumed?.arrived ?? 0) / pageSize);
  const last = Math.ceil(leg.count / pageSize);
  const top = leg.next && Math.max(leg.next, Math.min(last, leg.next + back));
  let sweep = startPageWalk(leg.count, pageSize, isTail ? 1 : width, top);
  let { met, newest } = leg;
  let isTied = false;
  const recent = new RecentPages(2 * width + 1);
  while (sweep.next > 0) {
    const numbers = pagesOf(sweep);
    const asked = await Promise.all(
      numbers.map((number) => ask(listRequest(number, requestedPageSize(pageSize, options.largePage)))),
    );
    const pages: Page[] = [];
    for (const one of asked) {
      if (one === 'pending' || one.kind === 'refused') return one;
      pages.push(one.page);
    }
    const seen = pages.map(({ contacts }, i) => recent.add(numbers[i] ?? 0, contacts));
    isTied ||= seen.some((page) => page.isTied);
    let fresh = 0;
    for (const [i, { contacts }] of pages.entries()) {
      const [mayBeFirst, known] = isTail && leg.resumed ? split(contacts, newest) : [contacts, []];
      meet(known);
      const firsts = meet(mayBeFirst);
      if ((numbers[i] ?? 0) <= (leg.resumed?.next ?? Number.POSITIVE_INFINITY)) fresh += firsts;
    }
    met += fresh;
    const isOver = isTail && fresh === 0;
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

// --- internal ---

/** Contacts that may have come in since `newest` was created, and those that were there. */
function split(contacts: readonly JsonObject[], newest: number | undefined): [JsonObject[], JsonObject[]] {
  const isNew = (contact: JsonObject): boolean =>
    newest === undefined || !((createdAt(contact) ?? Number.NaN) <= newest);
  return [contacts.filter(isNew), contacts.filter((contact) => !isNew(contact))];
}

/** Unix seconds; left out of answers where it is not known (livedesk-api.md 2.3). */
function createdAt(contact: JsonObject | undefined): number | undefined {
  const at = contact?.['created_at'];
  return typeof at === 'number' ? at : undefined;
}
