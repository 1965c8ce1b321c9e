import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { codeOf } from '../../core/errors.ts';

/** Size of the database in bytes; undefined where there is none. */
export function dataSize(path: string): number | undefined {
  const file = openIfThere(join(path, 'data.mdb'), 'r');
  if (file === undefined) return undefined;
  try {
    return fstatSync(file).size;
  } finally {
    closeSync(file);
  }
}

/** CRC-32 of the whole database: some 200 ms for 250 MB that the system has read before. */
export function dataChecksum(path: string): number {
  const file = openIfThere(join(path, 'data.mdb'), 'r');
  if (file === undefined) return 0;
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    let sum = 0;
    for (let at = 0; ; ) {
      const bytes = readSync(file, chunk, 0, CHUNK_BYTES, at);
      if (bytes === 0) return sum;
      sum = crc32(chunk.subarray(0, bytes), sum);
      at += bytes;
    }
  } finally {
    closeSync(file);
  }
}

/**
 * Why LMDB must not open the database, if it must not: what it cannot open ends the process without a word (lmdb 3.5
 * reads what it has freed). Throws what the system says of files that may not be used.
 */
export function faultOfData(path: string, isReadOnly: boolean): string | undefined {
  const lock = openIfThere(join(path, 'lock.mdb'), 'r+');
  if (lock !== undefined) closeSync(lock);
  const file = openIfThere(join(path, 'data.mdb'), isReadOnly ? 'r' : 'r+');
  if (file === undefined) return undefined;
  try {
    const { size } = fstatSync(file);
    // one that was made and never written to: LMDB begins it
    if (size === 0) return undefined;
    const first = readMeta(file, 0);
    const second = first && readMeta(file, first.pageBytes);
    if (!first || !second) return 'data.mdb is not an LMDB database';
    const { pageBytes, roots } = second.transaction > first.transaction ? second : first;
    return roots.some((root) => (root + 1) * pageBytes > size) ? 'data.mdb has been cut short' : undefined;
  } finally {
    closeSync(file);
  }
}

// --- internal ---

const CHUNK_BYTES = 1024 * 1024;

/** Where LMDB's two head pages keep what (`MDB_meta` of its data version 2): they take turns, the later one counts. */
const META = { magic: 24, version: 28, pageBytes: 48, roots: [88, 136], transaction: 152, end: 160 } as const;
const MAGIC = 0xbeefc0de;
const DATA_VERSION = 2;
/** The root of a table without entries. */
const NO_PAGE = 2n ** 64n - 1n;

function readMeta(file: number, at: number) {
  const bytes = Buffer.alloc(META.end);
  if (readSync(file, bytes, 0, META.end, at) < META.end) return undefined;
  const isMeta =
    bytes.readUInt32LE(META.magic) === MAGIC && bytes.readUInt32LE(META.version) === DATA_VERSION;
  if (!isMeta) return undefined;
  const roots = META.roots.map((root) => bytes.readBigUInt64LE(root)).filter((root) => root !== NO_PAGE);
  return {
    pageBytes: bytes.readUInt32LE(META.pageBytes),
    transaction: bytes.readBigUInt64LE(META.transaction),
    roots: roots.map(Number),
  };
}

function openIfThere(path: string, flags: 'r' | 'r+'): number | undefined {
  try {
    return openSync(path, flags);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
