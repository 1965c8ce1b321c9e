import { once } from 'node:events';
import { resolve } from 'node:path';
import { AppendFile } from '../../core/append-file.ts';
import { codeOf, EXIT, RunError } from '../../core/errors.ts';
import type { Host } from '../../core/host.ts';
import { shownPath } from '../../core/shell-text.ts';
import { printText } from '../../core/shown-text.ts';
import { replaceAtomicLater, writeAtomic } from '../../core/write-atomic.ts';

/** Writes a report to a file, whole or not at all, and says so, or to stdout (`-`). Gives the exit code. */
export function writeOutput(text: string, output: string, host: Host): number {
  if (output === '-') {
    host.stdout.write(text);
    return EXIT.ok;
  }
  const path = resolve(output);
  try {
    writeAtomic(path, text);
  } catch (cause) {
    throw notWritten(path, cause);
  }
  return said(output, host);
}

/** The same for a report that comes in pieces. */
export async function writePieces(
  pieces: AsyncIterable<string>,
  output: string,
  host: Host,
): Promise<number> {
  if (output === '-') {
    for await (const piece of pieces) {
      if (host.stdout.write(piece)) continue;
      // the program reports a reader that closed stdout when it ends
      await once(host.stdout, 'drain').catch(() => {});
      if (host.stdout.destroyed) break;
    }
    return EXIT.ok;
  }
  const path = resolve(output);
  try {
    await replaceAtomicLater(path, async (fresh) => {
      const file = new AppendFile(fresh);
      try {
        for await (const piece of pieces) file.append(piece);
      } finally {
        file.close();
      }
    });
  } catch (cause) {
    throw cause instanceof RunError ? cause : notWritten(path, cause);
  }
  return said(output, host);
}

// --- internal ---

function said(output: string, host: Host): number {
  printText(host.stdout, `Report: ${shownPath(output)}\n`);
  return EXIT.ok;
}

function notWritten(path: string, cause: unknown): RunError {
  return new RunError(
    'ERR_OUTPUT',
    `cannot write the report to ${path}: ${codeOf(cause)}. Choose another file with --output.`,
    { cause },
  );
}
