import { accountBehaviorFrom } from '../../account/account-behavior.ts';
import { findingsDirectories } from '../../account/account-files.ts';
import { EXIT, RunError, stoppingError } from '../../core/errors.ts';
import type { Host } from '../../core/host.ts';
import { KeyedQueue } from '../../core/keyed-queue.ts';
import { labelWithRun } from '../../core/logger.ts';
import type { RunContext } from '../../core/run-context.ts';
import { shardText } from '../../core/shard.ts';
import { shownPath } from '../../core/shell-text.ts';
import { stopByClock } from '../../core/shutdown.ts';
import { DEFAULT_STATE } from '../../journal/run-directory.ts';
import type { Summary } from '../../journal/summary.ts';
import { plural } from '../../journal/summary-text.ts';
import type { State } from '../../state/state.ts';
import type { JobRecordFile } from '../job-record.ts';
import { msUntil } from '../time-of-day.ts';
import type { Planning } from './changes/open-planning.ts';
import type { Observer } from './observer.ts';
import { type PipelineCounts, runPipeline } from './pipeline/pipeline.ts';
import { preflight } from './pipeline/preflight.ts';
import { WaitingRows } from './pipeline/waiting-rows.ts';
import { makePlan } from './plan/make-plan.ts';
import { compiledFor, type Plan } from './plan/plan.ts';
import { type Delivery, finishRun } from './reporting/finish-run.ts';
import { openJobOfRun, profileOfJob } from './reporting/job-of-run.ts';
import { leftText } from './reporting/left-text.ts';
import { type Monitor, openMonitor } from './reporting/monitor.ts';
import { incompleteness } from './reporting/summarise.ts';
import type { RunOptions } from './run-options.ts';
import type { BeforeImages } from './stages/before-images.ts';
import { type ChangeDetector, createChangeDetector } from './stages/change-detector.ts';
import { createChangeStage } from './stages/change-stage.ts';
import { createContactWriter } from './stages/contact-writer.ts';
import { Expectations } from './stages/expectations.ts';
import { createLostKeysWarning } from './stages/lost-keys.ts';
import { createMapper } from './stages/mapper.ts';
import { openRunClient } from './stages/open-client.ts';
import { hasKeys, openKeyStages } from './stages/open-resolver.ts';
import { openRunState, type RunState } from './stages/open-state.ts';
import { type OutcomeLog, openOutcomeLog } from './stages/outcome-log.ts';
import { enforcesValues, PresentValues, readsPresentValues } from './stages/present-values.ts';
import { probeSettings } from './stages/probe-settings.ts';
import type { Stages } from './stages/stage-types.ts';
import { createUnchangedCheck } from './stages/unchanged-check.ts';
import { createWriteAhead } from './stages/write-ahead.ts';

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

interface Parts {
  readonly plan: Plan;
  readonly job: JobRecordFile;
  readonly opened: RunState;
  readonly outcomes: OutcomeLog;
  readonly monitor: Monitor;
  readonly observer: Observer;
  readonly host: Host;
}

/** Brings the rows to their outcomes. What it throws becomes the reason to stop: the summary stands in any case. */
async function deliverRows(parts: Parts, context: RunContext): Promise<Delivery> {
  const { plan, outcomes, monitor, observer, host } = parts;
  const { clock, log, stop } = context;
  const began = clock.monotonic();
  const { counts } = outcomes;
  const seen: Seen = {
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

/** What the parts of a run knew when they were closed. */
type Seen = { -readonly [K in keyof Omit<Delivery, 'counts' | 'durationS'>]: Delivery[K] };

/** Opens state and client, puts the stages together, and lets the rows walk through them. */
async function runStages(
  parts: Parts,
  counts: PipelineCounts,
  seen: Seen,
  context: RunContext,
): Promise<void> {
  const { plan, outcomes, monitor, observer, host } = parts;
  const { options, reading } = plan;
  const { meter, notes } = monitor;
  const places = findingsDirectories(plan.account, options.state ?? DEFAULT_STATE, host.env);
  const settings = probeSettings(accountBehaviorFrom(places, plan.account), reading.mapping);
  seen.probed = settings.used;
  for (const used of settings.used) context.log.info(used);
  notes.warn(settings.warnings);

  await using opened = parts.opened; // closed before the run ends, so that what is wrong then is said
  const { state } = opened;
  opened.countRun();
  notes.warn(state?.notes ?? []);
  using planning = await planningOf(plan, context);
  const samples = options.dryRun && observer.onChanges ? options.show : 0;
  const onKeysLost = createLostKeysWarning(options.dryRun, context.log, (note) => notes.add(note));
  const presentValues = new PresentValues({
    areUsed: readsPresentValues(plan) || enforcesValues(plan),
    readFirst: options.readFirst,
    state,
    clock: context.clock,
  });
  const expectations = new Expectations({
    paths: reading.mapping.expect.map(({ path }) => path),
    // what a plan reads is compared at once: kept in the memory of a state that is not written, it would grow with the plan
    state: planning ? undefined : state,
    onLearnt: (contact) => presentValues.saw(contact),
    onSeen: planning && ((contact) => planning.saw(contact)),
  });
  const changes = await createChangeDetector(plan, {
    state,
    expectations,
    presentValues,
    mergesAdditional: settings.mergesAdditional,
    samples,
    onKeysLost,
  });
  const lanes = new KeyedQueue();
  const waitingRows = new WaitingRows();
  await using run = await openRunClient(
    plan,
    { meter, lanes, waitingRows, rowsUnderWay: () => counts.underWay },
    context,
  );
  const { client } = run;
  using watch = monitor.attach({ plan, client, outcomes, counts });
  try {
    const { guard } = reading.mapping;
    if (guard) {
      const { checkGuard } = await import('./guard/check-guard.ts');
      const profile = profileOfJob(plan, parts.job);
      seen.measured = await checkGuard(guard, plan, profile, notes, context);
    }
    // a plan has each row wait for its contact to be read
    const dryRun = options.dryRun && !planning;
    const { relieve, largePage, ties } = settings;
    const first = await preflight({
      plan,
      state,
      changes,
      isDry: dryRun,
      relieve,
      onDiffering: planning && ((contactId) => planning.listed.want(contactId)),
      onBegin: watch.preflightBegins,
    });
    watch.preflightEnded(first.rows);
    if (hasKeys(plan)) seen.lookups = { pulledAt: state?.completeAt, unknownRows: first.lookups };
    await using beforeImages = await beforeImagesOf(plan, outcomes, state, context);
    const writing = {
      client,
      expectations,
      maxAttempts: options.maxAttempts,
      columnsOf: (input: number) => reading.sources[input]?.shape.columns ?? [],
      readback: settings.readback,
    };
    const { maxAttempts } = options;
    await planning?.listed.read({ client, maxAttempts, largePage, ties, onShare: watch.listed }, context);
    const planner = planning?.writerFor({ ...writing, changes });
    const writer =
      planner ??
      createContactWriter(
        {
          ...writing,
          healthCheck: run.healthCheck,
          presentValues,
          presentOf: changes.presentOf,
          writeAhead: createWriteAhead(state, outcomes, changes.wholeOf),
          beforeImages,
          onKeysLost,
          onNote: (note) => notes.add(note),
        },
        context,
      );
    const { resolver, create, update } = await openKeyStages(
      samples > 0,
      {
        plan,
        client,
        state,
        keys: first.lookups,
        largePage,
        ties,
        seeing: (ask) => planning?.listed.seeing(ask) ?? ask,
        exactFields: settings.exactFields,
        onNotLookedUp(complete) {
          changes.expectRequests(complete ? 2 : 1, complete ? 1 : 0);
          notes.add(NOT_LOOKED_UP);
        },
        expectations,
        intent: outcomes.intent,
        update: writer.update,
      },
      context,
    );
    const stages: Stages = {
      mapper: createMapper({ compiledOf: (row) => compiledFor(plan, row), settings, clashOf: first.clashOf }),
      changes: createChangeStage({
        changes,
        unchangedCheck: createUnchangedCheck(plan, reading, state),
        preflight: first,
        resolver,
        lanes,
        state,
        planned: planning?.planned,
      }),
      resolver,
      writer: {
        announce: writer.announce,
        withdraw: writer.withdraw,
        update,
        releaseHeld: writer.releaseHeld,
        create: planner?.create ?? create,
      },
      outcomes,
    };
    notes.warn(first.notes);
    const { settled } = first;
    if (settled) changes.expectRequests(settled.requests, settled.reads);
    seen.settled = settled;
    const rows = settled
      ? { sources: settled.rows.sources(), claim: () => 'ours' as const }
      : { sources: reading.sources, claim: plan.claim };
    const { concurrency, limit } = options;
    await runPipeline(
      rows,
      stages,
      { lanes, waitingRows, concurrency, limit, dryRun, stop: context.stop },
      counts,
    );
    if (!context.stop.reason) {
      const { allowed } = client;
      planning?.finish({
        tally: outcomes.tally,
        hasState: state !== undefined,
        requests: meter.requests,
        allowed,
      });
    }
    await showSamples(changes, resolver.search, observer);
  } finally {
    Object.assign(seen, {
      allowed: client.allowed,
      found: client.found,
      plannedRequests: changes.requests,
      plannedReads: changes.reads,
      ...planning?.forecast,
      listReading: planning?.reading,
    });
    for (const note of planning?.notes ?? []) notes.add(note);
    if (changes.unseenFields > 0) notes.add(unseenNote(changes.unseenFields));
  }
}

/** What takes the place of writing; undefined for a run that sends. */
async function planningOf(plan: Plan, context: RunContext): Promise<Planning | undefined> {
  const { command } = plan.options;
  if (command !== 'plan' && command !== 'check') return undefined;
  const { openPlanning } = await import('./changes/open-planning.ts');
  return openPlanning(plan, context);
}

const NOT_LOOKED_UP =
  'no credentials are set: contacts matched by key were not looked up. The forecast assumes one lookup per row.';

function unseenNote(fields: number): string {
  return `${plural(fields, 'field')} under \`on_conflict: theirs\` ${fields === 1 ? 'was' : 'were'} sent without knowing what the account held: its answers do not show them`;
}

/** What keeps the old values of contacts, where the run is to be undoable. */
async function beforeImagesOf(
  plan: Plan,
  outcomes: OutcomeLog,
  state: State | undefined,
  { clock }: RunContext,
): Promise<BeforeImages | undefined> {
  const { undoable, dryRun } = plan.options;
  if (!undoable || dryRun) return undefined;
  const { openBeforeImages } = await import('./stages/before-images.ts');
  return openBeforeImages(plan, outcomes, state, clock);
}

/** Shows old and new values of the first changes, where a person looks on. */
async function showSamples(
  { samples }: ChangeDetector,
  search: Parameters<typeof import('./reporting/dry-run-preview.ts').describeChanges>[1],
  observer: Observer,
): Promise<void> {
  if (samples.length === 0) return;
  const { describeChanges } = await import('./reporting/dry-run-preview.ts');
  observer.onChanges?.(await describeChanges(samples, search));
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
