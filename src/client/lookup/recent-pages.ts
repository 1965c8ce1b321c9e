import type { JsonObject } from '../../core/types.ts';
import { contactIdOf } from '../answer/payload.ts';

/** What a page shows beside the ones read just before it. */
export interface Seen {
  /** Whether one of its contacts was on one of those pages, and not because contacts without an order may be anywhere. */
  readonly hasRepeats: boolean;
  /**
   * Whether its last contact and the first of the page behind it are sorted by the same value: the API does not say in
   * which order such contacts stand, and changes it from page to page (livedesk-api.md 5.8).
   */
  readonly isTied: boolean;
}

interface Read {
  readonly number: number;
  readonly ids: readonly (number | undefined)[];
  readonly keys: readonly string[];
}

/** Remembers the pages read last, `size` of them, to tell when a list changes while it is read. */
export class RecentPages {
  readonly #size: number;
  readonly #keyOf: (contact: JsonObject) => string;
  #pages: Read[] = [];

  /** `keyOf` gives what the list is sorted by. */
  constructor(size: number, keyOf: (contact: JsonObject) => string) {
    this.#size = size;
    this.#keyOf = keyOf;
  }

  /** Takes in a page. Pages come from high to low, except where some are read again. */
  add(number: number, contacts: readonly JsonObject[]): Seen {
    const page: Read = { number, ids: contacts.map(contactIdOf), keys: contacts.map(this.#keyOf) };
    const hasRepeats = this.#pages.some((before) => hasMoved(page, before));
    const behind = this.#pages.at(-1);
    const isTied =
      behind?.number === number + 1 &&
      !hasRepeats &&
      behind.keys.length > 0 &&
      behind.keys[0] === page.keys.at(-1);
    this.#pages.push(page);
    if (this.#pages.length > this.#size) this.#pages.shift();
    return { hasRepeats, isTied };
  }
}

// --- internal ---

/** Whether a contact stands on both pages that no other contact of either is tied with. */
function hasMoved(page: Read, before: Read): boolean {
  return page.ids.some((id, i) => {
    if (!before.ids.includes(id)) return false;
    const key = page.keys[i];
    const isAlone = (keys: readonly string[]) => keys.filter((one) => one === key).length <= 1;
    return isAlone(page.keys) && isAlone(before.keys);
  });
}
