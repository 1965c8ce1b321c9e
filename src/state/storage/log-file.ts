import { closeSync, fsyncSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { AppendFile } from '../../core/append-file.ts';
import { codeOf } from '../../core/errors.ts';
import { entryOf, entryText, type LoggedChange } from './logged-change.ts';
import { DamagedStorage } from './storage.ts';

/** Two files in turn, so that one can be begun anew while the other one still counts. */
const NAMES = ['log', 'log-2'] as const;

/**
 * What is about to be sent and what was changed since the database was last written: a file that only grows is on the disk
 * sooner than a change in the middle of a database. A line holds a checksum and an entry.
 */
export class LogFile {
  readonly #dir: string;
  /** The file that grows, and the other one; opened when there is something to be logged for the first time. */
  #files: [AppendFile, AppendFile] | undefined;
  #number = 0;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /**
   * What stands in both files, the older one first. The rest of a line that was cut off counts as nothing; throws
   * {@link DamagedStorage} where anything else cannot be read.
   */
  read(): readonly LoggedChange[] {
    return this.#readBoth().flatMap(({ entries }) => entries.filter(({ kind }) => kind !== 'file'));
  }

  /** Bytes in the file that grows. */
  get size(): number {
    return this.#files?.[0].size ?? 0;
  }

  /** Adds these. The kernel has them when the call returns. */
  add(entries: readonly LoggedChange[]): void {
    this.#open()[0].append(entries.map(lineOf).join(''));
  }

  /** Resolves when what was added would survive a power cut. */
  sync(): Promise<void> {
    return this.#files ? this.#files[0].sync() : Promise.resolve();
  }

  /** Begins anew with these. Resolves when that would survive a power cut. */
  async beginAnew(entries: readonly LoggedChange[]): Promise<void> {
    const [before, next] = this.#open();
    this.#files = [next, before];
    next.clear();
    this.#number += 1;
    this.add([{ kind: 'file', number: this.#number }, ...entries]);
    await this.sync();
    before.clear();
  }

  /** The database has everything. */
  clear(): void {
    for (const file of this.#files ?? (this.#isThere() ? this.#open() : [])) file.clear();
  }

  close(): void {
    for (const file of this.#files ?? []) file.close();
    this.#files = undefined;
  }

  // --- internal ---

  #isThere(): boolean {
    return NAMES.some((name) => textOf(join(this.#dir, name)) !== '');
  }

  #open(): [AppendFile, AppendFile] {
    if (this.#files) return this.#files;
    const both = this.#readBoth();
    const [older, newer] = both.map(({ name, size }) => new AppendFile(join(this.#dir, name), size));
    if (!older || !newer) throw new Error('there are two files');
    this.#number = both[1]?.number ?? 0;
    this.#files = [newer, older];
    // their names must survive a power cut, too
    const folder = openSync(this.#dir, 'r');
    fsyncSync(folder);
    closeSync(folder);
    if (newer.size === 0) {
      this.#number += 1;
      this.add([{ kind: 'file', number: this.#number }]);
    }
    return this.#files;
  }

  #readBoth(): readonly Content[] {
    return NAMES.map((name) => contentOf(textOf(join(this.#dir, name)), name)).sort(
      (a, b) => a.number - b.number,
    );
  }
}

// --- internal ---

interface Content {
  readonly name: string;
  /** 0 for an empty file. */
  readonly number: number;
  readonly entries: readonly LoggedChange[];
  /** Bytes of whole lines: what follows was cut off. */
  readonly size: number;
}

function lineOf(entry: LoggedChange): string {
  const text = entryText(entry);
  return `${crc32(text)} ${text}\n`;
}

function contentOf(text: string, name: string): Content {
  const lines = text.split('\n');
  const torn = lines.pop() ?? '';
  // of a line that is whole only the line break can have become something else
  if (torn !== '' && textIn(torn.slice(0, -1)) !== undefined) throw damaged(name);
  const entries = lines.map((line) => {
    const entry = textIn(line);
    if (entry === undefined) throw damaged(name);
    return entryOf(entry);
  });
  const [first] = entries;
  if (first && first.kind !== 'file') throw damaged(name);
  const size = Buffer.byteLength(text) - Buffer.byteLength(torn);
  return { name, number: first?.number ?? 0, entries, size };
}

function damaged(name: string): DamagedStorage {
  return new DamagedStorage(`${name} is not as it was written`);
}

function textIn(line: string): string | undefined {
  const space = line.indexOf(' ');
  const text = line.slice(space + 1);
  return space < 1 || String(crc32(text)) !== line.slice(0, space) ? undefined : text;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return '';
    throw error;
  }
}
