import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, EXIT, RunError } from '../core/errors.ts';
import { writeAtomic } from '../core/write-atomic.ts';

/** What a state directory knows of an account beside its contacts. */
export interface RunCount {
  /** Names the state for ever: numbers of runs can be compared only where it is the same. */
  readonly id: string;
  /** The highest number that a run with this state took; 0: none. */
  readonly number: number;
}

/**
 * How many runs of an account a state directory has counted. It stands in a file of its own, so that it outlives a store
 * that is moved aside. A directory that has none, or whose file cannot be read, begins with a new id.
 */
export function readRunCount(dir: string, account: string): RunCount {
  return countIn(fileOf(dir, account)) ?? { id: randomBytes(8).toString('hex'), number: 0 };
}

/** The same, and keeps a new id at once, so that shards which begin together have one. */
export function openRunCount(dir: string, account: string): RunCount {
  const file = fileOf(dir, account);
  const count = readRunCount(dir, account);
  if (countIn(file)) return count;
  try {
    rmSync(file, { force: true }); // damaged
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    writeFileSync(file, textOf(count), { mode: 0o600, flag: 'wx', flush: true });
  } catch {
    // another shard was first; what else is wrong with the directory says who opens the store
  }
  return countIn(file) ?? count;
}

/** Notes that a run took a number. Throws `ERR_STATE_WRITE` (exit 3) where that cannot be written. */
export function writeRunCount(dir: string, account: string, { id, number }: RunCount): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    writeAtomic(fileOf(dir, account), textOf({ id, number }), { durable: true });
  } catch (cause) {
    throw new RunError(
      'ERR_STATE_WRITE',
      `cannot write the state in ${dir}: ${codeOf(cause) === 'ENOSPC' ? 'no space left on the device' : codeOf(cause)}. Nothing is lost: go on with --resume once it can be written`,
      { exitCode: EXIT.stopped, cause },
    );
  }
}

// --- internal ---

function countIn(file: string): RunCount | undefined {
  try {
    const count: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isRunCount(count) ? count : undefined;
  } catch {
    return undefined;
  }
}

function textOf({ id, number }: RunCount): string {
  return `${JSON.stringify({ id, number })}\n`;
}

function fileOf(dir: string, account: string): string {
  return join(dir, `.${account}.runs.json`);
}

function isRunCount(count: unknown): count is RunCount {
  if (typeof count !== 'object' || count === null || !('id' in count) || !('number' in count)) return false;
  return (
    typeof count.id === 'string' && /^[0-9a-f]{16}$/.test(count.id) && Number.isSafeInteger(count.number)
  );
}
