import { resolve } from 'node:path';
import { codeOf, EXIT, RunError } from '../../core/errors.ts';
import type { Host } from '../../core/host.ts';
import { shownPath } from '../../core/shell-text.ts';
import { writeAtomic } from '../../core/write-atomic.ts';

/** Writes a report to a file and says so, or to stdout (`-`). Gives the exit code. */
export function writeOutput(text: string, output: string, host: Host): number {
  if (output === '-') {
    host.stdout.write(text);
    return EXIT.ok;
  }
  writeWhole(resolve(output), text);
  host.stdout.write(`Report: ${shownPath(output)}\n`);
  return EXIT.ok;
}

// --- internal ---

/** Nobody sees half a report, and a failed one leaves the last. */
function writeWhole(path: string, text: string): void {
  try {
    writeAtomic(path, text);
  } catch (cause) {
    throw new RunError(
      'ERR_OUTPUT',
      `cannot write the report to ${path}: ${codeOf(cause)}. Choose another file with --output.`,
      { cause },
    );
  }
}
