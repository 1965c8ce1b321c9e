import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { codeOf, RunError } from '../core/errors.ts';
import type { Shard } from '../core/shard.ts';
import { replaceAtomic } from '../core/write-atomic.ts';

/** Where run directories are made by default. */
export const RUNS_ROOT = 'runs';

/** Where a state is kept that was not named: beside the runs, so that one folder has all there is to keep. */
export const DEFAULT_STATE = join(RUNS_ROOT, '.state');

/** Names inside a run directory. */
export const FILES = {
  journal: 'results.jsonl',
  mapping: 'mapping.json',
  summary: 'summary.json',
  unreadable: 'rejects-unreadable.txt',
  /** Copy of stdin (`--spool`). */
  spool: 'spool',
  /** What contacts held before the run wrote to them (`--undoable`). */
  before: 'before.jsonl',
  /** What an undo is to put back. */
  undo: 'undo.jsonl',
  /** What `plan` found to change. */
  plan: 'plan.jsonl',
  /** What `--keep-personal` deleted. */
  deleted: 'deleted.json',
} as const;

/** Name of the rejects file of an input: `rejects.csv`, `rejects-2.jsonl`. `input` counts from 0. */
export function rejectsFile(input: number, format: 'csv' | 'jsonl'): string {
  return input === 0 ? `rejects.${format}` : `rejects-${input + 1}.${format}`;
}

/** Name of the file with the rows of an input whose contact is not there: `missing.csv`, `missing-2.jsonl`. `input` counts from 0. */
export function missingFile(input: number, format: 'csv' | 'jsonl'): string {
  return input === 0 ? `missing.${format}` : `missing-${input + 1}.${format}`;
}

/**
 * A name such as `runs/2026-11-22T020000Z-contacts-3fa9`, of a shard `runs/2026-11-22T020000Z-contacts-1of4-3fa9`.
 * `random` is in [0, 1).
 */
export function defaultRunDirectory(input: string, now: number, random: number, shard?: Shard): string {
  const stamp = new Date(now).toISOString().replace(/:/g, '').replace(/\.\d+/, '');
  const stem =
    input === '-' ? 'stdin' : basename(input).replace(/\.(?:csv|tsv|txt|jsonl|ndjson|json|gz)\b/gi, '');
  const safe = stem.replace(/[^\p{L}\p{N}._-]+/gu, '_').slice(0, 60) || 'input';
  const hex = Math.floor(random * 0x1_0000)
    .toString(16)
    .padStart(4, '0');
  const share = shard ? `-${shard.index}of${shard.of}` : '';
  return join(RUNS_ROOT, `${stamp}-${safe}${share}-${hex}`);
}

/**
 * Makes `dir` with mode 0700. Exit 2 where it holds a run already, or cannot be made. A journal without a whole line
 * is no run: its process died before it did anything.
 */
export function createRunDirectory(dir: string): string {
  const path = resolve(dir);
  if (hasWholeLine(join(path, FILES.journal))) {
    throw new RunError(
      'ERR_RUN_EXISTS',
      `${dir} already holds a run. Continue it with --resume ${dir}, or choose another directory with --run-dir.`,
    );
  }
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    rmSync(join(path, FILES.journal), { force: true });
  } catch (cause) {
    throw new RunError(
      'ERR_RUN_DIR',
      `cannot make the run directory ${dir}: ${codeOf(cause)}. Choose a writable one with --run-dir.`,
      { cause },
    );
  }
  return path;
}

/** Points `latest` beside the run directory to it, where the directory is one of the default root's. */
export function linkLatest(dir: string): void {
  const root = dirname(dir);
  if (basename(root) !== RUNS_ROOT) return;
  try {
    replaceAtomic(join(root, 'latest'), (fresh) => symlinkSync(relative(root, dir), fresh));
  } catch {
    // a convenience only: file systems without links, or a real folder of that name, do without
  }
}

/** The absolute path of a run directory, links such as `runs/latest` followed. */
export function realDirectory(dir: string): string {
  try {
    return realpathSync(dir);
  } catch {
    return resolve(dir); // reading its journal will say what is wrong
  }
}

// --- internal ---

/** First lines are shorter, unless the run has thousands of inputs. */
const MAX_HEADER_BYTES = 16 * 1024 * 1024;

function hasWholeLine(path: string): boolean {
  if (!existsSync(path)) return false;
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(Math.min(fstatSync(file).size, MAX_HEADER_BYTES));
    readSync(file, bytes, 0, bytes.length, 0);
    return bytes.includes('\n') || bytes.length === MAX_HEADER_BYTES;
  } finally {
    closeSync(file);
  }
}
