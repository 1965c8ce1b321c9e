import { type JsonObject, KEY_FIELDS, type MatchKey } from '../../core/types.ts';
import { contactIdOf } from '../answer/payload.ts';
import { keyValue, textOf } from './match-key.ts';

/** A point in time from which on moves of keys matter to whoever holds it. */
export interface KeyWatch {
  readonly since: number;
}

interface Move {
  readonly at: number;
  /** The contact that has the key since then; undefined where a write left that in doubt. */
  readonly contactId: number | undefined;
  /** What the field of the contact holds since then; undefined for nothing, or in doubt. */
  readonly key: string | undefined;
}

/**
 * Which keys a run has moved from one contact to another by what it wrote, so that a lookup that began before is not
 * trusted after. Moves are forgotten once every watch is younger: memory does not grow with what is written.
 */
export class KeyMoves {
  #now = 0;
  /** The last move of each key, and of each key field of a contact; the oldest first. */
  readonly #last = new Map<string, Move>();
  /** The oldest first. */
  readonly #open = new Set<KeyWatch>();

  /** Moves count from now on, until {@link close}. */
  watch(): KeyWatch {
    const watch = { since: this.#now };
    this.#open.add(watch);
    return watch;
  }

  close(watch: KeyWatch): void {
    this.#open.delete(watch);
    const [oldest] = this.#open;
    for (const [name, { at }] of this.#last) {
      if (oldest && at > oldest.since) return;
      this.#last.delete(name);
    }
  }

  /** A write left the contact with these values in the key fields that it shows; or may have, where that is not `isSure`. */
  note(contact: JsonObject, isSure: boolean): void {
    const id = contactIdOf(contact);
    if (id === undefined || this.#open.size === 0) return;
    this.#now += 1;
    for (const field of KEY_FIELDS) {
      if (contact[field] === undefined) continue;
      const value = keyValue(contact, field);
      const key = value === undefined ? undefined : textOf({ field, value });
      this.#set(`${id} ${field}`, { at: this.#now, contactId: id, key: isSure ? key : undefined });
      if (key !== undefined) this.#set(key, { at: this.#now, contactId: isSure ? id : undefined, key });
    }
  }

  /** Whether the key was given to another contact since, or the contact's own field has changed. */
  isMoved({ since }: KeyWatch, key: MatchKey, contactId?: number): boolean {
    const text = textOf(key);
    const given = this.#last.get(text);
    if (given && given.at > since && given.contactId !== contactId) return true;
    const own = this.#last.get(`${contactId} ${key.field}`);
    return own !== undefined && own.at > since && own.key !== text;
  }

  /** Moves that are remembered. */
  get size(): number {
    return this.#last.size;
  }

  // --- internal ---

  #set(name: string, move: Move): void {
    this.#last.delete(name);
    this.#last.set(name, move);
  }
}
