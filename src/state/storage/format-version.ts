import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunError } from '../../core/errors.ts';
import { writeAtomic } from '../../core/write-atomic.ts';
import { dataChecksum, dataSize } from './check-data-file.ts';

/**
 * Version of what is on disk. A newer one is refused: it may mean something else. Version 1 counted the epochs of each
 * store by itself, so that what two stores of it know cannot be put in order.
 */
const VERSION = 2;

/** What stands beside a database, about it and about its age among the stores of its account. */
export interface Stamp {
  readonly version: number;
  /** The database is at least as large: it never shrinks. */
  readonly bytes: number;
  /** The highest epoch that its records may carry; 0 where none counts. */
  readonly age: number;
  /** Records of lower epochs were written by version 1; undefined: all were. */
  readonly begun?: number;
  /** What any store of the account says of a contact, as of an epoch below this, may be outdated. */
  readonly since: number;
  /** A shard of a mapping that finds contacts by keys has written to it: which ids it met is not known beforehand. */
  readonly isKeyed: boolean;
  /** Checksum of the whole database, once it was closed. */
  readonly crc32?: number;
}

/** Writes beside the database what is known of it, its size included, and with `isClosed` its checksum. */
export function writeStamp(path: string, stamp: Omit<Stamp, 'bytes' | 'version'>, isClosed = false): void {
  const bytes = dataSize(path) ?? 0;
  const { age, begun, since, isKeyed } = stamp;
  const sum = isClosed ? { crc32: dataChecksum(path) } : {};
  const text = JSON.stringify({ version: VERSION, bytes, age, begun, since, isKeyed, ...sum });
  // an epoch that other stores are compared with must not be forgotten
  writeAtomic(join(path, 'state.json'), `${text}\n`, { durable: !isClosed });
}

/** What is known of a database; undefined where nothing is. */
export function readStamp(path: string): Stamp | undefined {
  let stamp: unknown;
  try {
    stamp = JSON.parse(readFileSync(join(path, 'state.json'), 'utf8'));
  } catch {
    return undefined;
  }
  if (typeof stamp !== 'object' || stamp === null) return undefined;
  const numberOf = (key: string): number | undefined => {
    const value: unknown = Reflect.get(stamp, key);
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
  };
  const [version, bytes, begun, crc32] = ['version', 'bytes', 'begun', 'crc32'].map(numberOf);
  if (version === undefined || bytes === undefined) return undefined;
  const isFirst = version === 1;
  return {
    version,
    bytes,
    age: isFirst ? 0 : (numberOf('age') ?? 0),
    since: isFirst ? 0 : (numberOf('since') ?? 0),
    isKeyed: isFirst || Reflect.get(stamp, 'isKeyed') === true,
    ...(begun === undefined || isFirst ? {} : { begun }),
    ...(crc32 === undefined ? {} : { crc32 }),
  };
}

/**
 * Why the database is not what was left behind, if it is not: LMDB maps the file, and the process would die of a part
 * that is missing. Throws `RunError` (2) where it is of a newer version.
 */
export function faultOfFormatVersion(path: string): string | undefined {
  const size = dataSize(path);
  const stamp = readStamp(path);
  if (!stamp) return size === undefined ? undefined : 'it has no state.json';
  if (stamp.version > VERSION) {
    throw new RunError(
      'ERR_STATE_VERSION',
      `the state in ${path} is of version ${stamp.version}, written by a newer livedesk-sync; this one knows version ${VERSION}. Use the newer one, or another --state directory`,
    );
  }
  if ((size ?? 0) < stamp.bytes)
    return `data.mdb should have at least ${stamp.bytes} bytes and has ${size ?? 0}`;
  if (stamp.crc32 === undefined || stamp.crc32 === dataChecksum(path)) return undefined;
  // another process may have begun to write meanwhile, and has said so before
  return readStamp(path)?.crc32 === stamp.crc32 ? 'data.mdb is not what was written' : undefined;
}
