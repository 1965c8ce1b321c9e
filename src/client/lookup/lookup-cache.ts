import { type JsonObject, KEY_FIELDS, type MatchKey } from '../../core/types.ts';
import { contactIdOf } from '../answer/payload.ts';
import { keyValue, textOf } from './match-key.ts';

/** Remembers what was found for keys, the most recent ones only. */
export class LookupCache {
  readonly #room: number;
  /** In order of use. */
  #ids = new Map<string, readonly number[]>();
  #keysOf = new Map<number, Set<string>>();

  constructor(room: number) {
    this.#room = room;
  }

  /** Ids that were found for a key; undefined where nothing is remembered. */
  get(key: MatchKey): readonly number[] | undefined {
    const text = textOf(key);
    const ids = this.#ids.get(text);
    if (ids) {
      this.#ids.delete(text);
      this.#ids.set(text, ids);
    }
    return ids;
  }

  set(key: MatchKey, ids: readonly number[]): void {
    const text = textOf(key);
    this.#forget(text);
    this.#ids.set(text, ids);
    for (const id of ids) this.#keysOf.set(id, (this.#keysOf.get(id) ?? new Set()).add(text));
    if (this.#ids.size <= this.#room) return;
    const [oldest] = this.#ids.keys();
    if (oldest !== undefined) this.#forget(oldest);
  }

  /** A contact is now as given; fields that it does not show are as before. What this contradicts is forgotten. */
  learn(contact: JsonObject): void {
    const id = contactIdOf(contact);
    if (id === undefined) return;
    for (const field of KEY_FIELDS) {
      if (contact[field] === undefined) continue;
      const value = keyValue(contact, field);
      const own = value === undefined ? undefined : textOf({ field, value });
      for (const text of [...(this.#keysOf.get(id) ?? [])]) {
        if (text.startsWith(`${field}:`) && text !== own) this.#forget(text);
      }
      if (own === undefined || this.#ids.get(own)?.includes(id)) continue;
      this.#forget(own);
    }
  }

  /** Nothing is remembered of a key any more. */
  forget(key: MatchKey): void {
    this.#forget(textOf(key));
  }

  #forget(text: string): void {
    for (const id of this.#ids.get(text) ?? []) {
      const keys = this.#keysOf.get(id);
      keys?.delete(text);
      if (keys?.size === 0) this.#keysOf.delete(id);
    }
    this.#ids.delete(text);
  }
}
