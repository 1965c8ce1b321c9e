/** A set of row numbers as a bitmap: ten million rows take 1.25 MB, in whatever order they come. */
export class RowSet {
  #bits = new Uint8Array(1024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(row: number): boolean {
    return ((this.#bits[row >>> 3] ?? 0) & (1 << (row & 7))) !== 0;
  }

  /** The row numbers in ascending order. */
  *rows(): Generator<number> {
    for (const [index, bits] of this.#bits.entries()) {
      for (let bit = 0; bits >>> bit > 0; bit += 1) if ((bits >>> bit) & 1) yield index * 8 + bit;
    }
  }

  /** Adds a row number; false if it was there. */
  add(row: number): boolean {
    if (this.has(row)) return false;
    const index = row >>> 3;
    if (index >= this.#bits.length) {
      const larger = new Uint8Array(Math.max(index + 1, this.#bits.length * 2));
      larger.set(this.#bits);
      this.#bits = larger;
    }
    this.#bits[index] = (this.#bits[index] ?? 0) | (1 << (row & 7));
    this.#size += 1;
    return true;
  }
}

/** A {@link RowSet} for each input of a run. */
export class RowSets {
  #sets: RowSet[] = [];

  get size(): number {
    return this.#sets.reduce((sum, set) => sum + (set?.size ?? 0), 0);
  }

  has(input: number, row: number): boolean {
    return this.#sets[input]?.has(row) ?? false;
  }

  /** How many of the rows are wanted. */
  count(isWanted: (input: number, row: number) => boolean): number {
    let count = 0;
    for (const [input, set] of this.#sets.entries()) {
      for (const row of set?.rows() ?? []) if (isWanted(input, row)) count += 1;
    }
    return count;
  }

  add(input: number, row: number): boolean {
    let set = this.#sets[input];
    if (!set) {
      set = new RowSet();
      this.#sets[input] = set;
    }
    return set.add(row);
  }
}
