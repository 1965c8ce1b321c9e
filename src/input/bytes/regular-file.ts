import { createHash, type Hash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { codeOf, EXIT, RunError } from '../../core/errors.ts';
import type { Bytes } from './byte-source.ts';

const CHUNK_BYTES = 64 * 1024;
/** Where bytes are hashed and let go, larger pieces of memory that is used again cost a third of the time. */
const HASHED_BYTES = 256 * 1024;
/** How often size and time of change are looked at while reading. */
const CHECK_EVERY_BYTES = 16 * 1024 * 1024;

/** How a regular file is read. */
export interface RegularFileOptions {
  readonly signal?: AbortSignal | undefined;
  /** Whether the file is read once beforehand for its identity, and held to it while it is read. */
  readonly isIdentified: boolean;
}

/**
 * Reads a regular file and makes sure that it stays the same: rows already sent would no longer be the rows
 * that a resumed run finds. Throws `ERR_INPUT_CHANGED` (exit 3) otherwise.
 */
export async function readRegularFile(
  handle: FileHandle,
  name: string,
  options: RegularFileOptions,
): Promise<Bytes> {
  let bytesRead = 0;
  try {
    const before = await handle.stat({ bigint: true });
    const identity = options.isIdentified ? await identify(handle, name, options.signal) : undefined;
    await requireSame(handle, name, before);

    async function* read(): AsyncGenerator<Uint8Array> {
      const hash = createHash('sha256');
      let checkAt = CHECK_EVERY_BYTES;
      for await (const chunk of readChunks(handle, name, options.signal, freshMemory)) {
        if (identity) hash.update(chunk);
        bytesRead += chunk.byteLength;
        yield chunk;
        if (bytesRead < checkAt) continue;
        checkAt += CHECK_EVERY_BYTES;
        await requireSame(handle, name, before);
      }
      await requireSame(handle, name, before);
      if (identity && digest(hash) !== identity.sha256) throw changed(name);
    }

    return {
      chunks: read(),
      get bytesRead() {
        return bytesRead;
      },
      ...(identity && { identity }),
      wholeIdentity: identity,
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function identify(handle: FileHandle, name: string, signal: AbortSignal | undefined) {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  let [now, next] = [Buffer.allocUnsafeSlow(HASHED_BYTES), Buffer.allocUnsafeSlow(HASHED_BYTES)];
  const usedAgain = (): Buffer => {
    [now, next] = [next, now];
    return now;
  };
  for await (const chunk of readChunks(handle, name, signal, usedAgain)) {
    hash.update(chunk);
    sizeBytes += chunk.byteLength;
  }
  return { sizeBytes, sha256: digest(hash) };
}

const digest = (hash: Hash) => hash.digest('hex');

/** For stages that keep slices of what is read. */
const freshMemory = (): Buffer => Buffer.allocUnsafe(CHUNK_BYTES);

/**
 * Reads one chunk ahead, so that the disk works while the rows of the one before are made: `memory` is asked for more while
 * one chunk is in use, and may give it again after that.
 */
async function* readChunks(
  handle: FileHandle,
  name: string,
  signal: AbortSignal | undefined,
  memory: () => Buffer,
): AsyncGenerator<Uint8Array> {
  let position = 0;
  let ahead = readAt(handle, name, position, memory());
  for (;;) {
    signal?.throwIfAborted();
    const chunk = await ahead;
    if (chunk.byteLength === 0) return;
    position += chunk.byteLength;
    ahead = readAt(handle, name, position, memory());
    ahead.catch(() => {}); // the caller that asks for this chunk gets the failure, if one does
    yield chunk;
  }
}

async function readAt(
  handle: FileHandle,
  name: string,
  position: number,
  buffer: Buffer,
): Promise<Uint8Array> {
  try {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    throw new RunError(
      'ERR_INPUT',
      `${name} could not be read on after ${position} bytes (${codeOf(error)}).`,
      {
        exitCode: EXIT.stopped,
        cause: error,
      },
    );
  }
}

async function requireSame(handle: FileHandle, name: string, before: BigIntStats): Promise<void> {
  const now = await handle.stat({ bigint: true });
  if (now.size !== before.size || now.mtimeNs !== before.mtimeNs) throw changed(name);
}

function changed(name: string): RunError {
  return new RunError(
    'ERR_INPUT_CHANGED',
    `${name} changed while it was read. Write it under another name and rename it when it is complete; then begin a new run.`,
    { exitCode: EXIT.stopped },
  );
}
