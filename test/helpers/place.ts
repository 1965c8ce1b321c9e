import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.ts';
import type { EmulatorOptions } from '../../src/emulator/options.ts';
import type { JournalLine, RowLine, RunLine } from '../../src/journal/journal-lines.ts';
import type { Summary } from '../../src/journal/summary.ts';
import { cliHere, type EndedHere } from './cli-here.ts';
import { emulatorHere } from './emulator-here.ts';
import { tempDir } from './temp-dir.ts';

/** What a command said, and what it did. */
export interface Typed extends EndedHere {
  /** Both outputs. */
  readonly text: string;
  /** Commands that it printed, without the name of the program. */
  readonly commands: readonly string[];
  /** Writes that the API took. */
  readonly sent: number;
}

export interface TypeOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

/** What a run directory holds. */
export interface KeptRun {
  readonly dir: string;
  readonly header: RunLine;
  readonly rows: readonly RowLine[];
  readonly summary: Summary;
}

/** The working directory of this process, as a person at a shell has it, and a LiveDesk that the environment names. */
export interface Place {
  readonly emulator: Emulator;
  /** Absolute. */
  readonly dir: string;
  write(name: string, text: string | Uint8Array): void;
  /** Types a command, its words given. */
  type(words: readonly string[], options?: TypeOptions): Promise<Typed>;
  /** The same of `run`. */
  run(words: readonly string[], options?: TypeOptions): Promise<Typed>;
  /** Pastes a command as it was printed. */
  paste(command: string | undefined, options?: TypeOptions): Promise<Typed>;
  /** A run that is stopped in its midst. */
  stopped(words: readonly string[], options?: TypeOptions): Promise<Typed>;
  /** Names of the run directories below `runs`, the oldest first. */
  runs(): string[];
  /** What is in a run directory, by default in the newest. */
  kept(name?: string): KeptRun;
}

/** A new place; the process leaves it when the test is over. */
export async function newPlace(options: EmulatorOptions = {}): Promise<Place> {
  const emulator = await emulatorHere({ contacts: 100, ...options });
  const before = process.cwd();
  onTestFinished(() => process.chdir(before));
  process.chdir(tempDir());
  const dir = process.cwd();
  const base = {
    LIVEDESK_API_KEY: 'demo-key',
    LIVEDESK_API_SECRET: 'demo-secret',
    LIVEDESK_BASE_URL: emulator.url,
  };
  const type: Place['type'] = async (words, { env, stdin } = {}) => {
    const writes = emulator.journal.length;
    const ended = await cliHere(words, {
      env: { ...base, ...env },
      ...(stdin === undefined ? {} : { stdin }),
    });
    const text = ended.stdout + ended.stderr;
    return { ...ended, text, sent: emulator.journal.length - writes, commands: commandsIn(text) };
  };
  const runs = (): string[] =>
    (existsSync('runs') ? readdirSync('runs') : [])
      .filter((name) => name !== 'latest' && existsSync(join('runs', name, 'results.jsonl')))
      .sort((a, b) =>
        headerIn(join('runs', a)).started_at.localeCompare(headerIn(join('runs', b)).started_at),
      );
  return {
    emulator,
    dir,
    write: (name, text) => writeFileSync(name, text),
    type,
    run: (words, more) => type(['run', ...words], more),
    paste: (command, more) => type(wordsOf(command ?? ''), more),
    async stopped(words, more) {
      const ended = await type(['run', ...words, '--rate', '50', '--stop-after', '400ms'], more);
      if (ended.code !== 3) throw new Error(`the run was not stopped: ${ended.text}`);
      return ended;
    },
    runs,
    kept(name = runs().at(-1) ?? '') {
      const path = join('runs', basename(name));
      const lines = readFileSync(join(path, 'results.jsonl'), 'utf8').split('\n').filter(Boolean);
      const journal = lines.map((line) => JSON.parse(line) as JournalLine);
      return {
        dir: path,
        header: headerIn(path),
        rows: journal.filter((line) => line.type === 'row'),
        summary: JSON.parse(readFileSync(join(path, 'summary.json'), 'utf8')) as Summary,
      };
    },
  };
}

// --- internal ---

function headerIn(dir: string): RunLine {
  return JSON.parse(readFileSync(join(dir, 'results.jsonl'), 'utf8').split('\n')[0] ?? '') as RunLine;
}

/** Whatever a text offers to be pasted, up to the end of its line, or of the text in JSON. */
function commandsIn(text: string): string[] {
  const command = /livedesk-sync ((?:[^\n"\\]|\\[^n])+?)(?: \(ERR_\w+\))?(?="|\\n|\n|$)/g;
  return [...text.matchAll(command)].map(([, found = '']) => found);
}

/** The words that a shell, as people have it at a terminal, makes of a command. */
function wordsOf(command: string): string[] {
  const listed = execFileSync('bash', [
    ...['--norc', '-c', `for word in ${command}; do printf '%s\\0' "$word"; done`],
  ]);
  return listed.toString().split('\0').slice(0, -1);
}
