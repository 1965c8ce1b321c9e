import { close, constants, open } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { codeOf, RunError } from '../../core/errors.ts';

// Bare descriptors: the socket closes the one it reads, and a FileHandle would close the number a second time.
const openDescriptor = promisify(open);
const closeDescriptor = promisify(close);

/** Pause between two tries to wake an opening that waits for a writer. */
const WAKE_PAUSE_MS = 10;

/**
 * Opens a named pipe, waiting until another process opens it for writing. It is read through a socket, since file reads of
 * an idle pipe sit in a thread that nothing can call back. Throws when the signal aborts.
 */
export async function openPipe(path: string, signal: AbortSignal | undefined): Promise<Readable> {
  signal?.throwIfAborted();
  let isOpening = true;
  const stopWaiting = () => void wake(path, () => isOpening);
  signal?.addEventListener('abort', stopWaiting, { once: true });
  let descriptor: number;
  try {
    descriptor = await openDescriptor(path, constants.O_RDONLY);
  } catch (error) {
    throw new RunError('ERR_INPUT', `${path} is a named pipe that cannot be opened (${codeOf(error)}).`, {
      cause: error,
    });
  } finally {
    isOpening = false;
    signal?.removeEventListener('abort', stopWaiting);
  }
  if (signal?.aborted) await closeDescriptor(descriptor);
  signal?.throwIfAborted();
  return new Socket({ fd: descriptor, readable: true, writable: false });
}

/** Opens the pipe's other end for a moment: the only way to end an `open` that waits for a writer. */
async function wake(path: string, isOpening: () => boolean): Promise<void> {
  while (isOpening()) {
    try {
      await closeDescriptor(await openDescriptor(path, constants.O_WRONLY | constants.O_NONBLOCK));
    } catch {
      // ENXIO: the opening has not reached the kernel yet
    }
    await delay(WAKE_PAUSE_MS);
  }
}
