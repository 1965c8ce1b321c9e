import type { KeyedQueue } from '../../core/keyed-queue.ts';
import { updateRequest } from '../http/requests.ts';
import type { Send } from './send.ts';

export interface HealthCheckOptions {
  readonly send: Send;
  /** A contact is asked in its lane, so that no row of it is under way meanwhile. */
  readonly lanes: KeyedQueue;
  /** Contacts that were answered well before, the latest at the end. */
  readonly earlier: readonly number[];
}

/** Contacts that are remembered. */
const MOST = 16;

/**
 * The contacts that were answered well of late. One of them is asked again where it must be known whether an API that
 * has faults for some contacts is alive for others.
 */
export class HealthCheck {
  readonly #options: HealthCheckOptions;
  /** The next one to be asked at the end. */
  readonly #contacts: number[] = [];

  constructor(options: HealthCheckOptions) {
    this.#options = options;
    for (const contactId of options.earlier) this.remember(contactId);
  }

  remember(contactId: number): void {
    this.#contacts.push(contactId);
    if (this.#contacts.length > MOST) this.#contacts.shift();
  }

  /** Sends an empty patch, which changes nothing, to one that is no suspect; false where there is none at rest. */
  ask(suspects: ReadonlySet<number>): boolean {
    const { send, lanes } = this.#options;
    const index = this.#contacts.findLastIndex((one) => !suspects.has(one) && !lanes.isBusy(one));
    const [contactId] = index < 0 ? [] : this.#contacts.splice(index, 1);
    if (contactId === undefined) return false;
    this.#contacts.unshift(contactId); // another one next time
    void lanes.add(contactId, async () => {
      await send(updateRequest(contactId, {}), { contactId, fields: [], isWitness: true }, () => {});
    });
    return true;
  }
}
