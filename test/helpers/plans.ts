import { join } from 'node:path';
import type { JsonObject } from '../../src/core/types.ts';
import type { EmulatorOptions } from '../../src/emulator/options.ts';
import type { ChangeLine, PlanHeader } from '../../src/journal/change-line.ts';
import { cliHere } from './cli-here.ts';
import { type Nights, nights } from './nights.ts';
import { readBack, type Synced } from './sync.ts';

/** What a plan, the applying of it, or a check of it left behind. */
export interface Planned extends Synced {
  readonly header: PlanHeader;
  readonly lines: readonly ChangeLine[];
  /** Requests of any kind, and what of them was written. */
  readonly requests: number;
  readonly sent: readonly { readonly contactId: number; readonly body: JsonObject }[];
}

/** An account with what plans it. */
export async function planningAccount(mapping: string, options: EmulatorOptions = {}) {
  const here: Nights = await nights(mapping, options);
  const { emulator, dir, write } = here;
  let plans = 0;
  const started = async (words: readonly string[]): Promise<Planned> => {
    plans += 1;
    const runDir = join(dir, `plan-${plans}`);
    const place = ['--run-dir', runDir, '--state', join(dir, 'state')];
    const pace = words.includes('--rate') ? [] : ['--rate', 'unlimited'];
    const at = words.includes('--base-url') ? [] : ['--base-url', emulator.url];
    emulator.reset();
    const ended = await cliHere([...words, ...at, ...pace, ...place]);
    const left = readBack({ ...ended, signal: null }, runDir);
    const [header, ...lines] = left
      .file('plan.jsonl')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    return {
      ...left,
      header,
      lines: lines.slice(0, -1).map(({ sum: _, ...line }) => line),
      requests: emulator.requests.length,
      sent: emulator.journal
        .map(({ contactId, body }) => ({ contactId, body: body as JsonObject }))
        .filter(({ body }) => Object.keys(body).length > 0),
    };
  };
  return {
    ...here,
    plan: (csv: string, ...args: string[]) =>
      started(['plan', write('contacts.csv', csv), '-m', join(dir, 'mapping.yaml'), ...args]),
    apply: ({ runDir }: Planned, ...args: string[]) =>
      started(['apply', join(runDir, 'plan.jsonl'), ...args]),
    check: ({ runDir }: Planned, ...args: string[]) =>
      started(['plan', '--check', join(runDir, 'plan.jsonl'), ...args]),
  };
}
