import { join } from 'node:path';
import { cliHere, type HereOptions } from './cli-here.ts';
import { readBack, type Synced } from './sync.ts';
import { tempDir } from './temp-dir.ts';

/** Runs every shard of a job, one after the other, each in a directory of its own; `args` are those of `run`. */
export async function runShards(
  of: number,
  args: readonly string[],
  options?: HereOptions,
): Promise<Synced[]> {
  const root = tempDir();
  const runs: Synced[] = [];
  for (let i = 1; i <= of; i += 1)
    runs.push(await runShard(`${i}/${of}`, args, join(root, `${i}of${of}`), options));
  return runs;
}

/** Runs one shard, as `run` takes it. */
export async function runShard(
  shard: string,
  args: readonly string[],
  dir = join(tempDir(), 'run'),
  options?: HereOptions,
): Promise<Synced> {
  const rate = args.includes('--dry-run') || args.includes('--rate') ? [] : ['--rate', 'unlimited'];
  const ended = await cliHere(
    ['run', ...args, '--shard', shard, '-o', dir, ...rate, '--log-level', 'warn'],
    options,
  );
  return readBack({ ...ended, signal: null }, dir);
}

/** Merges runs; `dir` is where to. */
export async function mergeRuns(
  runs: readonly { readonly runDir: string }[],
  args: readonly string[] = [],
  dir = join(tempDir(), 'merged'),
): Promise<Synced> {
  const ended = await cliHere(['merge', ...runs.map(({ runDir }) => runDir), '-o', dir, ...args]);
  return readBack({ ...ended, signal: null }, dir);
}
