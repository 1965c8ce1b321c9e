import { EXIT, RunError } from '../core/errors.ts';
import type { Row } from '../core/types.ts';
import type { Bytes } from './bytes/byte-source.ts';
import { openBytes } from './bytes/bytes.ts';
import type { InputOptions } from './options.ts';
import { openRows } from './program-rows.ts';
import { type RowReading, readRows } from './read.ts';
import { readOnce } from './read-once.ts';
import type { Source } from './source.ts';

export type { InputOptions } from './options.ts';

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
 * Counts the rows of a regular file that `isCounted`, and bad ones. Throws as {@link openSource} does, also for a file
 * that breaks midway, since nothing was sent yet.
 */
export async function countRows(
  name: string,
  index: number,
  options: InputOptions,
  isCounted: (row: Row) => boolean,
): Promise<number> {
  const { bytes, reading } = await open(name, index, options, false);
  try {
    let count = 0;
    for await (const batch of reading.rows) {
      for (const row of batch) if ('error' in row || isCounted(row)) count += 1;
    }
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
): Promise<{ bytes: Bytes; reading: RowReading }> {
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
