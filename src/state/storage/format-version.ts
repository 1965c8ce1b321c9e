import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunError } from '../../core/errors.ts';
import { writeAtomic } from '../../core/write-atomic.ts';
import { dataChecksum, dataSize } from './check-data-file.ts';

/** Version of what is on disk. A newer one is refused: it may mean something else. */
const VERSION = 1;

/**
 * Writes beside the database which version it is of, and how large it is at least: it never shrinks. Once it is closed,
 * `isClosed`, also a checksum of all of it, so that the next one who opens it notices any damage. `age` is as before unless
 * it is given.
 */
export function writeFormatVersion(path: string, isClosed = false, age = ageInStamp(path)): void {
  const bytes = dataSize(path) ?? 0;
  const sum = isClosed ? { crc32: dataChecksum(path) } : {};
  writeAtomic(join(path, 'state.json'), `${JSON.stringify({ version: VERSION, bytes, age, ...sum })}\n`);
}

/** What the stamp of a store says of its age among the stores of its account; 0 where it does not. */
export function ageInStamp(path: string): number {
  return readStamp(path)?.age ?? 0;
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

// --- internal ---

interface Stamp {
  readonly version: number;
  readonly bytes: number;
  readonly age?: number;
  readonly crc32?: number;
}

function readStamp(path: string): Stamp | undefined {
  let stamp: unknown;
  try {
    stamp = JSON.parse(readFileSync(join(path, 'state.json'), 'utf8'));
  } catch {
    return undefined;
  }
  if (typeof stamp !== 'object' || stamp === null || !('version' in stamp) || !('bytes' in stamp))
    return undefined;
  const { version, bytes } = stamp;
  if (typeof version !== 'number' || typeof bytes !== 'number') return undefined;
  return {
    version,
    bytes,
    ...('age' in stamp && typeof stamp.age === 'number' ? { age: stamp.age } : {}),
    ...('crc32' in stamp && typeof stamp.crc32 === 'number' ? { crc32: stamp.crc32 } : {}),
  };
}
