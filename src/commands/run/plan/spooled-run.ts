import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { codeOf, RunError } from '../../../core/errors.ts';
import type { Host } from '../../../core/host.ts';
import type { RunContext } from '../../../core/run-context.ts';
import { createRunDirectory, FILES } from '../../../journal/run-directory.ts';
import { spoolStdin } from '../../../journal/spool-stdin.ts';
import type { RunOptions } from '../run-options.ts';
import { continueUnfinished } from './find-unfinished.ts';
import { newRun } from './new-run.ts';
import type { Common, Open, PlanDraft } from './plan.ts';

/**
 * A run over a copy of stdin that its directory keeps. With `--continue` the copy is compared with those of earlier
 * runs: where one of them is unfinished, it goes on with its own copy.
 */
export async function spooledRun(
  newDir: string,
  options: RunOptions,
  common: Common,
  open: Open,
  host: Host,
  { log, stop }: Pick<RunContext, 'log' | 'stop'>,
): Promise<PlanDraft> {
  // before the whole of stdin is read
  if (!options.continue) createRunDirectory(newDir);
  const incoming = join(dirname(newDir), `.incoming-${basename(newDir)}`);
  makePrivate(incoming);
  try {
    const copy = join(incoming, FILES.spool);
    await spoolStdin(host.stdin, copy, stop.draining);
    if (options.continue) {
      const reading = await open(withCopy(options, copy));
      const continued = await continueUnfinished(newDir, reading, options, common, open, log);
      if (continued) return continued;
      await reading.close();
    }
    const dir = createRunDirectory(newDir);
    const kept = join(dir, FILES.spool);
    renameSync(copy, kept);
    return await newRun(() => dir, await open(withCopy(options, kept)), options, common, open);
  } finally {
    rmSync(incoming, { recursive: true, force: true });
  }
}

// --- internal ---

function withCopy(options: RunOptions, copy: string): RunOptions {
  return { ...options, inputs: options.inputs.map((name) => (name === '-' ? copy : name)) };
}

function makePrivate(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new RunError(
      'ERR_RUN_DIR',
      `cannot make the directory ${dir}: ${codeOf(cause)}. Choose a writable place with --run-dir.`,
      { cause },
    );
  }
}
