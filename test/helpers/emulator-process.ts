import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import type { JsonObject } from '../../src/core/types.ts';
import type { Arrival } from '../../src/emulator/arrivals.ts';
import type { Stats } from '../../src/emulator/tally.ts';
import { startCli } from './cli-process.ts';

/** An applied write as `/_emulator/journal` gives it. */
export interface Write {
  readonly seq: number;
  readonly contactId: number;
  readonly body: JsonObject;
}

/** An emulator in a process of its own: under load it must not share its clock with the test. */
export interface EmulatorProcess {
  readonly url: string;
  stats(): Promise<Stats>;
  /** Applied writes in order. */
  writes(): Promise<Write[]>;
  /** Requests in order of arrival. */
  arrivals(): Promise<Arrival[]>;
  reset(): Promise<void>;
}

/** Starts `livedesk-sync emulate` with `args` on a free port; it ends with the test that asked for it. */
export async function emulatorProcess(args: readonly string[]): Promise<EmulatorProcess> {
  const { child, ended } = startCli(['emulate', '--port', '0', '--quiet', ...args]);
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  let said = '';
  while (!/on http:\S+ /.test(said)) {
    const [chunk] = await Promise.race([once(child.stdout, 'data'), ended.then(fail)]);
    said += String(chunk);
  }
  const url = /on (http:\S+) /.exec(said)?.[1] ?? '';
  const get = (path: string) => fetch(`${url}/_emulator/${path}`);
  return {
    url,
    stats: async () => (await (await get('stats')).json()) as Stats,
    writes: async () => parseLines(await (await get('journal')).text()) as Write[],
    arrivals: async () => parseLines(await (await get('requests')).text()) as Arrival[],
    reset: async () => {
      await fetch(`${url}/_emulator/reset`, { method: 'POST' });
    },
  };
}

// --- internal ---

function fail({ code, stderr }: { code: number | null; stderr: string }): never {
  throw new Error(`the emulator ended with ${code}: ${stderr}`);
}

function parseLines(text: string): unknown[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}
