import { accountBehaviorFrom } from '../../account/account-behavior.ts';
import { findingsDirectories } from '../../account/account-files.ts';
import type { Host } from '../../core/host.ts';
import { KeyedQueue } from '../../core/keyed-queue.ts';
import type { RunContext } from '../../core/run-context.ts';
import { DEFAULT_STATE } from '../../journal/run-directory.ts';
import { plural } from '../../journal/summary-text.ts';
import type { State } from '../../state/state.ts';
import type { JobRecordFile } from '../job-record.ts';
import type { Planning } from './changes/open-planning.ts';
import type { Observer } from './observer.ts';
import { type PipelineCounts, runPipeline } from './pipeline/pipeline.ts';
import { preflight } from './pipeline/preflight.ts';
import { WaitingRows } from './pipeline/waiting-rows.ts';
import { compiledFor, type Plan } from './plan/plan.ts';
import type { Delivery } from './reporting/finish-run.ts';
import { profileOfJob } from './reporting/job-of-run.ts';
import type { Monitor } from './reporting/monitor.ts';
import type { BeforeImages } from './stages/before-images.ts';
import {
  type ChangeDetector,
  type ChangeDetectorOptions,
  createChangeDetector,
} from './stages/change-detector.ts';
import { createChangeStage } from './stages/change-stage.ts';
import { createContactWriter } from './stages/contact-writer.ts';
import { Expectations } from './stages/expectations.ts';
import { createLostKeysWarning } from './stages/lost-keys.ts';
import { createMapper } from './stages/mapper.ts';
import { openRunClient } from './stages/open-client.ts';
import { hasKeys, openKeyStages } from './stages/open-resolver.ts';
import type { RunState } from './stages/open-state.ts';
import type { OutcomeLog } from './stages/outcome-log.ts';
import { enforcesValues, PresentValues, readsPresentValues } from './stages/present-values.ts';
import { probeSettings } from './stages/probe-settings.ts';
import type { Stages } from './stages/stage-types.ts';
import { createUnchangedCheck } from './stages/unchanged-check.ts';
import { createWriteAhead } from './stages/write-ahead.ts';

/** What a run has once it has begun. */
export interface RunParts {
  readonly plan: Plan;
  readonly job: JobRecordFile;
  readonly opened: RunState;
  readonly outcomes: OutcomeLog;
  readonly monitor: Monitor;
  readonly observer: Observer;
  readonly host: Host;
}

/** What the parts of a run knew when they were closed. */
export type SeenByRun = { -readonly [K in keyof Omit<Delivery, 'counts' | 'durationS'>]: Delivery[K] };

/** Opens state and client, puts the stages together, and lets the rows walk through them. */
export async function runStages(
  parts: RunParts,
  counts: PipelineCounts,
  seen: SeenByRun,
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
  const { presentValues, expectations, changes } = await openComparison(
    plan,
    planning,
    { state, mergesAdditional: settings.mergesAdditional, samples, onKeysLost },
    context,
  );
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

// --- internal ---

/** What tells which of a row's fields differ from what the contact holds, and what it reads for that. */
async function openComparison(
  plan: Plan,
  planning: Planning | undefined,
  options: Omit<ChangeDetectorOptions, 'expectations' | 'presentValues'>,
  { clock }: RunContext,
): Promise<{ presentValues: PresentValues; expectations: Expectations; changes: ChangeDetector }> {
  const { state, mergesAdditional, samples, onKeysLost } = options;
  const presentValues = new PresentValues({
    areUsed: readsPresentValues(plan) || enforcesValues(plan),
    readFirst: plan.options.readFirst,
    state,
    clock,
  });
  const expectations = new Expectations({
    paths: plan.reading.mapping.expect.map(({ path }) => path),
    // what a plan reads is compared at once: kept in the memory of a state that is not written, it would grow with the plan
    state: planning ? undefined : state,
    onLearnt: (contact) => presentValues.saw(contact),
    onSeen: planning && ((contact) => planning.saw(contact)),
  });
  const changes = await createChangeDetector(plan, {
    state,
    expectations,
    presentValues,
    mergesAdditional,
    samples,
    onKeysLost,
  });
  return { presentValues, expectations, changes };
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
