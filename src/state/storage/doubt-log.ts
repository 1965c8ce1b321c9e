import { closeSync, fsyncSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { AppendFile } from '../../core/append-file.ts';
import { codeOf } from '../../core/errors.ts';
import type { Hash } from '../compare/hash.ts';
import { DamagedStorage, type Doubt } from './storage.ts';

/** Two files in turn, so that one can be begun anew while the other one still counts. */
const NAMES = ['in-doubt.log', 'in-doubt-2.log'] as const;

/**
 * The contacts that are about to be written, in the order in which it was decided: a file that only grows is on the disk
 * sooner than a change in the middle of a database. A line holds a checksum and `[id, fields, keys]`.
 */
export class DoubtLog {
  readonly #dir: string;
  /** The file that grows, and the other one; opened when something is in doubt for the first time. */
  #files: [AppendFile, AppendFile] | undefined;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /**
   * What stands in both files. The rest of a line whose sync was never over counts as nothing; throws
   * {@link DamagedStorage} where anything else cannot be read.
   */
  read(): readonly Doubt[] {
    return NAMES.flatMap((name) => doubtsIn(textOf(join(this.#dir, name)), name));
  }

  /** Adds these. Resolves when they would survive a power cut. */
  async add(doubts: readonly Doubt[]): Promise<void> {
    const [file] = this.#open();
    file.append(doubts.map(lineOf).join(''));
    await file.sync();
  }

  /** Drops everything but these. Resolves when that would survive a power cut. */
  async keepOnly(doubts: readonly Doubt[]): Promise<void> {
    const [before, next] = this.#open();
    this.#files = [next, before];
    next.clear();
    if (doubts.length > 0) await this.add(doubts);
    before.clear();
  }

  close(): void {
    for (const file of this.#files ?? []) file.close();
    this.#files = undefined;
  }

  // --- internal ---

  #open(): [AppendFile, AppendFile] {
    if (!this.#files) {
      const [first, second] = NAMES;
      this.#files = [new AppendFile(join(this.#dir, first)), new AppendFile(join(this.#dir, second))];
      // their names must survive a power cut, too
      const folder = openSync(this.#dir, 'r');
      fsyncSync(folder);
      closeSync(folder);
    }
    return this.#files;
  }
}

// --- internal ---

function lineOf({ id, fields, keys }: Doubt): string {
  const json = JSON.stringify([id, fields, keys]);
  return `${crc32(json)} ${json}\n`;
}

function doubtsIn(text: string, name: string): Doubt[] {
  const lines = text.split('\n');
  const torn = lines.pop() ?? '';
  // of a line that is whole only the line break can have become something else
  if (torn !== '' && doubtIn(torn.slice(0, -1))) throw new DamagedStorage(`${name} is not as it was written`);
  return lines.map((line) => {
    const doubt = doubtIn(line);
    if (!doubt) throw new DamagedStorage(`${name} is not as it was written`);
    return doubt;
  });
}

function doubtIn(line: string): Doubt | undefined {
  const space = line.indexOf(' ');
  const json = line.slice(space + 1);
  if (space < 1 || String(crc32(json)) !== line.slice(0, space)) return undefined;
  const [id, fields, keys] = JSON.parse(json) as [number, string[], Hash[]]; // by its checksum it is ours
  return { id, fields, keys };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return '';
    throw error;
  }
}
