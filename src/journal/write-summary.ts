import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Shape } from '../core/types.ts';
import { writeAtomic } from '../core/write-atomic.ts';
import { hashFile } from './hash-file.ts';
import { notWritable } from './not-writable.ts';
import { FILES, rejectsFile } from './run-directory.ts';
import type { Summary } from './summary.ts';

/** Writes `summary.json`, whole or not at all. Throws `RunError` (exit 3) where it cannot. */
export function writeSummary(dir: string, summary: Summary): void {
  try {
    writeAtomic(join(dir, FILES.summary), `${JSON.stringify(summary, undefined, 2)}\n`);
  } catch (cause) {
    throw notWritable(dir, cause);
  }
}

/** The rejects files of a run as they are now. */
export async function rejectsOf(
  dir: string,
  shapes: readonly Pick<Shape, 'input' | 'format'>[],
): Promise<Summary['rejects']> {
  const found: { file: string; bytes: number; sha256: string }[] = [];
  for (const file of [...shapes.map(({ input, format }) => rejectsFile(input, format)), FILES.unreadable]) {
    const path = join(dir, file);
    const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    const sha256 = bytes > 0 ? await hashFile(path) : undefined;
    if (sha256 !== undefined) found.push({ file, bytes, sha256 });
  }
  return found;
}
