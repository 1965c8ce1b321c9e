import { basename } from 'node:path';
import { EXIT } from '../../core/errors.ts';
import { VERSION } from '../../core/version.ts';
import { runName } from '../../journal/find-run.ts';
import type { RunLine } from '../../journal/journal-lines.ts';
import { readEndLine } from '../../journal/last-line.ts';
import { listRuns, type Run } from '../../journal/list-runs.ts';
import { foldJournal } from '../../journal/read-journal.ts';
import type { Summary } from '../../journal/summary.ts';
import { type JobNights, NIGHTS_VERSION, type Night, type NightsReport } from './nights-model.ts';

/** Nights of a job that are drawn: those of a year. */
const MAX_NIGHTS = 366;

/** Reads the runs whose directories lie in `root`, each below its job; of one job where it is named. */
export async function readNights(root: string, job?: string): Promise<NightsReport> {
  const all = await listRuns(root);
  const jobs = new Map<string, Night[]>();
  for (const run of all) {
    if (!isNight(run.header) || (job !== undefined && run.header.job !== job)) continue;
    const name = jobOf(run.header);
    const nights = jobs.get(name) ?? [];
    jobs.set(name, nights);
    if (nights.length >= MAX_NIGHTS) continue;
    const night = await readNight(run, all);
    if (night) nights.push(night);
  }
  const found: JobNights[] = [...jobs].map(([name, nights]) => ({ job: name, nights: nights.reverse() }));
  return {
    nights_version: NIGHTS_VERSION,
    tool_version: VERSION,
    jobs: found.filter(({ nights }) => nights.length > 0),
  };
}

// --- internal ---

function isNight({ dry_run, parent_run, shard }: RunLine): boolean {
  return !dry_run && parent_run === undefined && shard === undefined;
}

function jobOf({ job, inputs }: RunLine): string {
  return job ?? inputs.map(({ name }) => basename(name)).join(' ');
}

/** Undefined for a journal that cannot be read. */
async function readNight({ dir, header }: Run, all: readonly Run[]): Promise<Night | undefined> {
  const retry = all.find(
    (other) => !other.header.dry_run && other.header.parent_run?.run_id === header.run_id,
  );
  const facts = {
    run_id: header.run_id,
    name: runName(dir),
    started_at: header.started_at,
    retried_by: retry ? runName(retry.dir) : null,
  };
  const summary = readEndLine(dir)?.summary;
  if (summary) return { ...facts, ...endOf(summary) };
  try {
    const { tally } = await foldJournal(dir);
    return {
      ...facts,
      state: 'unfinished',
      is_good: false,
      rows: tally.rows,
      statuses: tally.statuses,
      pending: 0,
      bad_rows: tally.bad,
      new_bad_rows: null,
      minutes: null,
      rate: null,
    };
  } catch {
    return undefined;
  }
}

function endOf(summary: Summary): Omit<Night, 'run_id' | 'name' | 'started_at' | 'retried_by'> {
  const { statuses, stopped, pending, skip_reasons, new_bad_rows = null, exit_code } = summary;
  const bad = statuses.invalid + statuses.rejected + statuses.failed;
  const isShort = stopped !== undefined || pending > 0;
  const state = isShort
    ? (stopped?.code ?? 'stopped')
    : exit_code !== EXIT.ok
      ? 'bad rows'
      : bad > 0
        ? 'accepted'
        : 'complete';
  return {
    state,
    is_good: !isShort && exit_code === EXIT.ok,
    rows: summary.rows_read - pending,
    statuses,
    ...(skip_reasons ? { skip_reasons } : {}),
    pending,
    bad_rows: bad,
    new_bad_rows,
    minutes: Math.round((summary.duration_s / 60) * 100) / 100,
    rate: summary.requests > 0 ? summary.rate.achieved : null,
  };
}
