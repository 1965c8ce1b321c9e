import { randomBytes } from 'node:crypto';
import { closeSync, constants, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export interface WriteAtomicOptions {
  /** Permissions of the file. Default 0600. */
  readonly mode?: number;
  /** Whether the file survives a power cut once the call returns. Default false. */
  readonly durable?: boolean;
}

/**
 * Writes a file whole or not at all: into a new file beside it, which then takes its name. Throws what the file system
 * throws, and leaves what was there.
 */
export function writeAtomic(path: string, data: string | Uint8Array, options: WriteAtomicOptions = {}): void {
  const { mode = 0o600, durable = false } = options;
  replaceAtomic(path, (fresh) => {
    const file = openSync(fresh, CREATE, mode);
    try {
      const bytes = typeof data === 'string' ? Buffer.from(data, 'utf8') : data;
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
      if (durable) fsyncSync(file);
    } finally {
      closeSync(file);
    }
  });
  if (durable) syncFolder(dirname(path));
}

/**
 * Replaces `path` by what `make` makes under another name in the same folder. That name cannot be guessed, so nobody who
 * may write to the folder can plant a link there. What `make` leaves behind when it throws is removed.
 */
export function replaceAtomic(path: string, make: (fresh: string) => void): void {
  const fresh = temporaryName(path);
  try {
    make(fresh);
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

/** As {@link replaceAtomic}, for what takes its time; gives what `make` gives. */
export async function replaceAtomicLater<T>(path: string, make: (fresh: string) => Promise<T>): Promise<T> {
  const fresh = temporaryName(path);
  try {
    const made = await make(fresh);
    renameSync(fresh, path);
    return made;
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

// --- internal ---

/** A name beside `path` that does not exist and cannot be guessed. It begins with a dot and ends with `.tmp`. */
function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path).slice(0, 100)}.${randomBytes(8).toString('hex')}.tmp`);
}

/** `O_EXCL` follows no link in the last part of a path, and fails where anything has the name. */
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;

/** Makes a rename in the folder survive a power cut, where the system can do that. */
export function syncFolder(dir: string): void {
  try {
    const folder = openSync(dir, 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch {
    // Windows opens no folders, and some network file systems sync none
  }
}
