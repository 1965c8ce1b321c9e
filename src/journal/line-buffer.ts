const INITIAL_BYTES = 128 * 1024;
/** The most that one UTF-16 code unit takes in UTF-8. */
const BYTES_PER_UNIT = 3;
const LINE_FEED = 0x0a;

/** Lines that wait to be written together, as the bytes that they will be: strings put together would be kept in pieces. */
export class LineBuffer {
  #bytes = Buffer.allocUnsafe(INITIAL_BYTES);
  #end = 0;

  /** Adds a line; it has no line break of its own. */
  add(line: string): void {
    const end = this.#end + line.length * BYTES_PER_UNIT + 1;
    if (end > this.#bytes.length) this.#grow(end);
    this.#end += this.#bytes.write(line, this.#end);
    this.#bytes[this.#end] = LINE_FEED;
    this.#end += 1;
  }

  /** Bytes that wait. */
  get size(): number {
    return this.#end;
  }

  /** What waits, valid until the next line is added. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#end);
  }

  clear(): void {
    this.#end = 0;
  }

  // --- internal ---

  #grow(atLeast: number): void {
    const bytes = Buffer.allocUnsafe(Math.max(atLeast, this.#bytes.length * 2));
    this.#bytes.copy(bytes, 0, 0, this.#end);
    this.#bytes = bytes;
  }
}
