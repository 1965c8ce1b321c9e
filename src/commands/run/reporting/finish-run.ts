import { dirname } from 'node:path';
import type { FoundRate } from '../../../client/client.ts';
import { stoppingError } from '../../../core/errors.ts';
import type { Host } from '../../../core/host.ts';
import type { RunContext } from '../../../core/run-context.ts';
import { shownPath } from '../../../core/shell-text.ts';
import type { RunLine } from '../../../journal/journal-lines.ts';
import { pullCommand } from '../../../journal/run-commands.ts';
import type { Summary } from '../../../journal/summary.ts';
import { rowCopiesOf, writeSummary } from '../../../journal/write-summary.ts';
import { shareSeen } from '../../../telemetry/input-share.ts';
import type { JobRecordFile } from '../../job-record.ts';
import type { MeasuredInput } from '../guard/check-guard.ts';
import type { Observer } from '../observer.ts';
import type { PipelineCounts } from '../pipeline/pipeline.ts';
import type { SettledInputs } from '../pipeline/preflight.ts';
import { bytesOf, bytesReadOf, wholeOf } from '../plan/open-inputs.ts';
import type { Plan } from '../plan/plan.ts';
import type { OutcomeLog } from '../stages/outcome-log.ts';
import { noteNight } from './job-of-run.ts';
import { countNewBadRows } from './known-bad-rows.ts';
import { waysOn } from './left-text.ts';
import type { Monitor } from './monitor.ts';
import { type Misses, staleMissNote } from './pull-age.ts';
import { summarise } from './summarise.ts';

/** What is known of a run once its last row is through. */
export interface Delivery {
  readonly counts: PipelineCounts;
  /** Requests per second allowed at the end; undefined without a limit. */
  readonly allowed: number | undefined;
  /** `--rate auto`: what was found. */
  readonly found: FoundRate | undefined;
  /** Dry run: requests that sending would take. */
  readonly plannedRequests: number;
  /** Those among them that only read. */
  readonly plannedReads: number;
  /** How contacts were read, where that was by the list. */
  readonly listReading: Summary['reading'];
  /** What was taken from a probe, in words. */
  readonly probed: readonly string[];
  /** What the input was like, where the mapping has a guard. */
  readonly measured: MeasuredInput | undefined;
  /** How contacts were found by keys; undefined where the mapping names them by id. */
  readonly lookups: Pick<Misses, 'pulledAt' | 'unknownRows'> | undefined;
  readonly durationS: number;
  /** The inputs, where a first look at all rows settled the outcomes, so that they were not read again. */
  readonly settled: SettledInputs | undefined;
}

export interface FinishRunOptions {
  readonly plan: Plan;
  readonly job: JobRecordFile;
  readonly outcomes: OutcomeLog;
  readonly delivery: Delivery;
  readonly monitor: Monitor;
  readonly observer: Observer;
  readonly host: Host;
}

/** Ends a run, for whatever reason it ends: the last line of the journal, `summary.json`, notices, old runs. */
export async function finishRun(
  { plan, job, outcomes, delivery, monitor, observer, host }: FinishRunOptions,
  { clock, log, stop }: RunContext,
): Promise<Summary> {
  const { options, reading, dir } = plan;
  const { journal, header, tally } = outcomes;
  const { counts } = delivery;
  if (counts.read === 0 && !stop.reason) {
    monitor.notes.add(`the ${plan.shard ? 'shard' : 'input'} has no rows`);
  }
  const noticed = delivery.settled?.noticed ?? reading.compiled.flatMap((compiled) => compiled.noticed());
  for (const note of noticed) monitor.notes.add(note);
  const { lookups } = delivery;
  if (lookups) {
    const rows = (tally.reasons.get('missing') ?? 0) + tally.countOfCode('ERR_NO_MATCH');
    const misses: Misses = { ...lookups, rows, pullEveryMs: options.pullEveryMs };
    const note = staleMissNote(misses, clock.now(), pullCommand(header, host.env));
    if (note !== undefined) monitor.notes.warn([note]);
  }

  const ending = {
    header,
    dir,
    tally,
    counts,
    outcomes: outcomes.own.rows,
    ...(await rowCopiesOf(
      dir,
      reading.sources.map(({ shape }) => shape),
    )),
    meter: monitor.meter,
    allowed: delivery.allowed,
    found: delivery.found,
    limit: options.limit,
    acceptBadRows: options.acceptBadRows,
    newBadRows: countNewBadRows(tally, job.record.bad_rows),
    unread: unreadOf(plan, delivery),
    durationS: delivery.durationS,
    endedAt: clock.now(),
    plannedRequests: delivery.plannedRequests,
    plannedReads: delivery.plannedReads,
    listReading: delivery.listReading,
    undo: await undoOf(header, dir, host),
    warnings: monitor.notes.all,
    lastPull: lookups && (lookups.pulledAt === undefined ? null : new Date(lookups.pulledAt).toISOString()),
    probed: delivery.probed,
    ...waysOn(plan, host),
  };
  let summary = summarise({ ...ending, reason: stop.reason });
  try {
    const inputs = plan.shard
      ? { inputs: delivery.settled?.rows.inputs ?? reading.sources.map(wholeOf) }
      : {};
    journal.write({ type: 'end', summary, ...inputs });
    await journal.close();
    writeSummary(dir, summary);
  } catch (error) {
    const broken = stoppingError(error);
    log.error(`the end of the run could not be noted: ${broken.message}`);
    stop.fail(broken);
    summary = summarise({ ...ending, reason: stop.reason });
  }
  observer.onSummary?.(summary);
  const ended = { header, summary, tally, isWhole: counts.read < options.limit };
  // the next night of a job is compared with one that read the job's input
  if (header.command === undefined) noteNight(job, ended, delivery.measured, log);
  await monitor.ended(plan, summary);
  if (options.keep && !stop.reason && !options.dryRun) {
    const { deleteOldRuns } = await import('../../../journal/list-runs.ts');
    const deleted = await deleteOldRuns(dirname(dir), options.keep, { dir, header }, clock.now());
    if (deleted.length > 0) log.info({ runs: deleted.map(shownPath) }, 'deleted old runs (--keep)');
  }
  // however this run ended: a job that fails every night must not keep personal data for ever
  if (options.keepPersonalMs !== undefined && !options.dryRun) {
    const { deletePersonalFiles } = await import('../../../journal/personal-files.ts');
    const now = clock.now();
    const runs = await deletePersonalFiles(dirname(dir), options.keepPersonalMs, { dir, header }, now);
    if (runs.length > 0)
      log.info({ runs: runs.map(shownPath) }, 'deleted personal data of old runs (--keep-personal)');
  }
  return summary;
}

// --- internal ---

async function undoOf({ command }: RunLine, dir: string, { env }: Host): Promise<Summary['undo']> {
  if (command !== 'undo') return undefined;
  const { summariseUndo } = await import('../undo/undo-summary.ts');
  return summariseUndo(dir, env);
}

/** How much of the inputs belongs to rows that were not read; undefined where that is nothing, or the inputs are no files. */
function unreadOf({ reading, options }: Plan, { counts, settled }: Delivery): Summary['unread'] {
  const { sources, identities } = reading;
  const total = bytesOf(identities);
  if (!total || sources.every(({ whole }) => whole) || counts.read >= options.limit) return undefined;
  const seen = settled
    ? counts.read / Math.max(1, settled.rows.count)
    : shareSeen({ ...counts, bytesRead: bytesReadOf(sources), total });
  const bytes = Math.round((1 - seen) * total);
  return bytes > 0 ? { bytes, of_bytes: total } : undefined;
}
