import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { cliHere, type EndedHere } from '../helpers/cli-here.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { API_KEY, API_SECRET, MAPPING, plantedCsv, tracesIn } from './planted.ts';

/** A place to run the program in, with everything it may write in one folder. */
export interface Site {
  /** Writes an input or a mapping; gives its path. */
  write(name: string, content: string | Uint8Array): string;
  /** `run` with these options, over the planted CSV unless another input is given, or null. Checks that nothing leaks. */
  run(args?: readonly string[], more?: More): Promise<EndedHere>;
  /** What the runs may write in: `run-1` and so on. */
  readonly out: string;
}

interface More {
  readonly input?: string | null;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

export function plantedSite(url: string, out = join(tempDir(), 'out')): Site {
  const inputs = join(tempDir(), 'in');
  mkdirSync(inputs);
  mkdirSync(out, { recursive: true });
  const write = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(inputs, name), content);
    return join(inputs, name);
  };
  const mapping = write('mapping.yaml', MAPPING);
  let runs = 0;
  return {
    out,
    write,
    async run(args = [], { input = write('contacts.csv', plantedCsv()), env = {}, stdin } = {}) {
      runs += 1;
      const ended = await cliHere(['run', ...(input === null ? [] : [input]), ...args], {
        env: {
          LIVEDESK_API_KEY: API_KEY,
          LIVEDESK_API_SECRET: API_SECRET,
          LIVEDESK_BASE_URL: url,
          ...(args.some((arg) => /^--(?:resume|mapping)/.test(arg)) ? {} : { LIVEDESK_MAPPING: mapping }),
          ...(args.includes('--resume') ? {} : { LIVEDESK_RUN_DIR: join(out, `run-${runs}`) }),
          LIVEDESK_RATE: 'unlimited',
          LIVEDESK_MAX_ATTEMPTS: '2',
          LIVEDESK_TIMEOUT: '10s',
          LIVEDESK_OUTAGE_BUDGET: '300ms',
          LIVEDESK_LOG_LEVEL: 'trace',
          ...env,
        },
        ...(stdin === undefined ? {} : { stdin }),
      });
      expectNoLeak(out, ended);
      return ended;
    },
  };
}

/** Searches all that was printed and written, but for the files that are made to hold rows. */
export function expectNoLeak(out: string, printed: { stdout: string; stderr: string }): void {
  const told: Record<string, string> = { stdout: printed.stdout, stderr: printed.stderr };
  for (const name of readdirSync(out, { recursive: true, encoding: 'utf8' })) {
    const isForRows = /(?:^|\/)(?:rejects[^/]*|spool)$/.test(name);
    if (statSync(join(out, name)).isFile())
      told[name] = isForRows ? withoutRows(out, name) : readFileSync(join(out, name), 'utf8');
  }
  for (const [name, text] of Object.entries(told))
    expect([name, tracesIn(name), tracesIn(text)]).toEqual([name, [], []]);
}

// --- internal ---

/** Rows may stand there; the credentials never. */
function withoutRows(out: string, name: string): string {
  const text = readFileSync(join(out, name), 'utf8');
  expect(text).not.toContain(API_KEY);
  expect(text).not.toContain(API_SECRET);
  return '';
}
