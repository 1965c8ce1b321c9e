import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashByte } from '../compare/hash.ts';
import { GIVEN_BYTES, type GivenValue, writeGiven } from './given-values.ts';

/** Equal hashes land in one partition, so that each can be looked at alone. */
const PARTITIONS = 64;
/** Bytes that a partition may hold in memory: 16 MiB for all, some 200,000 rows that give three values each. */
const CHUNK_BYTES = 9_000 * GIVEN_BYTES;
const FIRST_BYTES = 64 * GIVEN_BYTES;

interface Partition {
  bytes: Buffer;
  used: number;
  /** Where full buffers were put in the file. */
  readonly chunks: number[];
}

/** Given values by partition: in memory while they are few, beyond that in a temporary file. */
export class Partitions {
  #all: Partition[] = Array.from({ length: PARTITIONS }, () => ({
    bytes: Buffer.alloc(0),
    used: 0,
    chunks: [],
  }));
  readonly #chunkBytes: number;
  #file: number | undefined;
  #fileBytes = 0;

  /** `chunkBytes` is what one partition holds in memory; a multiple of a given value's bytes. */
  constructor(chunkBytes = CHUNK_BYTES) {
    this.#chunkBytes = chunkBytes;
  }

  add(given: GivenValue): void {
    const partition = this.#all[hashByte(given.hash, 0) % PARTITIONS];
    if (!partition) return;
    if (partition.used === partition.bytes.length) this.#makeRoom(partition);
    writeGiven(partition.bytes, partition.used, given);
    partition.used += GIVEN_BYTES;
  }

  /** The given values of each partition, one after the other; the bytes are good until the next one is asked for. */
  *each(): Iterable<Buffer> {
    const most = Math.max(...this.#all.map((partition) => this.#bytesOf(partition)));
    let room: Buffer | undefined;
    for (const partition of this.#all) {
      const { bytes, used, chunks } = partition;
      const inMemory = bytes.subarray(0, used);
      if (this.#file === undefined || chunks.length === 0) {
        yield inMemory;
        continue;
      }
      // one for all: sixty of them would wait for the collector together
      room ??= Buffer.allocUnsafe(most);
      const all = room.subarray(0, this.#bytesOf(partition));
      for (const [i, offset] of chunks.entries()) {
        readAll(this.#file, all.subarray(i * this.#chunkBytes, (i + 1) * this.#chunkBytes), offset);
      }
      inMemory.copy(all, chunks.length * this.#chunkBytes);
      yield all;
    }
  }

  /** Frees what the values take, on the disk too. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    this.#all = [];
  }

  // --- internal ---

  #bytesOf({ chunks, used }: Partition): number {
    return chunks.length * this.#chunkBytes + used;
  }

  #makeRoom(partition: Partition): void {
    if (partition.bytes.length < this.#chunkBytes) {
      const size = Math.min(this.#chunkBytes, Math.max(FIRST_BYTES, 2 * partition.bytes.length));
      partition.bytes = Buffer.concat([partition.bytes], size);
      return;
    }
    this.#file ??= openNameless();
    writeAll(this.#file, partition.bytes, this.#fileBytes);
    partition.chunks.push(this.#fileBytes);
    this.#fileBytes += this.#chunkBytes;
    partition.used = 0;
  }
}

// --- internal ---

/** A file that has lost its name already, so that it goes away however the process ends. */
function openNameless(): number {
  const dir = mkdtempSync(join(tmpdir(), 'livedesk-values-'));
  try {
    return openSync(join(dir, 'values'), 'wx+', 0o600);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function readAll(file: number, into: Buffer, offset: number): void {
  for (let at = 0; at < into.length; ) {
    const read = readSync(file, into, at, into.length - at, offset + at);
    if (read === 0) throw new Error('a temporary file is shorter than what was written to it');
    at += read;
  }
}

function writeAll(file: number, bytes: Buffer, offset: number): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at, offset + at);
}
