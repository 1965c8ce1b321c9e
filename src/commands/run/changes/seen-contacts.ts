import type { Clock } from '../../../core/clock.ts';
import type { JsonObject } from '../../../core/types.ts';

/** What a contact was seen to hold serves for a row that comes so much later at most. */
const SERVES_MS = 60_000;
/** Contacts whose values are kept, some five megabytes. */
const KEPT = 1_000;

/** Keeps the contacts that the last answers of this run showed, with their values. */
export class SeenContacts {
  readonly #clock: Clock;
  readonly #contacts = new Map<number, { readonly contact: JsonObject; readonly at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** An answer showed this contact. */
  saw(contact: JsonObject): void {
    const id = Number(contact['id']);
    this.#contacts.delete(id);
    this.#contacts.set(id, { contact, at: this.#clock.monotonic() });
    const [oldest] = this.#contacts.keys();
    if (this.#contacts.size > KEPT && oldest !== undefined) this.#contacts.delete(oldest);
  }

  /** The contact, if it was seen a short while ago. */
  get(contactId: number): JsonObject | undefined {
    const seen = this.#contacts.get(contactId);
    return seen && this.#clock.monotonic() - seen.at <= SERVES_MS ? seen.contact : undefined;
  }
}
