import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { codeOf, EXIT, RunError } from '../core/errors.ts';

/** Replaces what an earlier try left, and follows no link. */
const WRITE = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | (constants.O_NOFOLLOW ?? 0);

/** Copies a stream to a file with mode 0600, whole, before anything of it is used. */
export async function spoolStdin(stream: Readable, path: string, signal: AbortSignal): Promise<void> {
  try {
    const file = await open(path, WRITE, 0o600);
    await pipeline(stream, file.createWriteStream(), { signal });
  } catch (cause) {
    const why = signal.aborted ? 'the run was stopped' : codeOf(cause);
    throw new RunError('ERR_SPOOL', `stdin could not be kept in ${path}: ${why}. Nothing was sent.`, {
      exitCode: signal.aborted ? EXIT.stopped : EXIT.usage,
      cause,
    });
  }
}
