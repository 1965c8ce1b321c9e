import { join } from 'node:path';
import type { Emulator } from '../../src/emulator/emulator.ts';
import {
  type InputRow,
  type RowOutcome,
  type Summary,
  type SyncOptions,
  type SyncRun,
  sync,
} from '../../src/index.ts';
import { tempDir } from './temp-dir.ts';

/** Credentials of the emulator. */
export const DEMO = { apiKey: 'demo-key', apiSecret: 'demo-secret' };

/** Begins a run of the library against an emulator, in a directory of its own and without a limit unless `options` say otherwise. */
export function syncHere<Row extends object = InputRow>(
  emulator: Emulator,
  options: SyncOptions<Row>,
): SyncRun {
  return sync<Row>({
    credentials: DEMO,
    baseUrl: emulator.url,
    rate: Number.POSITIVE_INFINITY,
    ...(options.resume === undefined ? { runDir: join(tempDir(), 'run') } : {}),
    ...options,
  });
}

/** All outcomes by row, and the summary. */
export async function finish(run: SyncRun): Promise<{ outcomes: RowOutcome[]; summary: Summary }> {
  const outcomes: RowOutcome[] = [];
  for await (const outcome of run) outcomes.push(outcome);
  return { outcomes: outcomes.sort((a, b) => a.row - b.row), summary: await run.summary };
}
