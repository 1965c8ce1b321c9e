import type { JsonObject, JsonValue } from '../../core/types.ts';
import { contactIdOf } from '../answer/payload.ts';

/** What a page shows beside the ones read just before it. */
export interface SeenPages {
  /** Whether one of its contacts was on one of those pages. */
  readonly hasRepeats: boolean;
  /**
   * Whether its last contact and the first of the page behind it were created in the same second: the API does not
   * say in which order such contacts stand, and may change it from page to page (livedesk-api.md 5.8).
   */
  readonly isTied: boolean;
}

/** Remembers the pages read last, `size` of them, to tell when a list changes while it is read. */
export class RecentPages {
  readonly #size: number;
  #pages: {
    readonly number: number;
    readonly ids: readonly (number | undefined)[];
    readonly firstCreated: Created;
  }[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  /** Takes in a page. Pages come from high to low, except where some are read again. */
  add(number: number, contacts: readonly JsonObject[]): SeenPages {
    const ids = contacts.map(contactIdOf);
    const hasRepeats = this.#pages.some((page) => page.ids.some((id) => ids.includes(id)));
    const behind = this.#pages.at(-1);
    const [first, last] = [contacts[0], contacts.at(-1)];
    const isTied =
      behind?.number === number + 1 &&
      !hasRepeats &&
      behind.ids.length > 0 &&
      last !== undefined &&
      behind.firstCreated === last['created_at'];
    this.#pages.push({ number, ids, firstCreated: first?.['created_at'] });
    if (this.#pages.length > this.#size) this.#pages.shift();
    return { hasRepeats, isTied };
  }
}

type Created = JsonValue | undefined;
