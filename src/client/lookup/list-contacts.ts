import { estimateList, type ListEstimate, type NotListed } from './estimate-list.ts';
import { type ListingProgress, type PageWalkOptions, walkPages } from './walk-pages.ts';

export interface ListOptions extends PageWalkOptions {
  readonly onForecast?: (forecast: ListEstimate) => void;
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
  | NotListed
  | 'pending';

/** Sweeps after which a listing that still misses contacts gives up. */
const MAX_ROUNDS = 3;

/**
 * Reads all contacts, going on from `from` where given: a sweep over all pages, then what came in meanwhile. If
 * fewer contacts were met than there are, and contacts without an order among them may be why, it sweeps again.
 */
export async function listContacts(options: ListOptions, from?: ListingProgress): Promise<Listed> {
  const forecast = await estimateList(options.ask, options.largePage);
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
    const swept = await walkPages(options, leg);
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
