import type { Store } from './store.ts';

/** Texts under numbers, kept with the state so that records need only say the number. */
export class StringTable {
  #texts: string[] = [];
  #numbers = new Map<string, number>();
  readonly #store: Store;
  readonly #prefix: string;
  readonly #limit: number;

  /** `prefix` tells one list from another; numbers begin at 0 and stay below `limit`. */
  constructor(store: Store, prefix: string, limit: number) {
    this.#store = store;
    this.#prefix = prefix;
    this.#limit = limit;
    for (const [key, value] of store.meta) {
      if (!key.startsWith(`${prefix}:`) || typeof value !== 'string') continue;
      const number = Number(key.slice(prefix.length + 1));
      this.#texts[number] = value;
      this.#numbers.set(value, number);
    }
  }

  /** The number of a text, undefined if it has none. */
  find(text: string): number | undefined {
    return this.#numbers.get(text);
  }

  /** The number of a text, given one if it is new; undefined when all are taken. */
  numberOf(text: string): number | undefined {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#texts.length;
    if (number >= this.#limit) return undefined;
    this.#texts.push(text);
    this.#numbers.set(text, number);
    // written with or before the first record that says the number
    this.#store.setMeta(`${this.#prefix}:${number}`, text);
    return number;
  }

  /** The text of a number. */
  textOf(number: number): string | undefined {
    return this.#texts[number];
  }
}
