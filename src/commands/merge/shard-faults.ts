import type { Host } from '../../core/host.ts';
import { shardText } from '../../core/shard.ts';
import { shownPath } from '../../core/shell-text.ts';
import { INPUT_FAULTS } from '../../journal/next-command.ts';
import { readJournal } from '../../journal/read-journal.ts';
import { beginCommand, resumeCommand } from '../../journal/run-commands.ts';
import { plural } from '../../journal/summary-text.ts';
import type { ShardRun } from './read-shard.ts';
import type { Accounts } from './row-coverage.ts';
import type { Job } from './shard-compatibility.ts';

/** Something about the shards because of which the job is not proven done, and what to do about it. */
export interface ShardFault {
  /** Counted from 1. */
  readonly shard: number;
  readonly message: string;
  readonly next?: string;
}

/** A row with several outcomes, and the runs that tell of it. */
export interface Double {
  readonly input: number;
  readonly row: number;
  readonly run_dirs: readonly string[];
}

/** What is wrong with each shard: not there, there twice, not finished, or with a journal that lost lines. */
export function faultsOf(runs: readonly ShardRun[], { of }: Job, env: Host['env']): ShardFault[] {
  const faults: ShardFault[] = [];
  for (let shard = 1; shard <= of; shard += 1) {
    const own = runs.filter(({ header }) => header.shard.index === shard);
    if (own.length === 0) faults.push(missing(shard, of, runs, env));
    if (own.length > 1) faults.push(twice(shard, of, own));
    for (const run of own) {
      const fault = unfinished(run) ?? torn(run);
      if (fault) faults.push({ shard, ...fault });
    }
  }
  return faults;
}

/** Doubled rows that are named. */
const MAX_DOUBLES = 20;

/** Looks up which runs tell of the first doubled rows. */
export async function findDoubles(runs: readonly ShardRun[], { doubles }: Accounts): Promise<Double[]> {
  const found = new Map<string, { input: number; row: number; run_dirs: string[] }>();
  for (const { input, from, to } of doubles.spans) {
    for (let row = from; row <= to && found.size < MAX_DOUBLES; row += 1)
      found.set(`${input} ${row}`, { input, row, run_dirs: [] });
  }
  for (const { dir } of found.size > 0 ? runs : []) {
    for await (const { line } of readJournal(dir)) {
      if (line.type === 'row') found.get(`${line.input ?? 0} ${line.row}`)?.run_dirs.push(shownPath(dir));
    }
  }
  return [...found.values()];
}

// --- internal ---

function missing(shard: number, of: number, runs: readonly ShardRun[], env: Host['env']): ShardFault {
  const share = shardText({ index: shard, of });
  const [other] = runs;
  const command = other && beginCommand({ ...other, env }, { shard: share, limit: undefined });
  return {
    shard,
    message: `shard ${share} is not among them`,
    next: `name its run directory, too, or run it: ${command}`,
  };
}

function twice(shard: number, of: number, own: readonly ShardRun[]): ShardFault {
  const dirs = own.map(({ dir }) => shownPath(dir));
  return {
    shard,
    message: `shard ${shardText({ index: shard, of })} is there ${own.length === 2 ? 'twice' : `${own.length} times`}: ${dirs.join(' and ')}`,
    next: `name one run of shard ${shardText({ index: shard, of })} only, the one that counts`,
  };
}

function unfinished({ dir, header, end, rows }: ShardRun): Omit<ShardFault, 'shard'> | undefined {
  const who = `shard ${shardText(header.shard)} (${shownPath(dir)})`;
  const isPipe = header.inputs.some(({ sha256 }) => sha256 === undefined);
  const { stopped, pending } = end?.summary ?? { stopped: undefined, pending: 0 };
  const next = INPUT_FAULTS.has(stopped?.code ?? '')
    ? 'correct the input and begin all shards anew'
    : isPipe
      ? `begin shard ${shardText(header.shard)} anew: it read a pipe of which no copy was kept (--spool)`
      : resumeCommand(dir);
  if (!end)
    return {
      message: `${who} has not ended: it was cut off after ${plural(rows, 'row')}, or still runs`,
      next,
    };
  if (stopped) return { message: `${who} stopped early (${stopped.code})`, next };
  if (pending > 0) return { message: `${who} has ${plural(pending, 'row')} without an outcome`, next };
  const isWhole = end.inputs?.every((input) => input !== null) ?? false;
  if (isWhole) return undefined;
  return {
    message: `${who} ended at its --limit`,
    next: isPipe ? next : resumeCommand(dir, { limit: 'all' }),
  };
}

/** A journal without some of the lines that its own end counted. */
function torn({ dir, header, end, rows }: ShardRun): Omit<ShardFault, 'shard'> | undefined {
  const counted = end?.summary.rows_read;
  if (counted === undefined || counted === rows) return undefined;
  return {
    message: `the journal of shard ${shardText(header.shard)} (${shownPath(dir)}) has ${plural(rows, 'row line')}, and its end counts ${counted.toLocaleString('en-US')}: it was changed since`,
    ...(rows < counted && { next: resumeCommand(dir) }),
  };
}
