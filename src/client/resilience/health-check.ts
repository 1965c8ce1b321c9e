import type { KeyedQueue } from '../../core/keyed-queue.ts';
import type { JsonObject } from '../../core/types.ts';
import { updateRequest } from '../http/requests.ts';
import type { Send } from './send.ts';

export interface HealthCheckOptions {
  readonly send: Send;
  /** A contact is written in its lane, so that no row of it is under way meanwhile. */
  readonly lanes: KeyedQueue;
  /** Contacts that were written before this process, the latest at the end. */
  readonly earlier: readonly number[];
}

/** Contacts that are remembered. */
const MAX_CONTACTS = 16;
/** A write that changes nothing: custom attributes are merged (livedesk-api.md 2.2), and none is given. */
const EMPTY_WRITE: JsonObject = { custom_attributes: {} };

/**
 * The contacts that were written lately. Where no row is left that could be sent, an empty write to one of them shows
 * whether the API, which fails for some contacts, still writes others.
 */
export class HealthCheck {
  readonly #options: HealthCheckOptions;
  /** The next one to be written is the last. */
  readonly #contacts: number[] = [];

  constructor(options: HealthCheckOptions) {
    this.#options = options;
    for (const contactId of options.earlier) this.remember(contactId);
  }

  remember(contactId: number): void {
    this.#contacts.push(contactId);
    if (this.#contacts.length > MAX_CONTACTS) this.#contacts.shift();
  }

  /** Sends an empty write to a contact of which no row is under way; false where there is none. */
  ask(): boolean {
    const { send, lanes } = this.#options;
    const index = this.#contacts.findLastIndex((one) => !lanes.isBusy(one));
    const [contactId] = index < 0 ? [] : this.#contacts.splice(index, 1);
    if (contactId === undefined) return false;
    this.#contacts.unshift(contactId); // another one next time
    void lanes.add(contactId, async () => {
      await send(updateRequest(contactId, EMPTY_WRITE), { contactId, fields: [] }, () => {});
    });
    return true;
  }
}
