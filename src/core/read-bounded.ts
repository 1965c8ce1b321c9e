import { closeSync, constants, fstatSync, openSync, read, readSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { codeOf } from './errors.ts';

const readDescriptor = promisify(read);

/** Why a path cannot be read as a small file, where the file system itself has nothing against it. */
export type Unfit = 'TOO_LARGE' | 'DEVICE' | 'NO_WRITER';

/** Thrown for a path that is no small file; `code` says why. */
export class UnfitFile extends Error {
  override readonly name = 'UnfitFile';
  readonly code: Unfit;

  constructor(code: Unfit) {
    super(code);
    this.code = code;
  }
}

/**
 * Reads a small regular file, or what a process writes to a pipe, as in `<(command)`. Nothing makes it hang or grow: a
 * device, a pipe that no process writes to, and more than `maxBytes` are refused with an {@link UnfitFile}. `signal` ends
 * the wait for what a pipe has still to give. Throws what the file system throws, too.
 */
export async function readBounded(path: string, maxBytes: number, signal?: AbortSignal): Promise<Buffer> {
  const file = openSync(path, READ);
  try {
    requireFit(file, maxBytes);
    const bytes = Buffer.alloc(maxBytes + 1);
    let size = 0;
    while (size <= maxBytes) {
      signal?.throwIfAborted();
      try {
        const { bytesRead } = await readDescriptor(file, bytes, size, bytes.length - size, null);
        if (bytesRead === 0) break;
        size += bytesRead;
      } catch (error) {
        if (codeOf(error) !== 'EAGAIN') throw error;
        await delay(PIPE_POLL_MS, undefined, signal ? { signal } : {});
      }
    }
    return whole(file, bytes, size, maxBytes);
  } finally {
    closeSync(file);
  }
}

/**
 * Reads a regular file of at most `maxBytes` at once. Links in the last part of the path are not followed, since others
 * may write to the folder. Throws {@link UnfitFile}, and what the file system throws.
 */
export function readBoundedSync(path: string, maxBytes: number): Buffer {
  const file = openSync(path, READ | (constants.O_NOFOLLOW ?? 0));
  try {
    requireFit(file, maxBytes);
    const bytes = Buffer.alloc(maxBytes + 1);
    let size = 0;
    for (let got = 1; got > 0 && size <= maxBytes; size += got) {
      got = readSync(file, bytes, size, bytes.length - size, null);
    }
    return whole(file, bytes, size, maxBytes);
  } finally {
    closeSync(file);
  }
}

// --- internal ---

const PIPE_POLL_MS = 10;

/** Without waiting for a writer, should the path be a pipe. */
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

function requireFit(file: number, maxBytes: number): void {
  const kind = fstatSync(file);
  if (kind.isCharacterDevice() || kind.isBlockDevice()) throw new UnfitFile('DEVICE');
  if (kind.size > maxBytes) throw new UnfitFile('TOO_LARGE');
}

function whole(file: number, bytes: Buffer, size: number, maxBytes: number): Buffer {
  if (size > maxBytes) throw new UnfitFile('TOO_LARGE');
  if (size === 0 && fstatSync(file).isFIFO()) throw new UnfitFile('NO_WRITER');
  return bytes.subarray(0, size);
}
