/** Lengths of tables are powers of two, so that a mask finds a place in them. */
const FIRST_ROOM = 1024;

/**
 * Numbers ids in the order in which they come, from 0: some 24 bytes for an id, a third of what a `Map` takes. What is
 * known of each can stand in typed arrays of {@link room} places.
 */
export class IdTable {
  #size = 0;
  #ids = new Float64Array(FIRST_ROOM);
  /** Where each id leads: its number, from 1. */
  #places = new Uint32Array(FIRST_ROOM * 2);

  /** Ids that came. */
  get size(): number {
    return this.#size;
  }

  /** Ids that there is room for; grows before the number of an id would reach it. */
  get room(): number {
    return this.#ids.length;
  }

  /** The number of an id; undefined where it did not come yet. */
  indexOf(id: number): number | undefined {
    const mask = this.#places.length - 1;
    for (let slot = spread(id) & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#places[slot] ?? 0;
      if (entry === 0) return undefined;
      if (this.#ids[entry - 1] === id) return entry - 1;
    }
  }

  has(id: number): boolean {
    return this.indexOf(id) !== undefined;
  }

  /** The number of an id, which comes now unless it came before. */
  add(id: number): number {
    const known = this.indexOf(id);
    if (known !== undefined) return known;
    if (this.#size === this.#ids.length) this.#grow();
    const index = this.#size;
    this.#ids[index] = id;
    this.#size += 1;
    this.#enter(index);
    return index;
  }

  /** The id with a number. */
  at(index: number): number {
    return this.#ids[index] ?? 0;
  }

  #grow(): void {
    this.#ids = widened(this.#ids, this.room * 2);
    this.#places = new Uint32Array(this.room * 2);
    for (let index = 0; index < this.#size; index += 1) this.#enter(index);
  }

  #enter(index: number): void {
    const mask = this.#places.length - 1;
    let slot = spread(this.at(index)) & mask;
    while (this.#places[slot] !== 0) slot = (slot + 1) & mask;
    this.#places[slot] = index + 1;
  }
}

/** The same numbers in an array with room for more. */
export function widened<T extends Float64Array | Uint32Array>(numbers: T, room: number): T {
  const more = new (numbers.constructor as new (length: number) => T)(room);
  more.set(numbers);
  return more;
}

// --- internal ---

/** Ids follow one another or share their last digits: either way they must not crowd one place. */
function spread(id: number): number {
  const mixed = Math.imul((id % 0x1_0000_0000) ^ Math.floor(id / 0x1_0000_0000), 0x9e37_79b1);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
