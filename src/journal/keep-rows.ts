import { constants, copyFileSync, existsSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { AppendFile } from '../core/append-file.ts';
import { replaceAtomicLater } from '../core/write-atomic.ts';
import type { JournalLine } from './journal-lines.ts';
import { notWritable } from './not-writable.ts';
import { readLines } from './read-lines.ts';
import type { RowSets } from './row-set.ts';
import { FILES } from './run-directory.ts';

/** Text that is collected before it is written. */
const MAX_BUFFERED = 1024 * 1024;

/**
 * Takes the lines of all rows but those in `kept` out of a journal, whole or not at all. Gives the name of the file in
 * the run directory that holds the journal as it was. Throws `ERR_JOURNAL` where it cannot write.
 */
export async function keepRows(dir: string, kept: RowSets): Promise<string> {
  const path = join(dir, FILES.journal);
  const before = freeName(dir);
  try {
    copyFileSync(path, join(dir, before), constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    await replaceAtomicLater(path, (fresh) => copyKept(path, fresh, kept));
  } catch (cause) {
    rmSync(join(dir, before), { force: true });
    throw notWritable(dir, cause);
  }
  return before;
}

// --- internal ---

async function copyKept(from: string, to: string, kept: RowSets): Promise<void> {
  const file = new AppendFile(to);
  try {
    let text = '';
    for await (const line of readLines(from)) {
      if (isDropped(line.text, kept)) continue;
      text += `${line.text}\n`;
      if (text.length < MAX_BUFFERED) continue;
      file.append(text);
      text = '';
    }
    file.append(text);
    await file.sync();
  } finally {
    file.close();
  }
}

function isDropped(text: string, kept: RowSets): boolean {
  try {
    const line = JSON.parse(text) as JournalLine;
    return line.type === 'row' && !kept.has(line.input ?? 0, line.row);
  } catch {
    return false; // what a crash left is for whoever reads the journal
  }
}

function freeName(dir: string): string {
  for (let n = 1; ; n += 1) {
    const name = `${basename(FILES.journal, '.jsonl')}-changed-${n}.jsonl`;
    if (!existsSync(join(dir, name))) return name;
  }
}
