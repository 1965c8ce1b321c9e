import { dirname, resolve } from 'node:path';
import { RunError } from '../../../core/errors.ts';
import { areSiblings, type Shard } from '../../../core/shard.ts';
import { shownPath } from '../../../core/shell-text.ts';
import { runName } from '../../../journal/find-run.ts';
import type { RunLine } from '../../../journal/journal-lines.ts';
import { hasSentOrConfirmed, listRuns, type Run } from '../../../journal/list-runs.ts';
import { readRunLine } from '../../../journal/read-journal.ts';
import { RUNS_ROOT } from '../../../journal/run-directory.ts';

/** Older data that is about to be sent. */
export interface OlderData {
  /** In the words of a message: `--resume runs/monday`. */
  readonly what: string;
  /** Number of the run that the oldest of it came with. */
  readonly number: number;
  readonly stateId: string | undefined;
  /** The run that is gone back to; undefined for corrected rejects. */
  readonly run: Run | undefined;
  /** The account by its present name: its key may have been rotated meanwhile. */
  readonly account: string;
  /** The share of the rows that matters: what other shards send is of other contacts. */
  readonly shard: Shard | undefined;
  /** The highest number that the state knows of. */
  readonly counted: number;
  /** Directories below which the runs of the account lie. */
  readonly roots: readonly string[];
  /** Older values may win: only runs of the same data count. */
  readonly isWanted: boolean;
}

/** All runs below some directories, each once. */
export async function runsBelow(roots: readonly string[]): Promise<Run[]> {
  const runs = new Map<string, Run>();
  for (const root of new Set(roots)) {
    for (const run of await listRuns(root)) runs.set(run.header.run_id, runs.get(run.header.run_id) ?? run);
  }
  return [...runs.values()];
}

/**
 * The runs of the account that are as new as older data or newer, whose journals tell row by row what must stay. Throws
 * `ERR_NEWER_RUN` where one of them is missing, or where it cannot be told whether it is newer.
 */
export async function runsSince(data: OlderData, runs: readonly Run[]): Promise<Run[]> {
  const { number, run: origin, isWanted } = data;
  const names = new Set([data.account, ...(origin ? [origin.header.account] : [])]);
  const merged = new Set(origin?.header.shards?.map(({ run_id }) => run_id));
  const ofAccount = runs.filter(({ header }) => !header.dry_run && names.has(header.account));
  const others = ofAccount.filter(
    ({ header }) => !areSiblings(header.shard, data.shard) && !merged.has(header.run_id),
  );
  const comparable = others.filter(({ header }) => isComparable(header, data));
  if (isWanted) return comparable.filter(({ header }) => header.number === number);
  const isNumbered = !origin || origin.header.number !== undefined;
  if (isNumbered) requireAll(data, ofAccount);
  for (const run of others) {
    if (comparable.includes(run) || !mayBeNewer(run.header, data)) continue;
    if (await hasSentOrConfirmed(run.dir)) throw notComparable(data, run);
  }
  return comparable.filter(({ header }) => (header.number ?? 0) >= number);
}

/** A run and those that it retried, the newest first. */
export async function lineage(dir: string): Promise<Run[]> {
  const runs: Run[] = [];
  for (let next: string | undefined = dir; next !== undefined && !runs.some((run) => run.dir === next); ) {
    const header: RunLine | undefined = await readRunLine(next);
    if (!header) {
      throw new RunError(
        'ERR_NO_RUN',
        `${next}, the run that was retried, is gone. Its journal is needed to find out which rows are newer: bring the directory back.`,
      );
    }
    runs.push({ dir: next, header });
    next = header.parent_run?.dir;
  }
  return runs;
}

/** What the runs of an account, and a state, say of its numbers. */
export interface RunHistory {
  /** Directories below which the runs lie. */
  readonly roots: readonly string[];
  readonly runs: readonly Run[];
  readonly stateId: string | undefined;
  /** The highest number that the state knows of; 0 without one. */
  readonly counted: number;
  /** The number that a new run takes: above those of all others. */
  readonly next: number;
}

/** Looks up the runs beside `dirs` and in the default place, and what the state has counted. */
export async function readHistory(
  dirs: readonly string[],
  account: string,
  { state, dryRun }: { readonly state: string | undefined; readonly dryRun: boolean },
): Promise<RunHistory> {
  const roots = [...new Set([...dirs.map((dir) => dirname(dir)), resolve(RUNS_ROOT)])];
  const runs = await runsBelow(roots);
  const count = state === undefined ? undefined : await countOf(resolve(state), account, dryRun);
  const counted = count?.number ?? 0;
  const next = 1 + Math.max(counted, highestNumber(runs, account));
  return { roots, runs, stateId: count?.id, counted, next };
}

// --- internal ---

async function countOf(state: string, account: string, dryRun: boolean) {
  const { openRunCount, readRunCount } = await import('../../../state/run-count.ts');
  return (dryRun ? readRunCount : openRunCount)(state, account);
}

/** The highest number that a run of the account has; 0 where none has one. */
function highestNumber(runs: readonly Run[], account: string): number {
  return runs.reduce(
    (highest, { header }) => (header.account === account ? Math.max(highest, header.number ?? 0) : highest),
    0,
  );
}

/** Numbers of one account are compared, unless two states counted them. */
function isComparable(other: RunLine, { account, run, stateId }: OlderData): boolean {
  if (other.number === undefined || (run && run.header.number === undefined)) return false;
  if (other.account !== (run?.header.account ?? account)) return false;
  return other.state_id === undefined || stateId === undefined || other.state_id === stateId;
}

/** Whether a run that cannot be compared may be newer. Only versions that did not number runs are taken by their start. */
function mayBeNewer(other: RunLine, { number, run }: OlderData): boolean {
  if (run && run.header.number === undefined) {
    const isRelated =
      other.mapping_hash === run.header.mapping_hash || other.parent_run?.run_id === run.header.run_id;
    return isRelated && other.started_at > run.header.started_at;
  }
  if (run && other.account !== run.header.account) return true;
  if (other.number !== undefined && other.number > number) return true;
  return run !== undefined && other.started_at > run.header.started_at;
}

/** Refuses where a number above that of the data has no journal. */
function requireAll(data: OlderData, runs: readonly Run[]): void {
  const there = new Set(runs.map(({ header }) => header.number));
  const last = Math.max(data.counted, ...[...there].map((number) => number ?? 0));
  for (let number = data.number + 1; number <= last; number++) {
    if (there.has(number)) continue;
    throw new RunError(
      'ERR_NEWER_RUN',
      `run number ${number} of the account is newer than ${data.what}, and its journal is not in ${data.roots.map(shownPath).join(' or ')}, so that this run cannot find out what that one sent: older values could be put over newer ones. Bring its directory back, or give --older-data to allow that.`,
    );
  }
}

function notComparable({ what }: OlderData, { dir, header }: Run): RunError {
  const why =
    header.number === undefined
      ? `began later (${header.started_at}), and runs of that version have no number`
      : 'was counted by another state or under another key';
  return new RunError(
    'ERR_NEWER_RUN',
    `${runName(dir)} ${why}, and it sent or confirmed values; ${what} could put older values over it. If that is wanted, say --older-data.`,
  );
}
