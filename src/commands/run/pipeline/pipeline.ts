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
import type { Prepared, Resolution, RowSource, Stages, Unmatched } from '../stages/stage-types.ts';
import { createRowScheduler, type Joined } from './row-scheduler.ts';
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
  /** Rows being delivered now. */
  inFlight: number;
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
    if (mapped.kind === 'patch') return beginPatch(row, mapped.patch, dropped);
    const lane = laneOfKeys(mapped.keys, resolver.isOneKey);
    const known = scheduler.isBusy(lane) ? undefined : resolver.known(mapped, row);
    if (known?.kind === 'patch') return beginPatch(row, known.patch, dropped);
    return scheduler.enter(row, lane, () => resolveAndSend(row, mapped, dropped));
  };
  const beginPatch = (row: Row, patch: Patch, dropped: Partial<Outcome>): Promise<void> | undefined => {
    const ready = scheduler.isBusy(patch.contactId)
      ? undefined
      : changes.prepare(row, patch, dropped === NOTHING_MORE);
    if (ready && (ready.kind === 'done' || dryRun)) {
      void send(row, patch, dropped, ready); // records at once; the batch waits until it is written
      return undefined;
    }
    return scheduler.enter(row, patch.contactId, async () => {
      await send(row, patch, dropped);
      return undefined;
    });
  };
  /**
   * In the lane of its key: finds the contact and joins the contact's own lane, without waiting for its end there.
   * A contact that is to be made is made here, so that the next row with its key finds it.
   */
  const resolveAndSend = async (
    row: Row,
    mapped: Unmatched,
    dropped: Partial<Outcome>,
  ): Promise<Joined | undefined> => {
    const resolved = draining.aborted
      ? PENDING
      : (resolver.known(mapped, row) ?? (await resolver.resolve(mapped, row)));
    if (resolved.kind === 'done') {
      await settle(row, resolved.outcome, dropped);
      return undefined;
    }
    let patch = resolved.kind === 'patch' ? resolved.patch : undefined;
    if (!patch && dryRun) {
      await settle(row, { status: 'planned', fields: mapped.patch.fields }, dropped);
      return undefined;
    }
    if (!patch) {
      await scheduler.carry(row, { ...dropped, confirms: mapped.patch.fields }, async () => {
        const made = await writer.create(mapped, row);
        if (typeof made !== 'object' || !('found' in made)) return made;
        patch = made.found;
        return 'later';
      });
    }
    const own = patch;
    return own && scheduler.join(own.contactId, () => send(row, own, dropped));
  };
  /** In the lane of its contact: sends what is to be sent by then. */
  const send = (row: Row, patch: Patch, dropped: Partial<Outcome>, ready?: Prepared): Promise<void> => {
    const prepared = ready ?? changes.prepare(row, patch, dropped === NOTHING_MORE);
    const whole = { ...dropped, confirms: patch.fields };
    if (prepared.kind === 'done') return settle(row, prepared.outcome, whole);
    const more = prepared.conflicts ? { ...whole, conflicts: prepared.conflicts } : whole;
    if (dryRun) return settle(row, planned(prepared.patch), more);
    return scheduler.carry(row, more, () => writer.update(prepared.patch, row));
  };

  const readAll = async (): Promise<void> => {
    for (const source of rows.sources) {
      for await (const batch of source.rows()) {
        for (const row of batch) {
          if (draining.aborted || counts.read >= limit) return;
          const claim = rows.claim(row);
          if (claim === 'foreign' || claim === 'elsewhere') continue;
          counts.read += 1;
          if (claim === 'done') counts.doneBefore += 1;
          else if ('error' in row) outcomes.record(row, { status: 'invalid', error: row.error });
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

/** Lane of all lookups where rows have several keys. */
const EVERY_KEY = 'any key';

const NOTHING_MORE: Partial<Outcome> = {};
const PENDING: Resolution = { kind: 'done', outcome: 'pending' };

/**
 * The outcome with what is known of its row. A bad row confirms nothing of it but what the writer says that a request may
 * have set.
 */
function merged(outcome: Outcome, more: Partial<Outcome>): Outcome {
  const { confirms, ...rest } = more;
  if (confirms === undefined || BAD_STATUSES.has(outcome.status)) return { ...outcome, ...rest };
  return { ...outcome, ...more };
}

function planned({ contactId, fields }: Patch): Outcome {
  return { status: 'planned', contactId, fields };
}

function unsent(mapped: Mapped & { kind: 'skipped' | 'invalid' }): Outcome {
  const contact = mapped.contactId === undefined ? undefined : { contactId: mapped.contactId };
  return mapped.kind === 'invalid'
    ? { status: 'invalid', ...contact, error: mapped.error }
    : { status: 'skipped', ...contact };
}
