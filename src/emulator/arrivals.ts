/** A request as it arrived and how it ended. */
export interface Arrival {
  /** Unix milliseconds with fractions, on a clock that never jumps. */
  readonly at: number;
  readonly method: string;
  /** The contact that the path names, or null. */
  readonly contactId: number | null;
  /** Status answered; 0 while open, and when the connection ended without an answer. */
  readonly status: number;
}

const CHUNK = 65_536;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'other'];

interface Chunk {
  readonly at: Float64Array;
  readonly contactId: Float64Array;
  readonly status: Uint16Array;
  readonly method: Uint8Array;
}

/** All requests in order of arrival, 19 bytes each. */
export class Arrivals implements Iterable<Arrival> {
  #chunks: Chunk[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Notes a request; the result names it for {@link end}. */
  begin(at: number, method: string, contactId: number | null): number {
    const index = this.#length;
    if (index % CHUNK === 0) this.#chunks.push(newChunk());
    const chunk = this.#chunkOf(index);
    const slot = index % CHUNK;
    chunk.at[slot] = at;
    chunk.contactId[slot] = contactId ?? 0;
    const known = METHODS.indexOf(method);
    chunk.method[slot] = known < 0 ? METHODS.length - 1 : known;
    this.#length += 1;
    return index;
  }

  /** Notes how the request ended. `at` is when it began: after {@link clear} the index may be another one's. */
  end(index: number, at: number, status: number): void {
    if (index >= this.#length) return;
    const chunk = this.#chunkOf(index);
    const slot = index % CHUNK;
    if (chunk.at[slot] === at) chunk.status[slot] = status;
  }

  /** The request at a place from 0 on. */
  at(index: number): Arrival | undefined {
    if (index < 0 || index >= this.#length) return undefined;
    const chunk = this.#chunkOf(index);
    const slot = index % CHUNK;
    return {
      at: chunk.at[slot] ?? 0,
      method: METHODS[chunk.method[slot] ?? 0] ?? 'other',
      contactId: chunk.contactId[slot] || null,
      status: chunk.status[slot] ?? 0,
    };
  }

  *[Symbol.iterator](): Generator<Arrival> {
    for (let index = 0; index < this.#length; index += 1) yield this.at(index) as Arrival;
  }

  /** The most requests that arrived within any `windowMs`, wherever the window begins. */
  peak(windowMs: number): number {
    let most = 0;
    let first = 0;
    for (let last = 0; last < this.#length; last += 1) {
      while (this.#time(last) - this.#time(first) >= windowMs) first += 1;
      most = Math.max(most, last - first + 1);
    }
    return most;
  }

  clear(): void {
    this.#chunks = [];
    this.#length = 0;
  }

  #time(index: number): number {
    return this.#chunkOf(index).at[index % CHUNK] ?? 0;
  }

  #chunkOf(index: number): Chunk {
    return this.#chunks[Math.floor(index / CHUNK)] as Chunk;
  }
}

function newChunk(): Chunk {
  return {
    at: new Float64Array(CHUNK),
    contactId: new Float64Array(CHUNK),
    status: new Uint16Array(CHUNK),
    method: new Uint8Array(CHUNK),
  };
}
