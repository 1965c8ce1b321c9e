import { randomUUID } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { EXIT } from '../../core/errors.ts';
import type { Host } from '../../core/host.ts';
import { areSiblings } from '../../core/shard.ts';
import { printJson, printText } from '../../core/shown-text.ts';
import type { Share } from '../../core/types.ts';
import { VERSION } from '../../core/version.ts';
import { findRunDirectory } from '../../journal/find-run.ts';
import { JOURNAL_VERSION, type RunLine, type ShardParent } from '../../journal/journal-lines.ts';
import { isSameWork, listRuns } from '../../journal/list-runs.ts';
import { createRunDirectory, defaultRunDirectory, realDirectory } from '../../journal/run-directory.ts';
import { plural, summaryText } from '../../journal/summary-text.ts';
import { parseShare } from '../parse-values.ts';
import { isProven, unproven, unprovenError } from './incomplete-merge.ts';
import { readShard, type ShardRun } from './read-shard.ts';
import { RejectIndex } from './reject-index.ts';
import { Coverage } from './row-coverage.ts';
import { type Job, requireSameJob } from './shard-compatibility.ts';
import { faultsOf, findDoubles } from './shard-faults.ts';
import { writeMerged } from './write-merged.ts';

export interface MergeOptions {
  /** Run directories of shards, in any order. */
  readonly dirs: readonly string[];
  readonly runDir?: string;
  /** Bad rows that a good job may have. Default: what its shards were given. */
  readonly acceptBadRows?: Share;
  readonly json: boolean;
}

/**
 * Joins the runs of a job's shards into one run directory, once it is proven that every row of the inputs has exactly
 * one outcome. Gives 0 then, whatever the rows ended as, unless there are more bad ones than `--accept-bad-rows` allows; else
 * nothing is written, and it throws or gives 1.
 */
export async function mergeShards(options: MergeOptions, host: Host): Promise<number> {
  const coverage = new Coverage();
  const index = new RejectIndex();
  const runs: ShardRun[] = [];
  // `runs/*` names `runs/latest`, too
  const dirs = new Set(await Promise.all(options.dirs.map(findRunDirectory)));
  for (const dir of dirs) runs.push(await readShard(dir, coverage, index));
  const [only] = runs;
  if (only && runs.length === 1) {
    for (const dir of await siblingsOf(only)) runs.push(await readShard(dir, coverage, index));
  }
  const job = requireSameJob(runs);
  const accounts = coverage.settle(job.totals);
  const faults = faultsOf(runs, job, host.env);
  const shards = parentsOf(runs);
  if (!isProven({ job, accounts, faults })) {
    const evidence = { job, accounts, faults, doubles: await findDoubles(runs, accounts), shards };
    if (options.json) printJson(host.stdout, unproven(evidence));
    throw unprovenError(evidence);
  }
  const { clock } = host;
  const name = `${job.inputs[0]?.name ?? '-'}-merged`;
  const dir = createRunDirectory(
    resolve(options.runDir ?? defaultRunDirectory(name, clock.now(), clock.random())),
  );
  const header = headerOf(runs, job, shards, realDirectory(dir));
  const acceptBadRows = options.acceptBadRows ?? toleranceOf(runs);
  const summary = await writeMerged({ header, dir, runs, index, env: host.env, acceptBadRows });
  if (options.json) printJson(host.stdout, { merged: true, ...summary, shards });
  else {
    printText(
      host.stdout,
      `Merged ${plural(runs.length, 'shard')}: each of ${plural(accounts.rows, 'row')} has exactly one outcome.\n\n${summaryText(summary)}`,
    );
  }
  return summary.accept_bad_rows ? summary.exit_code : EXIT.ok;
}

// --- internal ---

/** The bad rows that the shards were to accept, where all were given the same. */
function toleranceOf(runs: readonly ShardRun[]): Share {
  const given = runs.map(({ header }) => {
    const { flags = {}, environment = {} } = header.given ?? {};
    return flags['accept-bad-rows'] ?? environment['accept-bad-rows'];
  });
  const [first] = given;
  const isOne = typeof first === 'string' && given.every((one) => one === first);
  return isOne ? parseShare('accept-bad-rows', first) : { kind: 'rows', rows: 0 };
}

/** The newest run of each other shard of the job, where they lie beside the one that is named. */
async function siblingsOf({ dir, header }: ShardRun): Promise<string[]> {
  const found = new Map<number, string>();
  for (const run of await listRuns(dirname(dir))) {
    const { shard } = run.header;
    if (!shard || !areSiblings(shard, header.shard) || found.has(shard.index)) continue;
    if (isSameWork({ ...run.header, shard: header.shard }, header)) found.set(shard.index, run.dir);
  }
  return [...found.values()];
}

function parentsOf(runs: readonly ShardRun[]): ShardParent[] {
  return runs
    .map(({ dir, header: { shard, run_id } }) => ({ ...shard, run_id, dir }))
    .sort((a, b) => a.index - b.index);
}

/** The first line of the merged journal. The job began when its first shard did. */
function headerOf(
  runs: readonly ShardRun[],
  { inputs }: Job,
  shards: readonly ShardParent[],
  into: string,
): RunLine {
  const first = runs[0]?.header;
  if (!first) throw new Error('nothing to merge');
  const { shard: _shard, number: _number, ...own } = first;
  // rows of each shard are at least as new as the oldest of them, if they were counted together
  const numbers = runs.flatMap(({ header }) => header.number ?? []);
  const isOneSeries =
    numbers.length === runs.length &&
    new Set([into, ...runs.map((run) => run.dir)].map((dir) => dirname(dir))).size === 1;
  return {
    ...own,
    ...(isOneSeries ? { number: Math.min(...numbers) } : {}),
    version: JOURNAL_VERSION,
    run_id: randomUUID(),
    tool_version: VERSION,
    started_at: runs.map(({ header }) => header.started_at).sort()[0] ?? first.started_at,
    inputs,
    options: { ...first.options, limit: 'all' },
    shards,
  };
}
