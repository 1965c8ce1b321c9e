import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.ts';
import type { EmulatorOptions } from '../../src/emulator/options.ts';
import type { JournalLine, RowLine } from '../../src/journal/journal-lines.ts';
import type { Summary } from '../../src/journal/summary.ts';
import { type CliOptions, type Ended, startCli } from '../helpers/cli-process.ts';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { tempDir } from '../helpers/temp-dir.ts';

/** What a run directory holds. */
export interface Kept {
  readonly journal: readonly JournalLine[];
  /** The journal's row lines, in order of completion. */
  readonly rows: readonly RowLine[];
  /** Of `summary.json`; undefined if there is none. */
  readonly summary: Summary | undefined;
}

/** A place where several runs follow each other: a working directory and a LiveDesk. */
export interface Site {
  readonly emulator: Emulator;
  /** Working directory of the runs; their directories are below `runs/`. */
  readonly dir: string;
  /** Writes a file; gives its path. */
  write(name: string, text: string): string;
  /** Starts `livedesk-sync run`, at full speed unless `args` say otherwise. */
  start(args: readonly string[], options?: CliOptions): ReturnType<typeof startCli>;
  /** Runs `livedesk-sync run` to its end. */
  run(args: readonly string[], options?: CliOptions): Promise<Ended>;
  /** Run directories, the oldest first, relative to {@link dir}. */
  runs(): string[];
  /** What is in a run directory, by default in the newest. */
  kept(runDir?: string): Kept;
}

export async function newSite(options: EmulatorOptions = {}): Promise<Site> {
  const emulator = await emulatorHere({ contacts: 1_000, ...options });
  const dir = tempDir();
  const start: Site['start'] = (args, more = {}) => {
    const rate = args.includes('--rate') ? [] : ['--rate', 'unlimited'];
    const env = { LIVEDESK_BASE_URL: emulator.url, ...more.env };
    const started = startCli(['run', ...args, ...rate], { cwd: dir, ...more, env });
    onTestFinished(() => void started.child.kill('SIGKILL'));
    return started;
  };
  const runs = (): string[] => {
    const root = join(dir, 'runs');
    if (!existsSync(root)) return [];
    return readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory()) // links to the newest one come and go
      .map(({ name }) => name)
      .filter((name) => existsSync(join(root, name, 'results.jsonl')))
      .sort((a, b) => startOf(join(root, a)).localeCompare(startOf(join(root, b))))
      .map((name) => join('runs', name));
  };
  return {
    emulator,
    dir,
    write(name, text) {
      writeFileSync(join(dir, name), text);
      return join(dir, name);
    },
    start,
    run: (args, more) => start(args, more).ended,
    runs,
    kept: (runDir = runs().at(-1) ?? '') => keptIn(join(dir, runDir)),
  };
}

/** Waits until something is so, looking every few milliseconds. Throws if `child` ends before. */
export async function until(isSo: () => boolean, child?: ChildProcess): Promise<void> {
  while (!isSo()) {
    if (child && child.exitCode !== null)
      throw new Error(`the run ended with ${child.exitCode} before its time`);
    await delay(2);
  }
}

/** How many rows of the newest run ended how; undefined where it has no summary yet. */
export function statusesOf(site: Site): Summary['statuses'] | undefined {
  return site.kept().summary?.statuses;
}

// --- internal ---

function keptIn(dir: string): Kept {
  const text = readFileSync(join(dir, 'results.jsonl'), 'utf8');
  const journal = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as JournalLine)
    .filter(({ type }) => type !== 'pulse'); // how many there are is a matter of time;
  const summary = join(dir, 'summary.json');
  return {
    journal,
    rows: journal.filter((line) => line.type === 'row'),
    summary: existsSync(summary) ? (JSON.parse(readFileSync(summary, 'utf8')) as Summary) : undefined,
  };
}

function startOf(dir: string): string {
  return /"started_at":"([^"]+)"/.exec(readFileSync(join(dir, 'results.jsonl'), 'utf8'))?.[1] ?? '';
}
