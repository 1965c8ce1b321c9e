import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { codeOf, EXIT, RunError } from '../core/errors.ts';

/** Copies a stream to a file with mode 0600, whole, before anything of it is used. */
export async function spoolStdin(stream: Readable, path: string, signal: AbortSignal): Promise<void> {
  try {
    await pipeline(stream, createWriteStream(path, { mode: 0o600 }), { signal });
  } catch (cause) {
    const why = signal.aborted ? 'the run was stopped' : codeOf(cause);
    throw new RunError('ERR_SPOOL', `stdin could not be kept in ${path}: ${why}. Nothing was sent.`, {
      exitCode: signal.aborted ? EXIT.stopped : EXIT.usage,
      cause,
    });
  }
}
