import { EXIT, RunError, stoppingError } from '../../core/errors.ts';
import type { Host } from '../../core/host.ts';
import { labelWithRun } from '../../core/logger.ts';
import type { RunContext } from '../../core/run-context.ts';
import { shardText } from '../../core/shard.ts';
import { shownPath } from '../../core/shell-text.ts';
import { stopByClock } from '../../core/shutdown.ts';
import type { Summary } from '../../journal/summary.ts';
import { msUntil } from '../time-of-day.ts';
import type { Observer } from './observer.ts';
import { makePlan } from './plan/make-plan.ts';
import type { Plan } from './plan/plan.ts';
import { type Delivery, finishRun } from './reporting/finish-run.ts';
import { openJobOfRun } from './reporting/job-of-run.ts';
import { leftText } from './reporting/left-text.ts';
import { type Monitor, openMonitor } from './reporting/monitor.ts';
import { incompleteness } from './reporting/summarise.ts';
import type { RunOptions } from './run-options.ts';
import { type RunParts, runStages, type SeenByRun } from './run-stages.ts';
import { openRunState } from './stages/open-state.ts';
import { openOutcomeLog } from './stages/outcome-log.ts';

/**
 * The main job: plans the run, delivers its rows, writes the summary and gives it. Throws `RunError` where it ends before
 * its first row; later a reason to stop stands in the summary.
 */
export async function performRun(options: RunOptions, host: Host, observer: Observer): Promise<Summary> {
  const context: RunContext = { clock: host.clock, log: observer.log, stop: observer.stop };
  const monitor = await openMonitor(options, host, context);
  return monitor.around(async () => {
    await using plan = await makePlan(options, host, context);
    if (plan.options.pullEveryMs !== undefined) {
      const { pullFirst } = await import('./plan/pull-first.ts');
      monitor.notes.warn(await pullFirst(plan, await limitsOf(plan, monitor, context), host, context));
    }
    monitor.notes.warn(plan.notes ?? []);
    monitor.notes.warn(plan.reading.compiled.flatMap(({ warnings }) => warnings));
    // one that cannot be used ends the run before it begins
    await using opened = await openRunState(plan, host, (note) => monitor.notes.warn([note]));
    // by measure, a third of the memory with a state, and of plans, was garbage; to collect it sooner costs a run a twentieth
    if (opened.state || options.command) host.saveMemory?.();
    const job = openJobOfRun(plan, context.log);
    const outcomes = openOutcomeLog(plan, observer, job, context);
    labelWithRun(context.log, outcomes.header.run_id);
    const delivery = await deliverRows({ plan, job, opened, outcomes, monitor, observer, host }, context);
    return finishRun({ plan, job, outcomes, delivery, monitor, observer, host }, context);
  });
}

// --- internal ---

/** Brings the rows to their outcomes. What it throws becomes the reason to stop: the summary stands in any case. */
async function deliverRows(parts: RunParts, context: RunContext): Promise<Delivery> {
  const { plan, outcomes, monitor, observer, host } = parts;
  const { clock, log, stop } = context;
  const began = clock.monotonic();
  const { counts } = outcomes;
  const seen: SeenByRun = {
    allowed: undefined,
    found: undefined,
    plannedRequests: 0,
    plannedReads: 0,
    listReading: undefined,
    probed: [],
    lookups: undefined,
    measured: undefined,
    settled: undefined,
  };
  observer.onBegin?.(() => leftText(plan, host, outcomes, counts, stop.reason));
  log.info(
    {
      run_dir: shownPath(plan.dir),
      account: plan.account,
      ...(plan.shard ? { shard: shardText(plan.shard) } : {}),
      ...(plan.earlier ? { rows_done: outcomes.earlierRows } : {}),
    },
    plan.options.dryRun
      ? 'dry run begins: nothing will be sent'
      : plan.earlier
        ? 'run goes on'
        : 'run begins',
  );
  using _timers = stopByClock(stop, await limitsOf(plan, monitor, context));
  try {
    await runStages(parts, counts, seen, context);
    const incomplete = incompleteness(counts, {
      outcomes: outcomes.own.rows,
      earlier: outcomes.earlierRows,
      limit: plan.options.limit,
    });
    if (incomplete && !stop.reason) throw incomplete;
  } catch (error) {
    // a state that was named and cannot be used is a mistake of the user: the run has not begun
    if (error instanceof RunError && error.exitCode === EXIT.usage && counts.read === 0) throw error;
    stop.fail(stoppingError(error));
  }
  return { ...seen, counts, durationS: (clock.monotonic() - began) / 1000 };
}

/** What ends a run by the clock, as far as time is left. */
async function limitsOf(
  { options }: Plan,
  { startedAt }: Monitor,
  { clock }: RunContext,
): Promise<Parameters<typeof stopByClock>[1]> {
  const { drainTimeoutMs, stopAfterMs, until } = options;
  return {
    drainTimeoutMs,
    stopAfterMs: leftOf(stopAfterMs, clock.monotonic() - startedAt),
    untilMs: until && (await msUntil(until, clock.now())),
  };
}

/** What is left of a time span; undefined where there is none. */
function leftOf(spanMs: number | undefined, spentMs: number): number | undefined {
  return spanMs === undefined ? undefined : Math.max(0, spanMs - spentMs);
}
