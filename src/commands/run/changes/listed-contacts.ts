import { contactIdOf } from '../../../client/answer/payload.ts';
import { type Client, createPageReader } from '../../../client/client.ts';
import { chooseReading, type ReadChoice } from '../../../client/lookup/choose-reading.ts';
import { estimateList, listWidth } from '../../../client/lookup/estimate-list.ts';
import { listContacts } from '../../../client/lookup/list-contacts.ts';
import type { AgeTies } from '../../../client/lookup/list-order.ts';
import type { ReadPage } from '../../../client/resilience/retry-read.ts';
import { durationText } from '../../../core/duration-text.ts';
import { IdTable } from '../../../core/id-table.ts';
import type { RunContext } from '../../../core/run-context.ts';
import type { JsonObject } from '../../../core/types.ts';
import { ContactFile } from './contact-file.ts';

export interface ReadListOptions {
  readonly client: Client;
  readonly maxAttempts: number;
  /** Contacts to ask for on a page, where it is known how many are given. */
  readonly largePage: number | undefined;
  /** The order in which a list shows contacts that were made at the same moment, where it is known. */
  readonly ties: AgeTies | undefined;
  /** So much of the list is read; undefined once it is over. */
  readonly onShare: (share: number | undefined) => void;
}

/** Fewer contacts are read before the list would have said how long it is. */
const FEW = 5;

/** What pages of the list showed of contacts, kept on the disk until a row of theirs comes. */
export class ListedContacts implements Disposable {
  readonly #path: string;
  readonly #wanted = new IdTable();
  #file: ContactFile<JsonObject> | undefined;
  #requests = 0;

  /** `path` is where they stand. */
  constructor(path: string) {
    this.#path = path;
  }

  /** The values of this contact are wanted. Without any, those of all contacts are that pages show. */
  want(contactId: number): void {
    this.#wanted.add(contactId);
  }

  /** Contacts that are wanted. */
  get wanted(): number {
    return this.#wanted.size;
  }

  /** Pages that were asked for. */
  get requests(): number {
    return this.#requests;
  }

  /** A page of the list shows these contacts. */
  saw(contacts: readonly JsonObject[]): void {
    for (const contact of contacts) {
      const id = contactIdOf(contact);
      if (id === undefined || (this.#wanted.size > 0 && !this.#wanted.has(id))) continue;
      this.#file ??= new ContactFile(this.#path);
      this.#file.put(id, contact);
    }
  }

  /** The contact as a page showed it. */
  get(contactId: number): JsonObject | undefined {
    return this.#file?.get(contactId);
  }

  /** The same reader of pages, each of which is seen as well. */
  seeing(ask: ReadPage): ReadPage {
    return async (request, values) => {
      this.#requests += 1;
      const asked = await ask(request, values);
      if (asked !== 'pending' && asked.kind === 'page') this.saw(asked.page.contacts);
      return asked;
    };
  }

  /**
   * Reads the list where that takes fewer requests than to read each contact that is wanted. What it does not show is read
   * by itself, and so is everything where the account does not give the list, or does not say how long it is.
   */
  async read(options: ReadListOptions, { log, stop }: RunContext): Promise<void> {
    if (this.wanted <= FEW) return;
    const { client, maxAttempts, largePage, ties, onShare } = options;
    const ask = this.seeing(createPageReader({ client, maxAttempts, stop, onForbidden() {} }));
    const estimate = await estimateList(ask, largePage, ties);
    if (estimate === 'pending' || 'kind' in estimate) {
      if (!stop.draining.aborted) log.info(NO_LIST);
      return;
    }
    const { count: contacts, pages: listCalls } = estimate;
    const choice = chooseReading({ wanted: this.wanted, contacts, listCalls });
    log.info(
      { contacts, list_requests: listCalls, wanted: choice.wanted, requests: choice.requests },
      `${CHOSEN[choice.how]}: ${timeText(choice, client.allowed)}`,
    );
    if (choice.how === 'contact') return;
    const met = new IdTable();
    const listed = await listContacts({
      ask,
      largePage,
      ties,
      estimate,
      width: listWidth(client.allowed),
      stillWanted: () => this.wanted - (this.#file?.size ?? 0),
      meet(shown) {
        const before = met.size;
        for (const contact of shown) met.add(contactIdOf(contact) ?? 0);
        return met.size - before;
      },
      onProgress: (progress) => onShare(Math.min(1, progress.met / Math.max(1, progress.count))),
    });
    onShare(undefined);
    if (stop.draining.aborted) return;
    if (listed === 'pending' || listed.kind === 'refused') log.warn(BROKEN_OFF);
  }

  [Symbol.dispose](): void {
    this.#file?.[Symbol.dispose]();
  }
}

// --- internal ---

const CHOSEN = {
  list: 'reading the list of all contacts for what they hold, which takes fewer requests than to read each',
  contact: 'reading each contact by itself, which takes fewer requests than the list of all',
} as const;

const NO_LIST =
  'the account gives no list of its contacts, or does not say how long it is: each contact is read by itself';
const BROKEN_OFF = 'the list of contacts could not be read to its end: the others are read one by one';

function timeText({ requests }: ReadChoice, allowed: number | undefined): string {
  const calls = `${requests.toLocaleString('en-US')} requests`;
  return allowed === undefined ? calls : `${calls}, ${durationText(requests / allowed)} at ${allowed}/s`;
}
