import { EXIT, RunError } from '../core/errors.ts';
import type { BadRow, Row, Shape } from '../core/types.ts';
import { type Bytes, type Identity, openBytes } from './bytes.ts';
import type { InputOptions } from './options.ts';
import { type Reading, readRows } from './read.ts';
import { readOnce } from './read-once.ts';
import { openRows } from './rows.ts';

export type { Identity } from './bytes.ts';
export type { InputOptions } from './options.ts';

/** An open input: its header is read, its rows are not. */
export interface Source {
  readonly shape: Shape;
  /** Size and SHA-256 of the bytes as stored; regular files only. */
  readonly identity?: Identity;
  /**
   * The rows in order, in batches of what was read at once (about 64 KiB). A second call throws. The iteration throws a
   * `RunError` (exit 3) where the input breaks, after the rows before it; ends quietly when the signal aborts.
   */
  rows(): AsyncIterable<readonly (Row | BadRow)[]>;
  /** Stored bytes read so far. */
  readonly bytesRead: number;
  /** What the input was, once its rows were read to the last. */
  readonly whole: Whole | undefined;
  /** Lets go of the file, or of the pipe, whose writer then gets a broken pipe. */
  close(): Promise<void>;
}

/** What an input was from its first byte to its last. */
export interface Whole {
  /** Bad ones included. */
  readonly rows: number;
  readonly identity?: Identity;
}

/**
 * Opens an input and reads its header (CSV) or the first 1,000 rows (JSONL). `-` is stdin. Throws a
 * `RunError` (exit 2) that names the input; `ERR_STOPPED` (exit 3) if the signal aborts meanwhile.
 */
export async function openSource(name: string, index: number, options: InputOptions): Promise<Source> {
  if (name === '-' && options.rows) {
    try {
      return await openRows(options.rows, index, options);
    } catch (error) {
      throw beforeSending(error, 'rows', options.signal);
    }
  }
  const { bytes, reading } = await open(name, index, options, true);
  let rows = 0;
  let isRead = false;
  return {
    shape: reading.shape,
    ...(bytes.identity && { identity: bytes.identity }),
    rows: readOnce(name, async function* () {
      for await (const batch of untilAborted(reading.rows, options.signal)) {
        rows += batch.length;
        yield batch;
      }
      isRead = options.signal?.aborted !== true;
    }),
    get bytesRead() {
      return bytes.bytesRead;
    },
    get whole() {
      const identity = bytes.wholeIdentity;
      return isRead ? { rows, ...(identity && { identity }) } : undefined;
    },
    close: () => bytes.close(),
  };
}

/**
 * Counts the rows of a regular file, bad ones included. Throws as {@link openSource} does, also for a file
 * that breaks midway, since nothing was sent yet.
 */
export async function countRows(name: string, index: number, options: InputOptions): Promise<number> {
  const { bytes, reading } = await open(name, index, options, false);
  try {
    let count = 0;
    for await (const batch of reading.rows) count += batch.length;
    return count;
  } catch (error) {
    throw beforeSending(error, name, options.signal);
  } finally {
    await bytes.close();
  }
}

async function open(
  name: string,
  index: number,
  options: InputOptions,
  isIdentified: boolean,
): Promise<{ bytes: Bytes; reading: Reading }> {
  let bytes: Bytes | undefined;
  try {
    const { stdin, signal } = options;
    bytes = await openBytes(name, { stdin, signal, isIdentified });
    return { bytes, reading: await readRows(bytes.chunks, name, index, options) };
  } catch (error) {
    await bytes?.close();
    throw beforeSending(error, name, options.signal);
  }
}

/** The same error with exit code 2: nothing was sent yet. */
function beforeSending(error: unknown, name: string, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) {
    const message = `stopped while ${name === '-' ? 'stdin' : name} was being opened; nothing was sent.`;
    return new RunError('ERR_STOPPED', message, { exitCode: EXIT.stopped });
  }
  if (!(error instanceof RunError) || error.exitCode === EXIT.usage) return error;
  return new RunError(error.code, error.message, { cause: error });
}

async function* untilAborted<T extends readonly unknown[]>(
  batches: AsyncIterable<T>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T> {
  try {
    for await (const batch of batches) {
      if (signal?.aborted) return;
      if (batch.length > 0) yield batch;
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}
