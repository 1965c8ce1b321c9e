import pLimit from 'p-limit';
import { stoppingError } from '../../../core/errors.ts';
import type { Shutdown } from '../../../core/shutdown.ts';
import type { BadRow, Delivered, Mapped, MatchKey, Outcome, Patch, Row } from '../../../core/types.ts';
import type { Prepared, Resolution, RowSource, Unmatched } from '../stages/stage-types.ts';
import { createRowWindow } from './row-window.ts';
import type { WaitingRows } from './waiting-rows.ts';

export interface PipelineOptions {
  readonly sources: readonly RowSource[];
  readonly map: (row: Row) => Mapped;
  /** The contact of a row that is known to have nothing to send to it, before it is mapped. */
  readonly unchanged: (row: Row) => number | undefined;
  /** What of a patch need be sent, as things stand now. `isWhole`: no field of the row was left out of it. */
  readonly prepare: (row: Row, patch: Patch, isWhole: boolean) => Prepared;
  /** The contact of a patch as far as it is known without asking anybody. */
  readonly findKnown: (mapped: Unmatched, row: Row) => Resolution | undefined;
  /** The contact of a patch, asking the API. */
  readonly find: (mapped: Unmatched, row: Row) => Promise<Resolution>;
  /** Makes a contact, or gives the patch for one that turns out to be there. */
  readonly create: (mapped: Unmatched, row: Row) => Promise<Delivered | { readonly found: Patch }>;
  readonly deliver: (patch: Patch, row: Row) => Promise<Delivered>;
  /** Runs jobs of one contact one after the other; a text stands for a contact whose id is not known yet. */
  readonly inLane: (lane: number | string, job: () => Promise<void>) => Promise<void>;
  readonly isBusy: (lane: number | string) => boolean;
  /**
   * Whether a row has one key at most. With several, two rows may mean one contact by different keys, so that only
   * one contact is looked up at a time: the order of a contact's rows comes before the pace of searches.
   */
  readonly isOneKey: boolean;
  /** Notes an outcome; {@link written} resolves when it is safe. */
  readonly record: (row: Row | BadRow, outcome: Outcome) => void;
  readonly written: () => Promise<void>;
  /** Resolves when there is room for more of what rows that are not sent leave behind. */
  readonly room: () => Promise<void>;
  /**
   * Whether the row is to be done, was settled by an earlier process, does not belong to this run, or does but to
   * another shard.
   */
  readonly claim: (row: Row | BadRow) => 'ours' | 'done' | 'foreign' | 'elsewhere';
  /** No other row is being looked up or sent, nor can be: what becomes of the held ones must be decided now. */
  readonly onIdle: () => void;
  /** Rows in flight, beside those that are called from the reserve. */
  readonly concurrency: number;
  readonly waitingRows: WaitingRows;
  /** Rows to read at most, over all inputs. */
  readonly limit: number;
  readonly dryRun: boolean;
  readonly stop: Shutdown;
}

export interface PipelineCounts {
  /** Rows read, settled ones included. */
  read: number;
  /** Rows among them that an earlier process settled. */
  doneBefore: number;
  /** Rows being delivered now. */
  inFlight: number;
  /** Rows that are being looked up or delivered, or wait to be; not those behind another row of their contact. */
  underWay: number;
}

/** Rows that may wait behind others of their contact, or for the answer to a search, beside those in flight. */
const WAITING_ROWS = 1_000;
/** Characters that all rows of the window may hold together. */
const WINDOW_CHARACTERS = 8 * 1024 * 1024;

/**
 * The journey of every row: read, map, find, prepare, deliver, record. `counts` is kept up to date while it runs.
 * Reading waits while the window is full, so memory does not grow with the input. A row whose job throws gets no
 * outcome, and the run stops with that error. What the inputs throw is thrown after the rows in flight have ended.
 */
export async function runPipeline(options: PipelineOptions, counts: PipelineCounts): Promise<void> {
  const { prepare, record, written, stop, waitingRows } = options;
  const inLane = (lane: number | string, job: () => Promise<void>): Promise<void> =>
    options.inLane(lane, async () => {
      counts.underWay += 1;
      try {
        await job();
      } finally {
        counts.underWay -= 1;
        judgeSoon();
      }
    });
  const limit = pLimit(options.concurrency);
  const window = createRowWindow(options.concurrency + WAITING_ROWS, WINDOW_CHARACTERS);
  const draining = stop.draining;
  /**
   * As many rows wait for a place in flight as there are places: more would only grow old, which costs twice, since
   * the collector copies what waits and does not clear away what then waited until much later. More where one that is
   * far away is wanted.
   */
  const isAhead = (): boolean =>
    window.isFull() || limit.pendingCount >= Math.max(options.concurrency, waitingRows.depth);
  let isReading = true;
  let heldRows = 0;
  /** The job of a row threw: its row stays pending, and no other one begins. */
  const fail = (error: unknown): void => stop.fail(stoppingError(error));

  const settle = (row: Row, outcome: Outcome | 'pending', more: Partial<Outcome>): Promise<void> => {
    if (outcome !== 'pending') record(row, { ...outcome, ...more });
    return written();
  };
  /** Takes a place in flight for `work` and brings the row to the outcome that it gives. */
  const carry = async (
    row: Row,
    more: Partial<Outcome>,
    work: () => Promise<Delivered | 'later'>,
  ): Promise<void> => {
    const begin = async (isCalled: boolean) => {
      if (isCalled) window.look(); // others are to be read
      counts.inFlight += 1;
      try {
        const delivered = draining.aborted ? 'pending' : await work();
        if (typeof delivered === 'object' && 'held' in delivered) return delivered;
        if (delivered !== 'later') await settle(row, delivered, more);
        return undefined;
      } catch (error) {
        fail(error); // before the place is free: no other row may take it
        return undefined;
      } finally {
        counts.inFlight -= 1;
      }
    };
    const held = await waitingRows.inTurn(limit, begin).finally(() => {
      window.look(); // a held row frees its place without leaving the window
      judgeSoon();
    });
    if (!held) return;
    heldRows += 1;
    counts.underWay -= 1;
    judgeSoon();
    const ruling = await held.held;
    heldRows -= 1;
    counts.underWay += 1;
    await settle(row, ruling, more);
  };
  /** In the lane of its contact: sends what need be sent by then. */
  const send = (row: Row, patch: Patch, dropped: Partial<Outcome>, ready?: Prepared): Promise<void> => {
    const prepared = ready ?? prepare(row, patch, dropped === NOTHING_MORE);
    if (prepared.kind === 'done') return settle(row, prepared.outcome, dropped);
    const more = prepared.conflicts ? { ...dropped, conflicts: prepared.conflicts } : dropped;
    if (options.dryRun) return settle(row, planned(prepared.patch), more);
    return carry(row, more, () => options.deliver(prepared.patch, row));
  };
  /**
   * In the lane of its key: finds the contact and joins the contact's own lane, without waiting for its end there.
   * A contact that is to be made is made here, so that the next row with its key finds it.
   */
  const findAndSend = async (
    row: Row,
    mapped: Unmatched,
    dropped: Partial<Outcome>,
  ): Promise<Joined | undefined> => {
    const found = draining.aborted
      ? PENDING
      : (options.findKnown(mapped, row) ?? (await options.find(mapped, row)));
    if (found.kind === 'done') {
      await settle(row, found.outcome, dropped);
      return undefined;
    }
    let patch = found.kind === 'patch' ? found.patch : undefined;
    if (!patch && options.dryRun) {
      await settle(row, { status: 'planned', fields: mapped.patch.fields }, dropped);
      return undefined;
    }
    if (!patch) {
      await carry(row, dropped, async () => {
        const made = await options.create(mapped, row);
        if (typeof made !== 'object' || !('found' in made)) return made;
        patch = made.found;
        return 'later';
      });
    }
    const own = patch;
    return own && { end: inLane(own.contactId, () => send(row, own, dropped)) };
  };

  /** Looks once the jobs that were waiting for this one have begun. */
  const judgeSoon = (): void => {
    if (heldRows > 0) setImmediate(judgeIfIdle);
  };
  const judgeIfIdle = (): void => {
    if (counts.underWay === 0 && heldRows > 0 && (!isReading || window.isFull())) options.onIdle();
  };
  /** Begins a job in its lane once there is room for its row. */
  const enter = async (
    row: Row,
    lane: number | string,
    job: () => Promise<Joined | undefined>,
  ): Promise<void> => {
    const weight = weightOf(row);
    while (isAhead()) {
      judgeSoon();
      await window.change();
    }
    window.enter(weight);
    let joined: Joined | undefined;
    void inLane(lane, async () => {
      joined = await job();
    })
      .then(() => joined?.end)
      .catch(fail)
      .finally(() => window.leave(weight));
  };

  /** Maps a row and begins its way, or ends it here where nothing is to be sent. Waits only for room. */
  const begin = (row: Row): Promise<void> | undefined => {
    const settled = options.unchanged(row);
    if (settled !== undefined && !options.isBusy(settled)) {
      record(row, { status: 'unchanged', contactId: settled });
      return undefined;
    }
    const mapped = options.map(row);
    if (mapped.kind === 'skipped' || mapped.kind === 'invalid') {
      record(row, unsent(mapped));
      return undefined;
    }
    const dropped = mapped.dropped ? { dropped: mapped.dropped } : NOTHING_MORE;
    let patch = mapped.kind === 'patch' ? mapped.patch : undefined;
    if (mapped.kind === 'unmatched') {
      const lane = laneOfKeys(mapped.keys, options.isOneKey);
      const known = options.isBusy(lane) ? undefined : options.findKnown(mapped, row);
      if (known?.kind !== 'patch') return enter(row, lane, () => findAndSend(row, mapped, dropped));
      patch = known.patch;
    }
    if (!patch) return undefined;
    const own = patch;
    const ready = options.isBusy(own.contactId) ? undefined : prepare(row, own, dropped === NOTHING_MORE);
    if (ready && (ready.kind === 'done' || options.dryRun)) {
      void send(row, own, dropped, ready); // records at once; the batch waits until it is written
      return undefined;
    }
    return enter(row, own.contactId, async () => {
      await send(row, own, dropped);
      return undefined;
    });
  };

  async function read(): Promise<void> {
    for (const source of options.sources) {
      for await (const batch of source.rows()) {
        for (const row of batch) {
          if (draining.aborted || counts.read >= options.limit) return;
          const claim = options.claim(row);
          if (claim === 'foreign' || claim === 'elsewhere') continue;
          counts.read += 1;
          if (claim === 'done') counts.doneBefore += 1;
          else if ('error' in row) record(row, { status: 'invalid', error: row.error });
          else {
            const room = begin(row);
            if (room) await room;
          }
        }
        await written();
        await options.room();
      }
    }
  }

  try {
    await read();
  } finally {
    isReading = false;
    judgeSoon();
    while (!window.isEmpty()) await window.change();
    await written();
  }
}

// --- internal ---

/** A row that has joined the lane of its contact; `end` resolves when it is through. */
interface Joined {
  readonly end: Promise<void>;
}

/** Lane of all lookups where rows have several keys. */
const EVERY_KEY = 'any key';

const NOTHING_MORE: Partial<Outcome> = {};
const PENDING: Resolution = { kind: 'done', outcome: 'pending' };

/** The lane in which a contact is looked up by these keys; `isOneKey` as in {@link PipelineOptions}. */
export function laneOfKeys(keys: readonly MatchKey[], isOneKey: boolean): string {
  return isOneKey ? laneOf(keys) : EVERY_KEY;
}

/** What stands for a contact until its id is known: the first of its keys. */
export function laneOf(keys: readonly MatchKey[]): string {
  const [key] = keys;
  return key ? `${key.field}:${key.value}` : '';
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

function weightOf(row: Row): number {
  if (row.text !== undefined) return row.text.length;
  let weight = 0;
  for (const cell of row.record as readonly string[]) weight += cell.length;
  return weight;
}
