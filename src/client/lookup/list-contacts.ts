import type { JsonObject, JsonValue } from '../../core/types.ts';
import { contactIdOf } from '../answer/payload.ts';
import { type ListOrder, listRequest, OLDEST_FIRST } from '../http/requests.ts';
import { estimateList, type ListEstimate, type NotListed, requestedPageSize } from './estimate-list.ts';
import { Gaps } from './gaps.ts';
import { type AgeTies, hasValue, isTieBroken, SORT_FIELDS, type SortField } from './list-order.ts';
import { type Leg, type PageWalkOptions, type Roll, type Swept, walkPages } from './walk-pages.ts';

/** Where a listing stands, for going on with it in another process. */
export interface ListingProgress extends Roll {
  /** What is read: all contacts by age, those that came in meanwhile, or all by a field. */
  readonly sweep: 'age' | 'newest' | SortField;
  /** The fields that all contacts were sorted by before. */
  readonly done: readonly SortField[];
  /** The highest page that is still to be read; 0 when the sweep is over. */
  readonly next: number;
}

export interface ListOptions extends PageWalkOptions {
  /** What is known of the order of contacts that were made at the same moment. */
  readonly ties?: AgeTies | undefined;
  /** How big the listing is, where that was found out just now. */
  readonly estimate?: ListEstimate;
  readonly onForecast?: (forecast: ListEstimate) => void;
  /** Called after pages were met. */
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
  | NotListed
  | 'pending';

/**
 * Reads all contacts, going on from `from` where given. `meet` has to know whom an earlier process met.
 *
 * First from the newest to the oldest: there nobody changes places while the list is read. Contacts of one CSV import
 * share their time, though, and where the API takes no further sort key they stand in another order on each page
 * (livedesk-api.md 5.8). Where that shows, the list is read by other fields, the one first that most of the contacts have
 * which are not met for certain, until as many were met as there are. Where that is known before, it begins so.
 */
export async function listContacts(options: ListOptions, from?: ListingProgress): Promise<Listed> {
  const forecast = options.estimate ?? (await estimateList(options.ask, options.largePage, options.ties));
  if (forecast === 'pending' || 'kind' in forecast) return forecast;
  options.onForecast?.(forecast);
  return new Listing(options, forecast, from).read();
}

// --- internal ---

/** Neighbouring pages of one second after which it is found out whether they are those of an import. */
const SUSPECT_PAGES = 2;
/** Bulk creations fill pages of one second as well: when so often it was no import, it is not asked again. */
const MAX_CHECKS = 3;

type Stopped = NotListed | 'pending';
/** Shown a page with its number; true ends the sweep. */
type Look = (number: number, contacts: readonly JsonObject[]) => boolean | Promise<boolean | Stopped>;

/** A listing as it goes on. */
class Listing {
  readonly #options: ListOptions;
  readonly #forecast: ListEstimate;
  readonly #gaps = new Gaps();
  readonly #done: SortField[];
  readonly #roll: Roll;
  #from: ListingProgress | undefined;

  constructor(options: ListOptions, forecast: ListEstimate, from: ListingProgress | undefined) {
    this.#options = options;
    this.#forecast = forecast;
    this.#from = from;
    this.#done = [...(from?.done ?? [])];
    for (const field of this.#done) this.#gaps.done(field);
    const { count } = forecast;
    const before = from?.count ?? count;
    this.#roll = {
      met: from?.met ?? 0,
      count,
      arrived: (from?.arrived ?? 0) + Math.max(0, count - before),
      left: (from?.left ?? 0) + Math.max(0, before - count),
    };
  }

  async read(): Promise<Listed> {
    const begun = this.#from?.sweep ?? 'age';
    if (this.#options.ties === 'uncertain') this.#gaps.see(this.#forecast.sample);
    else if (this.#done.length === 0 && (begun === 'age' || begun === 'newest')) {
      const isAll = await this.#readByAge(begun === 'newest');
      if (typeof isAll !== 'boolean') return isAll;
      if (isAll) return this.#listed(true);
    }
    const known = SORT_FIELDS.find((field) => field === begun);
    for (let field = known ?? this.#gaps.next(); field; field = this.#gaps.next()) {
      if (!this.#isWorthwhile) break;
      const fresh = await this.#readBy(field);
      if (typeof fresh !== 'number') return fresh;
      this.#gaps.done(field);
      this.#done.push(field);
      const newest = await this.#readNewest();
      if (newest) return newest;
      // of those met some may have gone since, and as many others may not be met yet
      const isCertain = this.#roll.left === 0 || fresh === 0;
      if (this.#missing <= 0 && isCertain) return this.#listed(true);
    }
    return this.#listed(this.#missing <= 0);
  }

  get #missing(): number {
    return this.#roll.count - this.#roll.met;
  }

  /** Whether another sweep may show more of the contacts in question than it takes requests. */
  get #isWorthwhile(): boolean {
    const { stillWanted } = this.#options;
    return stillWanted === undefined || Math.min(stillWanted(), this.#missing) > this.#lastPage;
  }

  get #lastPage(): number {
    return Math.ceil(this.#roll.count / this.#forecast.pageSize);
  }

  #listed(isComplete: boolean): Listed {
    const { count, met } = this.#roll;
    return { kind: 'listed', count, met, isComplete };
  }

  /** All contacts by age, and then those that came in meanwhile. True if that was everybody. */
  async #readByAge(isOver: boolean): Promise<boolean | Stopped> {
    // of what an earlier process read nobody knows any more whether contacts were tied
    let isTied = this.#from !== undefined;
    let isImport = false;
    if (!isOver) {
      let suspects: JsonObject[][] = [];
      let checks = this.#options.ties === undefined ? 0 : MAX_CHECKS;
      const swept = await this.#sweep('age', this.#forecast.order, async (number, contacts) => {
        const isNext = suspects[0] !== undefined && secondOf(suspects[0]) === secondOf(contacts);
        suspects = secondOf(contacts) === undefined ? [] : [...(isNext ? suspects : []), [...contacts]];
        if (suspects.length < SUSPECT_PAGES || suspects.every(isTieBroken) || checks === MAX_CHECKS)
          return false;
        checks += 1;
        suspects = [];
        const shuffled = await this.#isShuffled(number, contacts);
        isImport = shuffled === true;
        return shuffled;
      });
      if (swept === 'pending' || 'kind' in swept) return swept;
      if (isImport) return false;
      isTied ||= swept.isTied;
    }
    const newest = await this.#readNewest();
    if (newest) return newest;
    // contacts that came into pages read before are missing as well; they were not there all the time
    return this.#missing <= 0 || (!isTied && this.#missing <= this.#roll.arrived);
  }

  /**
   * Whether the contacts of a page stand elsewhere when the list is turned round: those of one import do, and those that
   * were made one after the other do not, though answers show the same second.
   */
  async #isShuffled(number: number, contacts: readonly JsonObject[]): Promise<boolean | Stopped> {
    const { pageSize } = this.#forecast;
    const first = Math.max(0, this.#roll.count - (number - 1) * pageSize - contacts.length);
    const pages = new Set(
      [first, first + contacts.length - 1].map((place) => Math.floor(place / pageSize) + 1),
    );
    const turned = new Set<number | undefined>();
    for (const page of pages) {
      const there = await this.#page(page, { ...OLDEST_FIRST, direction: 'desc' });
      if (!Array.isArray(there)) return there as Stopped;
      for (const contact of there) turned.add(contactIdOf(contact));
    }
    const found = contacts.filter((contact) => turned.has(contactIdOf(contact))).length;
    return found < contacts.length / 2;
  }

  /** All contacts by a field, and where that is cheap or helps once more those that it leaves tied. Gives how many were met first. */
  async #readBy(field: SortField): Promise<number | Stopped> {
    const direction = field === 'last_activity_at' ? 'desc' : 'asc';
    let emptyFrom = this.#lastPage + 1;
    const swept = await this.#sweep(field, { sort: field, direction }, (number, contacts) => {
      if (!contacts.every((contact) => hasValue(contact, field))) emptyFrom = Math.min(emptyFrom, number);
      return false;
    });
    if (swept === 'pending' || 'kind' in swept) return swept;
    const emptyPages = this.#lastPage - emptyFrom + 1;
    const isCheap = emptyPages > 0 && emptyPages <= this.#lastPage / 2;
    // many contacts share a name, and some of them stood on neither of the two pages that one name is on
    const isShared = field === 'name' && swept.isTied && emptyFrom > 1;
    if (this.#missing <= 0 || field === 'last_activity_at' || !(isCheap || isShared)) return swept.fresh;
    if (!this.#isWorthwhile) return swept.fresh;
    // downwards those without a value come first, and all that are tied in another order
    const again = await this.#sweep(
      field,
      { sort: field, direction: 'desc' },
      (_number, contacts) => !isShared && contacts.every((contact) => hasValue(contact, field)),
      { top: isShared ? this.#lastPage : emptyPages, isOver: true },
    );
    return again === 'pending' || 'kind' in again ? again : swept.fresh + again.fresh;
  }

  /** Those that came in meanwhile and were not met: the newest. */
  async #readNewest(): Promise<Stopped | undefined> {
    if (this.#missing <= 0 || this.#roll.arrived <= 0) return undefined;
    const swept = await this.#sweep('newest', this.#forecast.order);
    return swept === 'pending' || 'kind' in swept ? swept : undefined;
  }

  /** A sweep, gone on with where an earlier process was in the midst of it. `isOver`: the main part of it was made. */
  async #sweep(
    name: ListingProgress['sweep'],
    order: ListOrder,
    look: Look = () => false,
    { top, isOver = false }: { readonly top?: number; readonly isOver?: boolean } = {},
  ): Promise<Swept | Stopped> {
    const from = this.#from?.sweep === name ? this.#from : undefined;
    this.#from = undefined;
    const start = from ? this.#resumedAt(from) : (top ?? (await this.#firstPage(order)));
    if (typeof start !== 'number') return start;
    const leg: Leg = {
      order,
      pageSize: this.#forecast.pageSize,
      top: start,
      isTail: name === 'newest',
      look: (number, contacts) => {
        this.#gaps.see(contacts);
        return look(number, contacts);
      },
      onPages: (next) =>
        this.#options.onProgress?.({
          ...this.#roll,
          sweep: name,
          done: [...this.#done],
          next: isOver ? 0 : next,
        }),
    };
    return walkPages(this.#options, leg, this.#roll);
  }

  /** As many contacts as arrived since may have moved up from the pages that are still to be read. */
  #resumedAt({ next }: ListingProgress): number {
    const back = Math.ceil(this.#roll.arrived / this.#forecast.pageSize);
    return Math.max(next, Math.min(this.#lastPage, next + back));
  }

  /** Where a sweep begins: the last page, or by activity the last that shows any, which few requests find. */
  async #firstPage(order: ListOrder): Promise<number | Stopped> {
    if (order.sort !== 'last_activity_at') return this.#lastPage;
    let [active, empty] = [0, this.#lastPage + 1];
    while (empty - active > 1) {
      const middle = Math.floor((active + empty) / 2);
      const contacts = await this.#page(middle, order);
      if (!Array.isArray(contacts)) return contacts as Stopped;
      if (contacts[0] && hasValue(contacts[0], 'last_activity_at')) active = middle;
      else empty = middle;
    }
    return active;
  }

  /** One page by itself, whose contacts are met as well. */
  async #page(number: number, order: ListOrder): Promise<readonly JsonObject[] | Stopped> {
    const { ask, largePage, meet } = this.#options;
    const asked = await ask(
      listRequest(number, requestedPageSize(this.#forecast.pageSize, largePage), order),
    );
    if (asked === 'pending' || asked.kind === 'refused') return asked;
    this.#roll.met += meet(asked.page.contacts);
    return asked.page.contacts;
  }
}

/** The second in which all of these contacts were made, if it is one; -1 where answers do not show it. */
function secondOf(contacts: readonly JsonObject[]): JsonValue | undefined {
  if (contacts.length < 2) return undefined;
  const at = contacts[0]?.['created_at'] ?? -1;
  return contacts.every((contact) => (contact['created_at'] ?? -1) === at) ? at : undefined;
}
