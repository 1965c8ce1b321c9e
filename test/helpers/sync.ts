import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalLine, RowLine } from '../../src/journal/journal-lines.ts';
import type { Summary } from '../../src/journal/summary.ts';
import { type CliOptions, type Ended, startCli } from './cli-process.ts';
import { tempDir } from './temp-dir.ts';

export interface SyncOptions extends CliOptions {
  /** Where the emulator listens. */
  readonly url: string;
  /** Of `run`: inputs and options. Default rate: unlimited. */
  readonly args: readonly string[];
}

/** What a run left behind. */
export interface Synced extends Ended {
  readonly runDir: string;
  readonly journal: readonly JournalLine[];
  /** The journal's row lines, in order of completion. */
  readonly rows: readonly RowLine[];
  /** Of `summary.json`. */
  readonly summary: Summary;
  /** Names in the run directory, sorted. */
  readonly files: readonly string[];
  /** Text of a file in the run directory; empty if there is none. */
  file(name: string): string;
}

/** A `run` of the built program against an emulator, with its run directory read back. */
export async function sync(options: SyncOptions): Promise<Synced> {
  return startSync(options).synced;
}

/** As {@link sync}, with the process at hand while it runs. */
export function startSync({ url, args, ...options }: SyncOptions) {
  const runDir = join(tempDir(), 'run');
  const rate = args.includes('--rate') ? [] : ['--rate', 'unlimited'];
  const { child, ended } = startCli(
    ['run', ...args, '--base-url', url, '--run-dir', runDir, ...rate],
    options,
  );
  return { child, runDir, synced: ended.then((result) => readBack(result, runDir)) };
}

/** What stands in a run directory. */
export function readBack(result: Ended, runDir: string): Synced {
  const file = (name: string): string => {
    const path = join(runDir, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  };
  const journal = file('results.jsonl')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as JournalLine)
    .filter(({ type }) => type !== 'pulse'); // how many there are is a matter of time;
  return {
    ...result,
    runDir,
    journal,
    rows: journal.filter((line) => line.type === 'row'),
    summary: JSON.parse(file('summary.json') || '{}'),
    files: existsSync(runDir) ? readdirSync(runDir).sort() : [],
    file,
  };
}
