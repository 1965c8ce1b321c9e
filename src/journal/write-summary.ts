import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Shape } from '../core/types.ts';
import { writeAtomic } from '../core/write-atomic.ts';
import { hashFile } from './hash-file.ts';
import { notWritable } from './not-writable.ts';
import { FILES, missingFile, rejectsFile } from './run-directory.ts';
import type { Summary } from './summary.ts';

/** Writes `summary.json`, whole or not at all. Throws `RunError` (exit 3) where it cannot. */
export function writeSummary(dir: string, summary: Summary): void {
  try {
    writeAtomic(join(dir, FILES.summary), `${JSON.stringify(summary, undefined, 2)}\n`);
  } catch (cause) {
    throw notWritable(dir, cause);
  }
}

/** The files of a run that hold copies of its rows, as they are now. */
export async function rowCopiesOf(
  dir: string,
  shapes: readonly Pick<Shape, 'input' | 'format'>[],
): Promise<{ readonly rejects: Summary['rejects']; readonly missing: Summary['rejects'] }> {
  const named = (fileOf: typeof rejectsFile): string[] =>
    shapes.map(({ input, format }) => fileOf(input, format));
  return {
    rejects: await present(dir, [...named(rejectsFile), FILES.unreadable]),
    missing: await present(dir, named(missingFile)),
  };
}

// --- internal ---

async function present(dir: string, files: readonly string[]): Promise<Summary['rejects']> {
  const found: { file: string; bytes: number; sha256: string }[] = [];
  for (const file of files) {
    const path = join(dir, file);
    const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    const sha256 = bytes > 0 ? await hashFile(path) : undefined;
    if (sha256 !== undefined) found.push({ file, bytes, sha256 });
  }
  return found;
}
