import { closeSync, openSync, readSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AppendFile } from '../../core/append-file.ts';
import { codeOf } from '../../core/errors.ts';
import { shownPath } from '../../core/shell-text.ts';
import { readDeletedFiles } from '../../journal/personal-files.ts';
import { plural } from '../../journal/summary-text.ts';
import type { RejectIndex, RejectPlace } from './reject-index.ts';

/** What became of a rejects file. */
export interface JoinedRejects {
  /** Bytes of the joined file. */
  readonly bytes: number;
  /** Rejects that are not where the journal says: somebody corrected the file since. */
  readonly notes: readonly string[];
}

/** Text that is collected before it is written. */
const MAX_BUFFERED = 1024 * 1024;

/**
 * Joins the rejects file called `name` of several runs into one in `into`, in the order of the rows; `format` is that
 * of its input, undefined for rows that are no record. A reject that was edited since is left out and noted.
 */
export function joinRejects(
  name: string,
  format: 'csv' | 'jsonl' | undefined,
  dirs: readonly string[],
  index: RejectIndex,
  into: string,
): JoinedRejects | undefined {
  const places = index.in(name);
  if (places.length === 0) return undefined;
  let out: AppendFile | undefined;
  let text = '';
  const write = (): void => {
    if (text === '') return;
    out ??= new AppendFile(join(into, name));
    out.append(text);
    text = '';
  };
  const files = dirs.map((dir) => new RejectsFile(join(dir, name)));
  const lost = new Map<number, number>();
  try {
    let header = format === 'csv' ? headerIn(places, files) : '';
    for (const place of places) {
      const reject = files[place.run]?.read(place, format);
      if (reject === undefined) {
        lost.set(place.run, (lost.get(place.run) ?? 0) + 1);
        continue;
      }
      text += header + reject;
      header = '';
      if (text.length >= MAX_BUFFERED) write();
    }
    write();
    return {
      bytes: out?.size ?? 0,
      notes: [...lost].map(([run, rows]) => noteOf(join(dirs[run] ?? '', name), rows)),
    };
  } finally {
    for (const file of files) file.close();
    out?.close();
  }
}

// --- internal ---

function noteOf(path: string, rows: number): string {
  const deleted = readDeletedFiles(dirname(path));
  if (deleted?.files.includes(basename(path))) {
    return `${shownPath(path)} was deleted on ${deleted.at} (--keep-personal): ${plural(rows, 'row')} of it ${rows === 1 ? 'is' : 'are'} not in the joined file`;
  }
  return `${shownPath(path)} was changed since its run: ${plural(rows, 'reject')} of it ${rows === 1 ? 'is' : 'are'} not in the joined file`;
}

function headerIn(places: readonly RejectPlace[], files: readonly RejectsFile[]): string {
  for (const { run, start, end } of places) {
    const text = start === 0 ? files[run]?.text(0, end) : undefined;
    if (text !== undefined) return text.slice(0, recordEnd(text));
  }
  return '';
}

/** Length of the first record of a CSV as we write it: up to a line break outside quotes. */
function recordEnd(text: string): number {
  let isQuoted = false;
  for (let i = 0; i < text.length; i += 1) {
    if (text[i] === '"') isQuoted = !isQuoted;
    else if (text[i] === '\n' && !isQuoted) return i + 1;
  }
  return text.length;
}

/** A rejects file of a run, read here and there; opened when first needed. */
class RejectsFile {
  readonly #path: string;
  #fd: number | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** The reject at a place, without the header; undefined if it is no more what the run wrote. */
  read({ row, line, start, end }: RejectPlace, format: 'csv' | 'jsonl' | undefined): string | undefined {
    const text = this.text(start, end);
    if (text === undefined || !text.endsWith('\n')) return undefined;
    if (format === undefined) return text;
    const marks =
      format === 'csv'
        ? new RegExp(`(?<!\\d)${row}(.)${line}\\1(?:invalid|rejected|failed|skipped)\\1ERR_`)
        : new RegExp(`"_row":${row},"_line":${line},`);
    if (!marks.test(text)) return undefined;
    return format === 'csv' && start === 0 ? text.slice(recordEnd(text)) : text;
  }

  text(start: number, end: number): string | undefined {
    try {
      this.#fd ??= openSync(this.#path, 'r');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
    const bytes = Buffer.alloc(end - start);
    const read = readSync(this.#fd, bytes, 0, bytes.length, start);
    return read === bytes.length ? bytes.toString('utf8') : undefined;
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
  }
}
