import type { Client } from '../../../client/client.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Shutdown } from '../../../core/shutdown.ts';
import type { Tally } from '../../../journal/tally.ts';
import { createEta } from '../../../telemetry/eta.ts';
import { shareOfRows } from '../../../telemetry/input-share.ts';
import type { Meter } from '../../../telemetry/meter.ts';
import type { Progress } from '../../../telemetry/progress-line.ts';
import { waitReasonText } from '../../../telemetry/wait-reason.ts';
import type { PipelineCounts } from '../pipeline/pipeline.ts';
import { bytesOf, bytesReadOf } from '../plan/open-inputs.ts';
import type { Plan } from '../plan/plan.ts';

export interface ProgressOptions {
  readonly plan: Plan;
  readonly clock: Clock;
  readonly tally: Tally;
  readonly meter: Meter;
  readonly counts: PipelineCounts;
  readonly stop: Shutdown;
  readonly client: Client;
}

/** Sees how far a run is. */
export interface ProgressWatch {
  look(): Progress;
  /** A look at all rows begins, which tells the bytes it has read. */
  preflightBegins(bytesRead: () => number): void;
  /** It is over, or there was none. `rows` of the input, where it counted them. */
  preflightEnded(rows: number | undefined): void;
  /** So much of the list of contacts is read; undefined once it is over. */
  listed(share: number | undefined): void;
}

export function createProgressWatch({
  plan,
  clock,
  tally,
  meter,
  counts,
  stop,
  client,
}: ProgressOptions): ProgressWatch {
  const { sources, identities } = plan.reading;
  const { limit } = plan.options;
  const total = bytesOf(identities);
  const began = clock.monotonic();
  const rowsBefore = tally.rows;
  const left = createEta();
  let surveyed: (() => number) | undefined;
  let listing: number | undefined;
  let totalRows: number | undefined;

  /** Rows with an outcome among all; where those are not counted, the rest is taken to be like what was read. */
  const shareDone = (
    bytesRead: number,
  ): { readonly share?: number | undefined; readonly isOfLimit?: true } => {
    if (totalRows !== undefined) {
      return { share: totalRows === 0 ? undefined : Math.min(1, tally.rows / totalRows) };
    }
    const ofInput = total
      ? shareOfRows({ ...counts, done: counts.doneBefore + tally.rows - rowsBefore, bytesRead, total })
      : undefined;
    const ofLimit = Number.isFinite(limit) ? Math.min(1, tally.rows / limit) : undefined;
    if (ofLimit === undefined || ofLimit < (ofInput ?? 0)) return { share: ofInput };
    return { share: ofLimit, isOfLimit: true };
  };

  return {
    look() {
      const read = bytesReadOf(sources);
      const { share, isOfLimit } = shareDone(read);
      return {
        rows: tally.rows,
        totalRows,
        // of rows that are done, so that bytes and percent say the same
        bytes:
          isOfLimit || !total || share === undefined
            ? { read, total: undefined }
            : { read: Math.floor(share * total), total },
        share,
        statuses: tally.statuses,
        rate: meter.recentRate(clock.monotonic()),
        allowed: client.allowed,
        retries: meter.retries,
        waiting: waitReasonText({
          survey: surveyed && total ? surveyed() / total : undefined,
          listing,
          draining: stop.draining.aborted ? counts.inFlight : undefined,
          outageMs: client.breaker.lastsMs,
          pauseMs: client.rateLimiter.pauseLeftMs,
        }),
        leftS: left((clock.monotonic() - began) / 1000, share),
      };
    },
    preflightBegins(bytesRead) {
      surveyed = bytesRead;
    },
    preflightEnded(rows) {
      surveyed = undefined;
      totalRows = rows;
    },
    listed(share) {
      listing = share;
    },
  };
}
