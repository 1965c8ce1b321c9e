import type { KeyedQueue } from '../../../core/keyed-queue.ts';
import type { Shutdown } from '../../../core/shutdown.ts';
import {
  BAD_STATUSES,
  type BadRow,
  type Mapped,
  type MatchKey,
  type Outcome,
  type Patch,
  type Row,
} from '../../../core/types.ts';
import type { Claim } from '../plan/plan.ts';
import type { Journey, Prepared, Resolution, RowSource, Stages, Unmatched } from '../stages/stage-types.ts';
import { createRowScheduler, type Onward } from './row-scheduler.ts';
import type { WaitingRows } from './waiting-rows.ts';

/** The rows of a run. */
export interface RunRows {
  readonly sources: readonly RowSource[];
  readonly claim: (row: Row | BadRow) => Claim;
}

export interface PipelineOptions {
  readonly lanes: KeyedQueue;
  readonly waitingRows: WaitingRows;
  /** Rows in flight, beside those that the circuit breaker starts out of turn. */
  readonly concurrency: number;
  /** Rows to read at most, over all inputs. */
  readonly limit: number;
  readonly dryRun: boolean;
  readonly stop: Shutdown;
}

export interface PipelineCounts {
  /** Rows read, those that an earlier process finished included. */
  read: number;
  /** Rows among them that an earlier process finished. */
  doneBefore: number;
  /** Rows that the inputs gave, those of batches that are not begun yet included. */
  given: number;
  /** Rows among them that were looked at, those of other shards included. */
  seen: number;
  /** Rows being delivered now. */
  inFlight: number;
  /** Rows that are being looked up or delivered, or wait to be; not those behind another row of their contact. */
  underWay: number;
}

/**
 * The journey of every row: read, map, resolve, prepare, write, record. `counts` is kept up to date while it runs.
 * Reading waits while the window is full, so memory does not grow with the input. A row whose job throws gets no
 * outcome, and the run stops with that error. What the inputs throw is thrown after the rows in flight have ended.
 */
export async function runPipeline(
  rows: RunRows,
  stages: Stages,
  options: PipelineOptions,
  counts: PipelineCounts,
): Promise<void> {
  const { mapper, changes, resolver, writer, outcomes } = stages;
  const { dryRun, limit, lanes, waitingRows, concurrency, stop } = options;
  const { draining } = stop;

  const settle = (row: Row, outcome: Outcome | 'pending', more: Partial<Outcome>): Promise<void> => {
    if (outcome !== 'pending') outcomes.record(row, merged(outcome, more));
    return outcomes.flushed();
  };
  const scheduler = createRowScheduler({
    lanes,
    waitingRows,
    concurrency,
    stop,
    counts,
    releaseHeld: () => writer.releaseHeld(),
    settle,
  });

  /** Begins the way of a row, or ends it here where nothing is to be sent. Waits only for room. */
  const begin = (row: Row): Promise<void> | undefined => {
    const unchanged = changes.unchanged(row);
    if (unchanged && !scheduler.isBusy(unchanged.contactId)) {
      const { contactId, fields: confirms } = unchanged;
      outcomes.record(row, { status: 'unchanged', contactId, confirms });
      return undefined;
    }
    const mapped = mapper.map(row);
    if (mapped.kind === 'skipped' || mapped.kind === 'invalid') {
      outcomes.record(row, unsent(mapped));
      return undefined;
    }
    const dropped = mapped.dropped ? { dropped: mapped.dropped } : NOTHING_MORE;
    if (mapped.kind === 'patch') return beginPatch({ row, mapped, dropped }, mapped.patch);
    const lane = laneOfKeys(mapped.keys, resolver.isOneKey);
    const known = scheduler.isBusy(lane) ? undefined : resolver.known(mapped, row);
    if (known?.kind === 'patch') return beginPatch({ row, mapped, dropped }, known.patch, known.by);
    const trip = { row, mapped, dropped, journey: resolver.depart(mapped, row) };
    return scheduler.enter(
      row,
      lane,
      () => resolveAndSend(trip),
      () => trip.journey.end(),
    );
  };
  const beginPatch = (start: Start, patch: Patch, by?: MatchKey): Promise<void> | undefined => {
    const { row, mapped, dropped } = start;
    const ready = scheduler.isBusy(patch.contactId)
      ? undefined
      : changes.prepare(row, patch, dropped === NOTHING_MORE);
    if (ready && (ready.kind === 'done' || dryRun)) {
      void send(start, patch, ready); // records at once; the batch waits until it is written
      return undefined;
    }
    const trip = { ...start, journey: resolver.depart(mapped, row) };
    trip.journey.found(patch.contactId, by);
    return scheduler.enter(
      row,
      patch.contactId,
      () => sendInLane(trip, patch),
      () => trip.journey.end(),
    );
  };
  /**
   * Finds the contact of a row by its keys and joins the contact's own lane, without waiting for its end there. A contact
   * that is to be made is made outside: rows that have a key of it wait for that, others do not.
   */
  const resolveAndSend = async (trip: Trip): Promise<Onward | undefined> => {
    const { row, mapped, dropped, journey } = trip;
    if (mapped.kind === 'patch')
      throw new Error('a row that names its contact by id has no keys to find it by');
    const resolved = draining.aborted
      ? PENDING
      : await resolver.resolve(mapped, row, journey, scheduler.aside);
    if (resolved.kind === 'done') {
      await settle(row, resolved.outcome, dropped);
      return undefined;
    }
    if (resolved.kind === 'patch') return joinLane(trip, resolved.patch, resolved.by);
    if (!dryRun) return scheduler.leave(() => createAndSend(trip, mapped));
    await settle(row, { status: 'planned', fields: mapped.patch.fields }, dropped);
    return undefined;
  };
  const createAndSend = async (trip: Trip, mapped: Unmatched): Promise<Onward | undefined> => {
    let found: Patch | undefined;
    trip.journey.creates();
    await scheduler.carry(trip.row, { ...trip.dropped, confirms: mapped.patch.fields }, async () => {
      const made = await writer.create(mapped, trip.row);
      if (typeof made !== 'object' || !('found' in made)) return made;
      found = made.found;
      return 'later';
    });
    return found && joinLane(trip, found);
  };
  const joinLane = (trip: Trip, patch: Patch, by?: MatchKey): Onward => {
    trip.journey.found(patch.contactId, by);
    return scheduler.join(patch.contactId, () => sendInLane(trip, patch));
  };
  /** In the lane of its contact: sends, unless this run has moved the key meanwhile; then it leaves and looks again. */
  const sendInLane = async (trip: Trip, patch: Patch): Promise<Onward | undefined> => {
    // an earlier row of the contact may be left pending: this one would be done before it
    if (draining.aborted) return undefined;
    if (trip.journey.hasMoved()) return scheduler.leave(() => resolveAndSend(trip));
    trip.journey.reached();
    await send(trip, patch);
    return undefined;
  };
  /** In the lane of its contact: sends what is to be sent by then. */
  const send = ({ row, dropped }: Start, patch: Patch, ready?: Prepared): Promise<void> => {
    const prepared = ready ?? changes.prepare(row, patch, dropped === NOTHING_MORE);
    const whole = dryRun ? dropped : { ...dropped, confirms: patch.fields }; // a dry run confirms nothing
    if (prepared.kind === 'done') return settle(row, prepared.outcome, whole);
    const more = prepared.conflicts ? { ...whole, conflicts: prepared.conflicts } : whole;
    if (dryRun) return settle(row, planned(prepared.patch), more);
    const toSend = prepared.patch;
    if (!prepared.isReadFirst) writer.announce(toSend, row);
    return scheduler.carry(
      row,
      more,
      () => writer.update(toSend, row),
      () => writer.withdraw(toSend, row),
    );
  };

  const readAll = async (): Promise<void> => {
    for (const source of rows.sources) {
      for await (const batch of source.rows()) {
        counts.given += batch.length;
        for (const row of batch) {
          if (draining.aborted || counts.read >= limit) return;
          counts.seen += 1;
          const claim = rows.claim(row);
          if (claim === 'foreign' || claim === 'elsewhere') continue;
          counts.read += 1;
          if (claim === 'done') counts.doneBefore += 1;
          else if ('error' in row) outcomes.record(row, { status: 'invalid', error: row.error });
          else if ('outcome' in row) outcomes.record(row, row.outcome);
          else {
            const room = begin(row);
            if (room) await room;
          }
        }
        await outcomes.flushed();
        await changes.room();
        await outcomes.room();
      }
    }
  };

  try {
    await readAll();
  } finally {
    await scheduler.finish();
    await outcomes.flushed();
  }
}

/** The lane in which a contact is looked up by these keys; `isOneKey` as in `ResolverStage`. */
export function laneOfKeys(keys: readonly MatchKey[], isOneKey: boolean): string {
  return isOneKey ? laneOf(keys) : EVERY_KEY;
}

/** What stands for a contact until its id is known: the first of its keys. */
export function laneOf(keys: readonly MatchKey[]): string {
  const [key] = keys;
  return key ? `${key.field}:${key.value}` : '';
}

// --- internal ---

/** A row that is to be sent. */
interface Start {
  readonly row: Row;
  readonly mapped: Sendable;
  /** What its outcome says of fields that were left out. */
  readonly dropped: Partial<Outcome>;
}

/** One that has set out. */
interface Trip extends Start {
  readonly journey: Journey;
}

type Sendable = Mapped & { readonly kind: 'patch' | 'unmatched' };

/** Lane of all lookups where rows have several keys. */
const EVERY_KEY = 'any key';

const NOTHING_MORE: Partial<Outcome> = {};
const PENDING: Resolution = { kind: 'done', outcome: 'pending' };

/**
 * The outcome with what is known of its row. A bad row confirms nothing of it but what the writer says that a request may
 * have set.
 */
function merged(outcome: Outcome, more: Partial<Outcome>): Outcome {
  if (more === NOTHING_MORE) return outcome;
  const { confirms, dropped } = more;
  const conflicts = outcome.conflicts ?? more.conflicts;
  const confirmed = BAD_STATUSES.has(outcome.status) ? outcome.confirms : (outcome.confirms ?? confirms);
  // spelled out: there is one for each row, and what a spread makes of objects of several shapes is slow to read
  return {
    status: outcome.status,
    reason: outcome.reason,
    contactId: outcome.contactId,
    httpStatus: outcome.httpStatus,
    attempts: outcome.attempts,
    reads: outcome.reads,
    durationMs: outcome.durationMs,
    fields: outcome.fields,
    confirms: confirmed?.length ? confirmed : undefined,
    notApplied: outcome.notApplied,
    conflicts: conflicts?.length ? conflicts : undefined,
    kept: outcome.kept,
    dropped: dropped ?? outcome.dropped,
    error: outcome.error,
  } satisfies Record<keyof Outcome, unknown>;
}

function planned({ contactId, fields }: Patch): Outcome {
  return { status: 'planned', contactId, fields };
}

function unsent(mapped: Mapped & { kind: 'skipped' | 'invalid' }): Outcome {
  const contact = mapped.contactId === undefined ? undefined : { contactId: mapped.contactId };
  return mapped.kind === 'invalid'
    ? { status: 'invalid', ...contact, error: mapped.error }
    : { status: 'skipped', ...contact, reason: mapped.reason };
}
