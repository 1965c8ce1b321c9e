/** How what contacts hold is read: each contact with a request of its own, or pages of the list. */
export type ReadMethod = 'contact' | 'list';

/** What either way costs. */
export interface ReadCost {
  /** Contacts of which the values are wanted. */
  readonly wanted: number;
  /** Contacts that the list shows. */
  readonly contacts: number;
  /** Requests that reading all of the list takes. */
  readonly listCalls: number;
}

/** A choice with what it rests on. */
export interface ReadChoice extends ReadCost {
  readonly how: ReadMethod;
  /** Requests that it takes. */
  readonly requests: number;
}

/**
 * Takes the list where that is fewer requests. More contacts than the list shows are not all on it, since it leaves out those
 * without e-mail, phone and identifier (livedesk-api.md 5.8): these take a request each in any case.
 */
export function chooseReading(cost: ReadCost): ReadChoice {
  const { wanted, contacts, listCalls } = cost;
  const byList = listCalls + Math.max(0, wanted - contacts);
  return byList < wanted
    ? { ...cost, how: 'list', requests: byList }
    : { ...cost, how: 'contact', requests: wanted };
}
