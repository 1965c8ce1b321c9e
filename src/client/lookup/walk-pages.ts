import type { JsonObject } from '../../core/types.ts';
import type { Page } from '../answer/payload.ts';
import { type ListOrder, listRequest } from '../http/requests.ts';
import type { PageResult, ReadPage } from '../resilience/retry-read.ts';
import { type NotListed, requestedPageSize } from './estimate-list.ts';
import { sortedBy } from './list-order.ts';
import { afterPages, pagesBehind, pagesOf, startPageWalk } from './page-walk.ts';
import { RecentPages } from './recent-pages.ts';

export interface PageWalkOptions {
  readonly ask: ReadPage;
  /** Pages read at the same time, at most. */
  readonly width: number;
  /** The size of page to ask for, where it is known which one is given. */
  readonly largePage?: number | undefined;
  /** Takes contacts, some of them again; gives how many it meets for the first time in this listing. */
  readonly meet: (contacts: readonly JsonObject[]) => number;
  /**
   * Contacts in question that were not met yet, where not all are: without any the listing ends, and it goes through the list
   * once more only where that takes fewer requests than they are.
   */
  readonly stillWanted?: () => number;
}

/** What is known of the account as the listing goes on. */
export interface Roll {
  /** Contacts met so far, each counted once. */
  met: number;
  /** Contacts of the account, as last told. */
  count: number;
  /** Contacts that came in meanwhile and were not met. */
  arrived: number;
  /** Contacts that went meanwhile: some of those met may be among them. */
  left: number;
}

/** A sweep to make. */
export interface Leg {
  readonly order: ListOrder;
  readonly pageSize: number;
  /** The page to begin with; undefined: the last. */
  readonly top: number | undefined;
  /** Reads the newest contacts only, page by page, and ends at the first page that holds nobody new. */
  readonly isTail: boolean;
  /** Shown every page; true ends the sweep. */
  readonly look?: (
    number: number,
    contacts: readonly JsonObject[],
  ) => boolean | Promise<boolean | NotListed | 'pending'>;
  /** Called after pages are met. `next` is the highest page that is still to be read; 0 when the sweep is over. */
  readonly onPages?: (next: number) => void | Promise<void>;
}

/** What a sweep brought. */
export interface Swept {
  /** Contacts met for the first time. */
  readonly fresh: number;
  /** Whether contacts without an order among them stand on two pages. */
  readonly isTied: boolean;
}

/** One way down the pages; ends early where everybody was met. Keeps `roll` up to date. */
export async function walkPages(
  options: PageWalkOptions,
  leg: Leg,
  roll: Roll,
): Promise<Swept | NotListed | 'pending'> {
  const { ask, width, meet } = options;
  const { order, pageSize, isTail } = leg;
  const size = requestedPageSize(pageSize, options.largePage);
  let sweep = startPageWalk(roll.count, pageSize, isTail ? 1 : width, leg.top);
  let isTied = false;
  let sum = 0;
  const recent = new RecentPages(2 * width + 1, sortedBy(order));
  const read = (numbers: readonly number[]): Reading => {
    const asked = Promise.all(numbers.map((number) => ask(listRequest(number, size, order))));
    // pages that were asked for ahead may fail after those before them did, when nothing awaits them any more
    asked.catch(() => {});
    return { numbers, asked };
  };
  let ahead: Reading | undefined;
  while (sweep.next > 0) {
    const numbers = pagesOf(sweep);
    // after pages that were not quiet others come than those that were asked for
    const reading = ahead && ahead.numbers[0] === numbers[0] ? ahead : read(numbers);
    const following = pagesBehind(sweep);
    ahead = isTail || following.length === 0 ? undefined : read(following);
    const pages: Page[] = [];
    for (const one of await reading.asked) {
      if (one === 'pending' || one.kind === 'refused') return one;
      pages.push(one.page);
    }
    const seen = pages.map(({ contacts }, i) => recent.add(numbers[i] ?? 0, contacts));
    isTied ||= seen.some((page) => page.isTied);
    const fresh = pages.reduce((met, { contacts }) => met + meet(contacts), 0);
    let isEnough = false;
    const counts = pages.map((page) => page.count ?? roll.count);
    const before = sweep.arrived;
    sweep = afterPages(
      sweep,
      counts,
      seen.some((page) => page.hasRepeats),
    );
    note(roll, counts, { fresh, arrived: sweep.arrived - before, isTail });
    sum += fresh;
    for (const [i, { contacts }] of pages.entries()) {
      const looked = (await leg.look?.(numbers[i] ?? 0, contacts)) ?? false;
      if (typeof looked !== 'boolean') return looked;
      isEnough ||= looked;
    }
    isEnough ||= options.stillWanted?.() === 0;
    const isOver = isEnough || (isTail && fresh === 0) || roll.met >= roll.count + roll.left;
    await leg.onPages?.(isOver ? 0 : sweep.next);
    if (isOver) break;
  }
  return { fresh: sum, isTied };
}

// --- internal ---

/** Pages that are being read. */
interface Reading {
  readonly numbers: readonly number[];
  readonly asked: Promise<readonly PageResult[]>;
}

function note(
  roll: Roll,
  counts: readonly number[],
  { fresh, arrived, isTail }: { fresh: number; arrived: number; isTail: boolean },
): void {
  for (const count of counts) {
    roll.left += Math.max(0, roll.count - count);
    roll.count = count;
  }
  roll.met += fresh;
  roll.arrived += arrived - (isTail ? fresh : 0);
}
