import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { EndLine } from './journal-lines.ts';
import { FILES } from './run-directory.ts';

const CHUNK_BYTES = 64 * 1024;
/** An end line holds a summary, which has a bound for all that it lists. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/**
 * The end line of a run, without reading its whole journal; undefined where the journal does not end with one: the run goes
 * on still, or was cut off.
 */
export function readEndLine(dir: string): EndLine | undefined {
  try {
    const line: unknown = JSON.parse(lastLine(join(dir, FILES.journal)));
    return isEndLine(line) ? line : undefined;
  } catch {
    return undefined; // a torn line, or no journal: whoever folds it says what is wrong
  }
}

// --- internal ---

/** What stands after the last but one line break; throws where the file does not end with one. */
function lastLine(path: string): string {
  const file = openSync(path, 'r');
  try {
    let from = fstatSync(file).size;
    let tail = Buffer.alloc(0);
    while (from > 0 && tail.length < MAX_LINE_BYTES) {
      const length = Math.min(CHUNK_BYTES, from);
      from -= length;
      const chunk = Buffer.alloc(length);
      readSync(file, chunk, 0, length, from);
      tail = Buffer.concat([chunk, tail]);
      if (tail.at(-1) !== LINE_BREAK) throw new Error('the last line is torn');
      const at = tail.lastIndexOf(LINE_BREAK, tail.length - 2);
      if (at >= 0) return tail.toString('utf8', at + 1, tail.length - 1);
    }
    return tail.toString('utf8', 0, tail.length - 1);
  } finally {
    closeSync(file);
  }
}

const LINE_BREAK = 10;

function isEndLine(line: unknown): line is EndLine {
  if (typeof line !== 'object' || line === null || !('type' in line) || line.type !== 'end') return false;
  if (!('summary' in line) || typeof line.summary !== 'object' || line.summary === null) return false;
  return 'statuses' in line.summary && 'rate' in line.summary;
}
