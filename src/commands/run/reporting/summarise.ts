import type { FoundRate } from '../../../client/client.ts';
import { EXIT, RunError } from '../../../core/errors.ts';
import type { Host } from '../../../core/host.ts';
import { shownPath } from '../../../core/shell-text.ts';
import { SIGNAL_EXIT, type StopReason } from '../../../core/shutdown.ts';
import type { Share } from '../../../core/types.ts';
import { likelyEncodingOf } from '../../../input/bytes/encoding-fault.ts';
import { acceptBadRows } from '../../../journal/accepted-bad-rows.ts';
import type { RunLine } from '../../../journal/journal-lines.ts';
import { nextCommand } from '../../../journal/next-command.ts';
import type { Summary, UndoSummary } from '../../../journal/summary.ts';
import { plural } from '../../../journal/summary-text.ts';
import type { Tally } from '../../../journal/tally.ts';
import type { Meter } from '../../../telemetry/meter.ts';
import type { PipelineCounts } from '../pipeline/pipeline.ts';

export interface FinishedRun {
  readonly header: RunLine;
  /** Absolute. */
  readonly dir: string;
  readonly tally: Tally;
  readonly counts: PipelineCounts;
  /** Outcomes of this process. */
  readonly outcomes: number;
  readonly rejects: Summary['rejects'];
  readonly missing: Summary['rejects'];
  readonly meter: Meter;
  /** Requests per second allowed at the end; undefined without a limit. */
  readonly allowed: number | undefined;
  /** `--rate auto`: what was found. */
  readonly found: FoundRate | undefined;
  /** Name of the job, and its file. */
  readonly job?: string | undefined;
  readonly config?: string | undefined;
  /** Rows to read at most; reached, the run is a canary that can go on. */
  readonly limit: number;
  /** Bad rows that a good run may have. */
  readonly acceptBadRows: Share;
  /** Bad rows that the run of the job before did not have; undefined where that is not known. */
  readonly newBadRows: number | undefined;
  /** Of the inputs; undefined where they were read to their end, or are no files. */
  readonly unread: Summary['unread'];
  readonly durationS: number;
  readonly endedAt: number;
  readonly reason: StopReason | undefined;
  /** Dry run: requests that sending would take. */
  readonly plannedRequests: number;
  /** Those among them that only read. */
  readonly plannedReads: number;
  /** How contacts were read, where that was by the list. */
  readonly listReading: Summary['reading'];
  readonly undo: Summary['undo'];
  readonly warnings: readonly string[];
  /** As in the summary; undefined for mappings that name contacts by id. */
  readonly lastPull: Summary['last_pull'] | undefined;
  /** What was taken from a probe, in words. */
  readonly probed: readonly string[];
  /** Whether rows or mapping come from a program, so that no command can go on. */
  readonly isOfProgram: boolean;
  /** Whether the inputs can be read again. */
  readonly isResumable: boolean;
  /** Whether this process was allowed to go on although a later run delivered something. */
  readonly olderData: boolean;
  readonly env: Host['env'];
}

/** The summary of a run that has ended, for whatever reason. Checks that the counts add up. */
export function summarise(ending: FinishedRun): Summary {
  const { tally, counts, meter, reason, header } = ending;
  const pending = pendingRows(counts, ending.outcomes);
  const accepted = acceptBadRows(ending.acceptBadRows, tally, header.shard !== undefined);
  const next = nextCommand({
    ...ending,
    pending,
    bad: tally.bad,
    likelyEncoding: likelyEncodingOf(tally.causes()),
    // of a plan, the contacts that applying it reads
    planned: header.command === 'plan' ? ending.plannedReads : tally.statuses.planned,
    rejects: ending.rejects.map(({ file }) => file),
    isCanary: counts.read >= ending.limit,
    isKeptAsNewer: ending.undo !== undefined && isKeptAsNewer(ending.undo),
  });
  return {
    run_id: header.run_id,
    run_dir: shownPath(ending.dir),
    account: header.account,
    dry_run: header.dry_run,
    ...(header.command === undefined ? {} : { command: header.command }),
    ...(ending.job === undefined ? {} : { job: ending.job }),
    ...(header.shard ? { shard: header.shard } : {}),
    started_at: header.started_at,
    ended_at: new Date(ending.endedAt).toISOString(),
    duration_s: Math.round(ending.durationS * 10) / 10,
    exit_code: exitCodeOf(
      reason,
      (accepted?.met ? 0 : tally.bad) + (header.command === 'check' ? tally.statuses.planned : 0),
    ),
    rows_read: tally.rows + pending,
    statuses: { ...tally.statuses },
    ...(tally.reasons.size > 0 ? { skip_reasons: Object.fromEntries(tally.reasons) } : {}),
    ...(accepted ? { accept_bad_rows: accepted } : {}),
    ...(ending.newBadRows === undefined ? {} : { new_bad_rows: ending.newBadRows }),
    pending,
    ...(reason && ending.unread ? { unread: ending.unread } : {}),
    requests: meter.requests,
    retries: meter.retries,
    throttled: meter.throttled,
    latency_ms: meter.latency(),
    rate: {
      allowed: ending.allowed ?? null,
      ...(ending.found ? { found: ending.found } : {}),
      achieved: meter.achieved(),
      held_back_by: meter.requests > 0 ? meter.heldBackBy() : null,
    },
    not_applied: Object.fromEntries(tally.notApplied),
    changes: Object.fromEntries(tally.fields),
    conflicts: Object.fromEntries(tally.conflicts),
    ...(header.dry_run && header.command !== 'check' ? { forecast: forecastOf(ending) } : {}),
    ...(ending.listReading ? { reading: ending.listReading } : {}),
    dropped_fields: tally.dropped,
    causes: tally.causes(),
    rejects: ending.rejects,
    ...(ending.missing.length > 0 ? { missing: ending.missing } : {}),
    ...(ending.undo ? { undo: ending.undo } : {}),
    warnings: ending.warnings,
    ...(ending.lastPull === undefined ? {} : { last_pull: ending.lastPull }),
    ...(ending.probed.length > 0 ? { probed: ending.probed } : {}),
    ...(reason ? { stopped: stoppedBy(reason) } : {}),
    ...(next === undefined ? {} : { next }),
  };
}

/**
 * Rows read by this process that have no outcome in the journal. A row that was given two outcomes makes more outcomes
 * than rows, which is a bug of ours.
 */
export function pendingRows({ read, doneBefore }: PipelineCounts, outcomes: number): number {
  const pending = read - doneBefore - outcomes;
  if (pending < 0) {
    throw new Error(`counts do not add up: ${read - doneBefore} rows read, ${outcomes} outcomes`);
  }
  return pending;
}

/**
 * Why a run that read its input to the end is not complete all the same: rows were left without an outcome, or the
 * input gave fewer of the rows that an earlier process of this run has outcomes for. Undefined if it is complete.
 */
export function incompleteness(
  counts: PipelineCounts,
  {
    outcomes,
    earlier,
    limit,
  }: { readonly outcomes: number; readonly earlier: number; readonly limit?: number },
): RunError | undefined {
  const pending = pendingRows(counts, outcomes);
  // up to a limit, fewer rows are read than a higher one had let through
  const isWhole = counts.read < (limit ?? Number.POSITIVE_INFINITY);
  if (isWhole && counts.doneBefore < earlier) {
    return new RunError(
      'ERR_INPUT_CHANGED',
      `the journal has the outcomes of ${earlier} rows, but the input gave only ${counts.doneBefore} of them: it is not the input that this run began with`,
      { exitCode: EXIT.stopped },
    );
  }
  if (pending === 0) return undefined;
  return new RunError('ERR_PENDING', `${plural(pending, 'row was', 'rows were')} left without an outcome`, {
    exitCode: EXIT.stopped,
  });
}

// --- internal ---

/** Whether an undo put nothing back because later runs sent or confirmed it. */
function isKeptAsNewer({ fields: { newer, reversed, already, planned, pending } }: UndoSummary): boolean {
  return newer > 0 && reversed + already + planned + pending === 0;
}

function forecastOf({
  plannedRequests: requests,
  plannedReads: reads,
  allowed: rate,
}: FinishedRun): NonNullable<Summary['forecast']> {
  const minutes = rate === undefined ? 0 : Math.round((requests / rate / 60) * 10) / 10;
  return { requests, ...(reads > 0 ? { reads } : {}), minutes };
}

function exitCodeOf(reason: StopReason | undefined, bad: number): number {
  if (reason?.kind === 'signal') return SIGNAL_EXIT[reason.signal];
  if (reason) return reason.error.exitCode;
  return bad > 0 ? EXIT.rowsFailed : EXIT.ok;
}

function stoppedBy(reason: StopReason): { code: string; message: string } {
  return reason.kind === 'signal'
    ? { code: reason.signal, message: `stopped by ${reason.signal}; rows in flight were finished` }
    : { code: reason.error.code, message: reason.error.message };
}
