import { dirname } from 'node:path';
import { accountBehaviorFrom } from '../../account/account-behavior.ts';
import { findingsDirectories } from '../../account/account-files.ts';
import { learnedRateFile } from '../../account/learned-rate.ts';
import { RunError, stoppingError } from '../../core/errors.ts';
import type { Host } from '../../core/host.ts';
import { shardText } from '../../core/shard.ts';
import { shownPath } from '../../core/shell-text.ts';
import { type Shutdown, SIGNAL_EXIT, stopByClock } from '../../core/shutdown.ts';
import type { Row } from '../../core/types.ts';
import type { Summary } from '../../journal/summary.ts';
import { Tally } from '../../journal/tally.ts';
import { rejectsOf, writeSummary } from '../../journal/write-summary.ts';
import { Meter } from '../../telemetry/meter.ts';
import { startProgressDisplay } from '../../telemetry/progress-display.ts';
import { progressFields, progressLine } from '../../telemetry/progress-line.ts';
import { isBeyond, tooManyErrors } from './error-limit.ts';
import type { Observer } from './observer.ts';
import { laneOfKeys, type PipelineCounts, runPipeline } from './pipeline/pipeline.ts';
import { preflight } from './pipeline/preflight.ts';
import { WaitingRows } from './pipeline/waiting-rows.ts';
import { makePlan } from './plan/make-plan.ts';
import { wholeOf } from './plan/open-inputs.ts';
import type { Plan } from './plan/plan.ts';
import { startHeartbeat } from './reporting/heartbeat.ts';
import { leftText } from './reporting/left-text.ts';
import { logBadRow } from './reporting/log-bad-row.ts';
import { createNotifications, type Notifications } from './reporting/notifications.ts';
import { openJournal } from './reporting/open-journal.ts';
import { createProgressWatch } from './reporting/progress.ts';
import { incompleteness, pendingRows, summarise } from './reporting/summarise.ts';
import type { RunOptions } from './run-options.ts';
import { createChangeDetector } from './stages/change-detector.ts';
import { createContactWriter } from './stages/contact-writer.ts';
import { openContactResolver } from './stages/open-resolver.ts';
import { openRunState } from './stages/open-state.ts';
import { probeSettings } from './stages/probe-settings.ts';
import { createUnchangedCheck } from './stages/unchanged-check.ts';

/**
 * The main job: plans the run, does the work, writes the summary and gives it. Throws `RunError` where it ends before
 * its first row; later a reason to stop stands in the summary.
 */
export async function performRun(options: RunOptions, host: Host, observer: Observer): Promise<Summary> {
  const { log, stop } = observer;
  const startedAt = host.clock.monotonic();
  const notifications = await createNotifications(options, host, log);
  try {
    const plan = await makePlan(options, host, log, stop);
    try {
      return await work(plan, { host, observer, startedAt, notifications });
    } finally {
      await plan.close();
    }
  } catch (error) {
    const end = endOf(error, stop);
    await notifications.failed(end);
    throw end;
  }
}

// --- internal ---

const NOT_LOOKED_UP =
  'no credentials are set, so nobody was asked for the contacts of rows with keys: whether they exist is not known, and each would be looked up first';

/** What is told of an error before the first row: who asked for the stop, where that was the reason. */
function endOf(error: unknown, { reason }: Shutdown): unknown {
  if (!reason || !(error instanceof RunError)) return error;
  if (reason.kind === 'error') return reason.error;
  return new RunError(reason.signal, 'stopped before the first row', {
    exitCode: SIGNAL_EXIT[reason.signal],
  });
}

interface Around {
  readonly host: Host;
  readonly observer: Observer;
  /** Monotonic milliseconds. */
  readonly startedAt: number;
  readonly notifications: Notifications;
}

/** Does what the plan says, from the first line of the journal to the last. */
async function work(plan: Plan, { host, observer, startedAt, notifications }: Around): Promise<Summary> {
  const { log, stop } = observer;
  const { options, reading, dir, earlier } = plan;
  const { clock } = host;
  const began = clock.monotonic();
  const { sources, compiled } = reading;
  const shapes = sources.map(({ shape }) => shape);
  const notes = new Set<string>([...(plan.notes ?? []), ...compiled.flatMap(({ warnings }) => warnings)]);
  for (const note of notes) log.warn(note);

  const tally = earlier?.tally ?? new Tally();
  const before = { rows: tally.rows, bad: tally.bad };
  const meter = new Meter();
  const counts: PipelineCounts = { read: 0, doneBefore: 0, inFlight: 0 };
  const { journal, header } = openJournal(plan, {
    clock,
    onBroken: (error) => stop.fail(error),
    onWritten(line) {
      tally.add(line);
      logBadRow(log, line, tally);
      observer.onRow?.(line);
      const now = { rows: tally.rows - before.rows, bad: tally.bad - before.bad };
      if (isBeyond(options.maxErrors, now)) stop.fail(tooManyErrors(options.maxErrors, now));
    },
  });
  log.info(
    {
      run_dir: shownPath(dir),
      account: header.account,
      ...(plan.shard ? { shard: shardText(plan.shard) } : {}),
      ...(earlier ? { rows_done: tally.rows } : {}),
    },
    options.dryRun ? 'dry run begins: nothing will be sent' : earlier ? 'run goes on' : 'run begins',
  );

  const places = findingsDirectories(header.account, options.state, host.env);
  const probed = probeSettings(accountBehaviorFrom(places, header.account), reading.mapping);
  for (const found of probed.used) log.info(found);
  for (const warning of probed.warnings) {
    notes.add(warning);
    log.warn(warning);
  }

  const state = await openRunState(plan, host);
  for (const note of state?.notes ?? []) {
    notes.add(note);
    log.warn(note);
  }
  const samples = options.dryRun && observer.onChanges ? options.show : 0;
  const changes = createChangeDetector({
    state,
    full: options.full,
    dryRun: options.dryRun,
    mergesAdditional: probed.mergesAdditional,
    show: samples,
    cellsOf: (row) => compiledOf(plan, row).glance.cells(row),
    policyOf: (row) => compiledOf(plan, row).conflictPolicy,
    withoutSuperseded: plan.withoutSuperseded,
  });
  /** What the next command depends on, whenever the run ends. */
  const lasting = {
    header,
    dir,
    tally,
    counts,
    isOfProgram: (host.rows !== undefined && !options.spool) || reading.mapping.ownFunction !== undefined,
    isResumable: reading.identities.every(({ sha256 }) => sha256 !== undefined),
    baseUrlInEnvironment: host.env['LIVEDESK_BASE_URL']?.replace(/\/+$/, ''),
  };
  observer.onBegin?.(() => leftText({ ...lasting, outcomes: tally.rows - before.rows, reason: stop.reason }));
  const waitingRows = new WaitingRows();
  const writer = await createContactWriter({
    run: options,
    memory: learnedRateFile(dirname(dir), plan.account),
    credentials: plan.credentials,
    workers: plan.workers,
    clock,
    stop,
    log,
    meter,
    inFlight: () => counts.inFlight,
    callRow: () => waitingRows.startLast(),
    answeredBefore: plan.answeredBefore ?? [],
    columnsOf: (input) => shapes[input]?.columns ?? [],
    onApplied: changes.applied,
    readback: probed.readback,
    onNote: (note) => notes.add(note),
  });
  const spentMs = began - startedAt;
  const timers = stopByClock(stop, {
    drainTimeoutMs: options.drainTimeoutMs,
    ...(options.stopAfterMs === undefined ? {} : { stopAfterMs: Math.max(0, options.stopAfterMs - spentMs) }),
  });
  meter.watch(() => ({
    isServerWait: writer.client.rateLimiter.paused || writer.client.breaker.isOpen,
    waitingForRate: writer.client.rateLimiter.waiting,
    isFull: counts.inFlight >= options.concurrency,
  }));
  const calm = startHeartbeat({ journal, header, meter, client: writer.client, clock });
  notifications.begins(plan, () => ({
    statuses: tally.statuses,
    pending: pendingRows(counts, tally.rows - before.rows),
    requests: meter.requests,
    retries: meter.retries,
    throttled: meter.throttled,
    rate: { allowed: writer.client.allowed, achieved: meter.achieved() },
    latencyMs: meter.latency(),
  }));
  const watch = createProgressWatch({ plan, clock, tally, meter, counts, stop, client: writer.client });
  const silence = startProgressDisplay(host, log, options.progress, watch.look, progressLine, progressFields);

  try {
    const unchangedCheck = createUnchangedCheck(plan, state);
    const found = await preflight({ plan, state, changes, unchangedCheck, onBegin: watch.preflightBegins });
    const { clashOf, lookups: keys, settled } = found;
    watch.preflightEnded(found.rows);
    const { client } = writer;
    const deliver = changes.around(writer.deliver);
    const { largePage } = probed;
    const resolver = await openContactResolver(samples > 0, {
      plan,
      client,
      state,
      journal,
      meter,
      clock,
      stop,
      log,
      keys,
      largePage,
      deliver,
      onUnasked(complete) {
        changes.expectRequests(complete);
        notes.add(NOT_LOOKED_UP);
      },
    });
    const isOneKey = compiled.every(({ matchedBy }) => matchedBy.length <= 1);
    await runPipeline(
      {
        sources: settled?.sources() ?? sources,
        unchanged(row: Row) {
          if (settled) return settled.contactOf(row);
          if (!unchangedCheck || clashOf(row)) return undefined;
          return unchangedCheck.contactOf(row, (keys) =>
            writer.isBusy(laneOfKeys(keys, isOneKey)) ? undefined : resolver.idOf(keys),
          );
        },
        map(row: Row) {
          const mapped = probed.relieve(compiledOf(plan, row).apply(row));
          const clash = clashOf(row);
          if (!clash || mapped.kind === 'skipped' || mapped.kind === 'invalid') return mapped;
          return mapped.kind === 'patch'
            ? { kind: 'invalid', contactId: mapped.patch.contactId, error: clash }
            : { kind: 'invalid', error: clash };
        },
        prepare: changes.prepare,
        findKnown: resolver.findKnown,
        find: resolver.find,
        create: resolver.create,
        deliver,
        inLane: writer.inLane,
        isBusy: writer.isBusy,
        isOneKey,
        record: (row, outcome) => journal.row(row, outcome, clock.now()),
        written: () => journal.written(),
        async room() {
          await state?.room();
          await observer.room?.();
        },
        claim: plan.claim,
        onIdle: writer.judge,
        concurrency: options.concurrency,
        waitingRows,
        limit: options.limit,
        dryRun: options.dryRun,
        stop,
      },
      counts,
    );
    const incomplete = incompleteness(counts, { outcomes: tally.rows - before.rows, earlier: before.rows });
    if (incomplete && !stop.reason) throw incomplete;
    if (changes.samples.length > 0) {
      const { describeChanges } = await import('./reporting/dry-run-preview.ts');
      observer.onChanges?.(await describeChanges(changes.samples, resolver.search));
    }
  } catch (error) {
    stop.fail(stoppingError(error));
  } finally {
    timers.clear();
    silence();
    calm();
    meter.stop();
    writer.close();
    await state?.close();
  }
  if (counts.read === 0 && !stop.reason) notes.add(`the ${plan.shard ? 'shard' : 'input'} has no rows`);
  for (const { noticed } of compiled) for (const note of noticed()) notes.add(note);

  const ending = {
    ...lasting,
    outcomes: tally.rows - before.rows,
    rejects: await rejectsOf(dir, shapes),
    meter,
    allowed: writer.client.allowed,
    found: writer.client.found,
    limit: options.limit,
    durationS: (clock.monotonic() - began) / 1000,
    endedAt: clock.now(),
    plannedRequests: changes.requests,
    warnings: [...notes],
    probed: probed.used,
  };
  let summary = summarise({ ...ending, reason: stop.reason });
  try {
    const inputs = plan.shard ? { inputs: sources.map(wholeOf) } : {};
    journal.write({ type: 'end', summary, ...inputs });
    await journal.close();
    writeSummary(dir, summary);
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    log.error(`the end of the run could not be noted: ${error.message}`);
    stop.fail(error);
    summary = summarise({ ...ending, reason: stop.reason });
  }
  observer.onSummary?.(summary);
  await notifications.ended(plan, summary);
  if (options.keep && !stop.reason) {
    const { deleteOldRuns } = await import('../../journal/list-runs.ts');
    const deleted = await deleteOldRuns(dirname(dir), options.keep, { dir, header }, clock.now());
    if (deleted.length > 0) log.info({ runs: deleted.map(shownPath) }, 'deleted old runs (--keep)');
  }
  return summary;
}

function compiledOf({ reading }: Plan, row: Row) {
  const compiled = reading.compiled[row.input];
  if (!compiled) throw new Error(`row of an unknown input ${row.input}`);
  return compiled;
}
