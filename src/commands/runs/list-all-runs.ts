import { resolve } from 'node:path';
import { findHolders } from '../../coordination/find-holders.ts';
import { EXIT, messageOf } from '../../core/errors.ts';
import type { Host } from '../../core/host.ts';
import { shardText } from '../../core/shard.ts';
import { printJson, printText } from '../../core/shown-text.ts';
import { runName } from '../../journal/find-run.ts';
import type { RunLine } from '../../journal/journal-lines.ts';
import { readEndLine } from '../../journal/last-line.ts';
import { listRuns, type Run } from '../../journal/list-runs.ts';
import { nextWithoutEnd } from '../../journal/next-command.ts';
import { nextAfterDeletion, readDeletedFiles } from '../../journal/personal-files.ts';
import { foldJournal } from '../../journal/read-journal.ts';
import { DEFAULT_STATE, RUNS_ROOT } from '../../journal/run-directory.ts';
import type { Summary } from '../../journal/summary.ts';
import { listStates } from './list-states.ts';
import type { ListedRun, RunStanding, RunsList } from './runs-model.ts';
import { runsText } from './runs-text.ts';

export interface ListRunsOptions {
  /** Default: `runs`. */
  readonly dir?: string;
  readonly job?: string;
  /** Default: `runs/.state`. */
  readonly state?: string;
  /** `Infinity` for all. */
  readonly limit: number;
  readonly json: boolean;
}

/** Writes what runs there are and how they stand, the newest first, and what is kept between them. Gives the exit code. */
export async function listAllRuns(options: ListRunsOptions, host: Host): Promise<number> {
  const root = resolve(options.dir ?? RUNS_ROOT);
  const holders = await findHolders(root);
  const isWorkedOn = (dir: string): boolean => holders.some((holder) => resolve(holder.run_dir) === dir);
  const all = await listRuns(root);
  const wanted = all.filter(({ header }) => options.job === undefined || header.job === options.job);
  const shown = Number.isFinite(options.limit) ? wanted.slice(0, options.limit) : wanted;
  const listed: ListedRun[] = [];
  for (const run of shown) listed.push(await look(run, isWorkedOn(run.dir), retryOf(run, all), host.env));
  const list: RunsList = {
    runs: listed,
    more_runs: wanted.length - shown.length,
    states: await listStates(resolve(options.state ?? DEFAULT_STATE), host.clock),
  };
  if (options.json) printJson(host.stdout, list);
  else printText(host.stdout, runsText(list, host.clock.now()));
  return EXIT.ok;
}

// --- internal ---

/** The newest run that sent the bad rows of a run again. */
function retryOf({ header }: Run, all: readonly Run[]): Run | undefined {
  return all.find((other) => !other.header.dry_run && other.header.parent_run?.run_id === header.run_id);
}

async function look(
  { dir, header }: Run,
  isRunning: boolean,
  retry: Run | undefined,
  env: Host['env'],
): Promise<ListedRun> {
  const base = {
    ...factsOf(header),
    name: runName(dir),
    retried_by: retry ? runName(retry.dir) : null,
    personal_deleted_at: readDeletedFiles(dir)?.at ?? null,
  };
  const deleted = readDeletedFiles(dir);
  const summary = isRunning ? undefined : readEndLine(dir)?.summary;
  if (summary) {
    const printed = retry && summary.pending === 0 ? undefined : summary.next;
    const next = nextAfterDeletion(printed, deleted);
    return { ...base, ...countsOf(summary), state: stateOf(summary, header), next: next ?? null };
  }
  try {
    const { tally } = await foldJournal(dir);
    const next = nextWithoutEnd({ header, dir, env });
    const state: RunStanding = isRunning ? 'running' : 'unfinished';
    const counts = { statuses: tally.statuses, rows: tally.rows, bad_rows: tally.bad };
    return { ...base, ...WITHOUT_END, ...counts, state, next: isRunning ? null : (next ?? null) };
  } catch (error) {
    const stopped = { code: 'ERR_JOURNAL_DAMAGED', message: messageOf(error) };
    return { ...base, ...WITHOUT_END, stopped, state: 'damaged' };
  }
}

const WITHOUT_END = {
  exit_code: null,
  stopped: null,
  duration_s: null,
  statuses: null,
  rows: 0,
  pending: 0,
  bad_rows: 0,
  new_bad_rows: null,
  next: null,
} satisfies Partial<ListedRun>;

function factsOf(header: RunLine) {
  return {
    run_id: header.run_id,
    started_at: header.started_at,
    job: header.job ?? null,
    inputs: header.inputs.map(({ name }) => name),
    account: header.account,
    command: header.command ?? null,
    dry_run: header.dry_run,
    shard: header.shard ? shardText(header.shard) : null,
    number: header.number ?? null,
  };
}

function countsOf(summary: Summary) {
  const { invalid, rejected, failed } = summary.statuses;
  return {
    exit_code: summary.exit_code,
    stopped: summary.stopped ?? null,
    duration_s: summary.duration_s,
    statuses: summary.statuses,
    rows: summary.rows_read - summary.pending,
    pending: summary.pending,
    bad_rows: invalid + rejected + failed,
    new_bad_rows: summary.new_bad_rows ?? null,
  };
}

function stateOf(summary: Summary, { options }: RunLine): RunStanding {
  const { stopped, pending, exit_code, accept_bad_rows: accepted, statuses } = summary;
  if (stopped || pending > 0) return 'stopped';
  if (exit_code !== EXIT.ok) return 'bad rows';
  const { limit } = options;
  if (typeof limit === 'number' && summary.rows_read >= limit && summary.next?.includes('--limit all'))
    return 'canary';
  const bad = statuses.invalid + statuses.rejected + statuses.failed;
  return bad > 0 && accepted?.met ? 'accepted' : 'complete';
}
