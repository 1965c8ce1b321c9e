import type { Client } from '../../../client/client.ts';
import { RunError } from '../../../core/errors.ts';
import type { Host } from '../../../core/host.ts';
import type { RunContext } from '../../../core/run-context.ts';
import { type Shutdown, SIGNAL_EXIT } from '../../../core/shutdown.ts';
import type { Summary } from '../../../journal/summary.ts';
import { Meter } from '../../../telemetry/meter.ts';
import { startProgressDisplay } from '../../../telemetry/progress-display.ts';
import { progressFields, progressLine } from '../../../telemetry/progress-line.ts';
import type { PipelineCounts } from '../pipeline/pipeline.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunOptions } from '../run-options.ts';
import type { OutcomeLog } from '../stages/outcome-log.ts';
import { startHeartbeat } from './heartbeat.ts';
import { createNotifications } from './notifications.ts';
import { createProgressWatch, type ProgressWatch } from './progress.ts';
import { RunNotes } from './run-notes.ts';
import { pendingRows } from './summarise.ts';

/** What is watched while a run goes on. */
export interface Watched {
  readonly plan: Plan;
  readonly client: Client;
  readonly outcomes: OutcomeLog;
  readonly counts: PipelineCounts;
}

/** Shows people and machines how a run goes: progress, heartbeat, metrics, notices. */
export interface Monitor {
  readonly meter: Meter;
  readonly notes: RunNotes;
  /** Monotonic milliseconds at which the run was asked for. */
  readonly startedAt: number;
  /** Does the work of a run. One that ends before its first row is announced, too. */
  around(work: () => Promise<Summary>): Promise<Summary>;
  /** Watches until the result is disposed of. */
  attach(watched: Watched): ProgressWatch & Disposable;
  /** The run ended with a summary. */
  ended(plan: Plan, summary: Summary): Promise<void>;
}

/** Throws `RunError` (exit 2) where the metrics file or the URL of notices cannot be used. */
export async function openMonitor(options: RunOptions, host: Host, context: RunContext): Promise<Monitor> {
  const { clock, log, stop } = context;
  const startedAt = clock.monotonic();
  const notifications = await createNotifications(options, host, log);
  const meter = new Meter();

  return {
    meter,
    notes: new RunNotes(log),
    startedAt,
    async around(work) {
      try {
        return await work();
      } catch (error) {
        const end = reasonOf(error, stop);
        await notifications.failed(end);
        throw end;
      }
    },
    attach({ plan, client, outcomes, counts }) {
      const { journal, header, tally } = outcomes;
      meter.watch(() => ({
        isServerWait: client.rateLimiter.paused || client.breaker.isOpen,
        waitingForRate: client.rateLimiter.waiting,
        isFull: counts.inFlight >= plan.options.concurrency,
        isLookingUp: counts.underWay > counts.inFlight,
      }));
      const stopHeartbeat = startHeartbeat({ journal, header, meter, client, clock });
      notifications.begins(plan, () => ({
        statuses: tally.statuses,
        pending: pendingRows(counts, outcomes.own.rows),
        requests: meter.requests,
        retries: meter.retries,
        throttled: meter.throttled,
        rate: { allowed: client.allowed, achieved: meter.achieved() },
        latencyMs: meter.latency(),
      }));
      const watch = createProgressWatch({ plan, clock, tally, meter, counts, stop, client });
      const stopDisplay = startProgressDisplay(
        host,
        log,
        options.progress,
        watch.look,
        progressLine,
        progressFields,
      );
      return {
        look: watch.look,
        preflightBegins: watch.preflightBegins,
        preflightEnded: watch.preflightEnded,
        listed: watch.listed,
        [Symbol.dispose]() {
          stopDisplay();
          stopHeartbeat();
          meter.stop();
        },
      };
    },
    ended: (plan, summary) => notifications.ended(plan, summary),
  };
}

// --- internal ---

/** What is announced of an error before the first row: the request to stop, where that was the reason. */
function reasonOf(error: unknown, { reason }: Shutdown): unknown {
  if (!reason || !(error instanceof RunError)) return error;
  if (reason.kind === 'error') return reason.error;
  const exitCode = SIGNAL_EXIT[reason.signal];
  return new RunError(reason.signal, 'stopped before the first row', { exitCode });
}
