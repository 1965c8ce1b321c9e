/** How the contacts of keys are found out. */
export type LookupMethod = 'search' | 'list';

/** What either way costs, as far as it is known. */
export interface LookupCost {
  /** Distinct keys that are still to be looked up; undefined where nobody counted them. */
  readonly keysLeft: number | undefined;
  /** Keys that were searched for so far. */
  readonly searched: number;
  /** Contacts of the account. */
  readonly contacts: number;
  /** Requests that reading all of them takes. */
  readonly listCalls: number;
  /** Requests per second; `Infinity` for no limit. */
  readonly rate: number;
  /** Searches per second, within `rate`; `Infinity` for no limit. */
  readonly searchRate: number;
}

/** A choice with what it rests on. */
export interface LookupChoice extends LookupCost {
  readonly how: LookupMethod;
  readonly listSeconds: number;
  /** Of the keys left, or where nobody counted them, of those searched so far. */
  readonly searchSeconds: number;
}

/** Requests per second that are counted on where there is no limit. */
const FASTEST = 1_000;

/**
 * Lists where that takes less time than the searches that are left. Where nobody counted the keys: once as much
 * time went into searches as the list would have taken, so that the whole never takes more than twice the best.
 */
export function chooseLookup(cost: LookupCost): LookupChoice {
  const searches = cost.keysLeft ?? cost.searched;
  const searchSeconds = searches / Math.min(cost.searchRate, cost.rate, FASTEST);
  const listSeconds = cost.listCalls / Math.min(cost.rate, FASTEST);
  return { ...cost, how: listSeconds < searchSeconds ? 'list' : 'search', listSeconds, searchSeconds };
}
