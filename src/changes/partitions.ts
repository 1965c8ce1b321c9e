import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GIVEN_BYTES, type GivenValue, writeGiven } from './given-values.ts';

/** Equal hashes land in one partition, so that each can be looked at alone. */
const PARTITIONS = 64;
/** Bytes that a partition may hold in memory: 16 MiB for all, some 200,000 rows that give three values each. */
const MAX_BYTES = 9_000 * GIVEN_BYTES;
const FIRST_BYTES = 64 * GIVEN_BYTES;

interface Partition {
  bytes: Buffer;
  used: number;
  file: { readonly fd: number; size: number } | undefined;
}

/** Given values by partition: in memory while they are few, beyond that in temporary files. */
export class Partitions {
  #all: Partition[] = Array.from({ length: PARTITIONS }, () => ({
    bytes: Buffer.alloc(0),
    used: 0,
    file: undefined,
  }));
  readonly #maxBytes: number;

  /** `maxBytes` is what one partition holds in memory; a multiple of a given value's bytes. */
  constructor(maxBytes = MAX_BYTES) {
    this.#maxBytes = maxBytes;
  }

  add(given: GivenValue): void {
    const partition = this.#all[Number.parseInt(given.hash.slice(0, 2), 16) % PARTITIONS];
    if (!partition) return;
    if (partition.used === partition.bytes.length) this.#makeRoom(partition);
    writeGiven(partition.bytes, partition.used, given);
    partition.used += GIVEN_BYTES;
  }

  /** The given values of each partition, one partition after the other. */
  *each(): Iterable<Buffer> {
    for (const { bytes, used, file } of this.#all) {
      const inMemory = bytes.subarray(0, used);
      if (!file) {
        yield inMemory;
        continue;
      }
      const all = Buffer.allocUnsafe(file.size + used);
      for (let at = 0; at < file.size; ) at += readSync(file.fd, all, at, file.size - at, at);
      inMemory.copy(all, file.size);
      yield all;
    }
  }

  /** Frees what the values take, on the disk too. */
  close(): void {
    for (const { file } of this.#all) if (file) closeSync(file.fd);
    this.#all = [];
  }

  // --- internal ---

  #makeRoom(partition: Partition): void {
    if (partition.bytes.length < this.#maxBytes) {
      const size = Math.min(this.#maxBytes, Math.max(FIRST_BYTES, 2 * partition.bytes.length));
      partition.bytes = Buffer.concat([partition.bytes], size);
      return;
    }
    partition.file ??= { fd: openNameless(), size: 0 };
    const { file, bytes } = partition;
    for (let at = 0; at < bytes.length; )
      at += writeSync(file.fd, bytes, at, bytes.length - at, file.size + at);
    file.size += bytes.length;
    partition.used = 0;
  }
}

// --- internal ---

/** A file that has lost its name already, so that it goes away however the process ends. */
function openNameless(): number {
  const dir = mkdtempSync(join(tmpdir(), 'livedesk-sync-'));
  try {
    return openSync(join(dir, 'values'), 'wx+', 0o600);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
