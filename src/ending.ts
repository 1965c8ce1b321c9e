import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from './errors.ts';
import type { PipelineCounts } from './pipeline.ts';
import type { RunLine } from './results/lines.ts';
import type { Meter } from './results/meter.ts';
import { FILES } from './results/run-directory.ts';
import type { Summary } from './results/summary.ts';
import type { Tally } from './results/tally.ts';
import type { StopReason } from './stop.ts';

export interface Ending {
  readonly header: RunLine;
  /** As the user would type it. */
  readonly dir: string;
  readonly tally: Tally;
  readonly counts: PipelineCounts;
  /** Rows whose outcome could not be written. */
  readonly lost: number;
  readonly meter: Meter;
  readonly rate: number;
  readonly durationS: number;
  readonly endedAt: number;
  readonly reason: StopReason | undefined;
  readonly warnings: readonly string[];
}

/** The summary of a run that has ended, for whatever reason. Checks that the counts add up. */
export function summarise(ending: Ending): Summary {
  const { tally, counts, meter, reason, header } = ending;
  const pending = counts.pending + ending.lost;
  if (counts.read !== tally.rows + pending) {
    throw new Error(
      `counts do not add up: ${counts.read} rows read, ${tally.rows} outcomes, ${pending} pending`,
    );
  }
  const exitCode = exitCodeOf(reason, tally.bad);
  return {
    run_id: header.run_id,
    run_dir: ending.dir,
    account: header.account,
    dry_run: header.dry_run,
    started_at: header.started_at,
    ended_at: new Date(ending.endedAt).toISOString(),
    duration_s: Math.round(ending.durationS * 10) / 10,
    exit_code: exitCode,
    rows_read: counts.read,
    statuses: { ...tally.statuses },
    pending,
    requests: meter.requests,
    retries: meter.retries,
    throttled: meter.throttled,
    latency_ms: meter.latency(),
    rate: {
      allowed: Number.isFinite(ending.rate) ? ending.rate : null,
      achieved: meter.achieved(),
      held_back_by: meter.requests > 0 ? meter.heldBackBy() : null,
    },
    not_applied: Object.fromEntries(tally.notApplied),
    dropped_fields: tally.dropped,
    causes: tally.causes(),
    warnings: ending.warnings,
    ...(reason ? { stopped: stoppedBy(reason) } : {}),
  };
}

/** Writes `summary.json`. */
export function writeSummary(dir: string, summary: Summary): void {
  writeFileSync(join(dir, FILES.summary), `${JSON.stringify(summary, undefined, 2)}\n`, { mode: 0o600 });
}

// --- internal ---

function exitCodeOf(reason: StopReason | undefined, bad: number): number {
  if (reason?.kind === 'signal') return reason.signal === 'SIGINT' ? EXIT.sigint : EXIT.sigterm;
  if (reason) return reason.error.exitCode;
  return bad > 0 ? EXIT.rowsFailed : EXIT.ok;
}

function stoppedBy(reason: StopReason): { code: string; message: string } {
  return reason.kind === 'signal'
    ? { code: reason.signal, message: `stopped by ${reason.signal}; rows in flight were finished` }
    : { code: reason.error.code, message: reason.error.message };
}
