import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../src/core/types.ts';
import type { Emulator } from '../../src/emulator/emulator.ts';
import type { EmulatorOptions } from '../../src/emulator/options.ts';
import { cliHere, type HereOptions } from './cli-here.ts';
import { emulatorHere } from './emulator-here.ts';
import { readBack, type Synced } from './sync.ts';
import { tempDir } from './temp-dir.ts';

/** One run among several that share a state. */
export interface Night extends Synced {
  /** What the API was sent and applied, in order. */
  readonly sent: readonly { readonly contactId: number; readonly body: JsonObject }[];
  /** Requests of any kind. */
  readonly requests: number;
}

/** An account, and a directory with a mapping and a state, that several runs share. */
export interface Nights {
  readonly emulator: Emulator;
  readonly dir: string;
  /** Runs over a CSV, with the state and the mapping unless `args` name others; `args` come after it. */
  run(csv: string, args?: readonly string[], options?: HereOptions): Promise<Night>;
  /** As {@link run}, with all inputs among `args`. */
  runWith(args: readonly string[], options?: HereOptions): Promise<Night>;
  /** Reads the account into the state. */
  pull(): Promise<void>;
  /** Writes a file of the directory; gives its path. */
  write(name: string, text: string): string;
}

/**
 * Begins with an emulator of a hundred contacts and a mapping, in YAML without its `version`. `hasState`: whether runs
 * keep a state.
 */
export async function nights(
  mapping: string,
  options: EmulatorOptions = {},
  hasState = true,
): Promise<Nights> {
  const emulator = await emulatorHere({ contacts: 100, ...options });
  const dir = tempDir();
  const write = (name: string, text: string): string => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  write('mapping.yaml', `version: 1\n${mapping}`);
  const account = ['--base-url', emulator.url];
  const state = ['--state', join(dir, 'state')];
  let runs = 0;

  const runWith: Nights['runWith'] = async (args, here) => {
    runs += 1;
    const runDir = join(dir, `run-${runs}`);
    const place = args.includes('--resume') ? [] : ['--run-dir', runDir];
    const mapped = args.some((arg) => /^(--resume|--retry|-m)$/.test(arg))
      ? []
      : ['-m', join(dir, 'mapping.yaml')];
    const pace = args.includes('--rate') ? [] : ['--rate', 'unlimited'];
    const known = !hasState || args.includes('--state') ? [] : state;
    emulator.reset();
    const { code, stdout, stderr } = await cliHere(
      ['run', ...args, ...account, ...pace, ...known, ...mapped, ...place],
      here,
    );
    return {
      ...readBack({ code, stdout, stderr, signal: null }, runDir),
      sent: emulator.journal.map(({ contactId, body }) => ({ contactId, body: body as JsonObject })),
      requests: emulator.requests.length,
    };
  };
  return {
    emulator,
    dir,
    runWith,
    run: (csv, args = [], here) => runWith([write('contacts.csv', csv), ...args], here),
    async pull() {
      const { code, stderr } = await cliHere(['pull', ...account, '--rate', 'unlimited', ...state]);
      if (code !== 0) throw new Error(`the pull ended with ${code}: ${stderr}`);
    },
    write,
  };
}
