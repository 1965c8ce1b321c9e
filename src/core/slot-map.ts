/**
 * Things that come and go by the thousand, each at a number of its own for as long as it is there. A `Set` or `Map`
 * that sees such traffic is rebuilt again and again, and each of its old tables keeps the next one, with all that was
 * in it, from the young generation's collector: requests long answered were copied into the old one.
 */
export class SlotMap<T> {
  #things: (T | undefined)[] = [];
  #free: number[] = [];

  /** Puts a thing in; the result names its place until {@link leave}. */
  take(thing: T): number {
    const slot = this.#free.pop() ?? this.#things.length;
    this.#things[slot] = thing;
    return slot;
  }

  at(slot: number): T | undefined {
    return this.#things[slot];
  }

  /** Puts another thing into a place that is taken. */
  replace(slot: number, thing: T): void {
    this.#things[slot] = thing;
  }

  /** Frees a place. */
  leave(slot: number): void {
    this.#things[slot] = undefined;
    this.#free.push(slot);
  }

  /** All that is there, in no order. */
  values(): T[] {
    return this.#things.filter((thing) => thing !== undefined);
  }
}
