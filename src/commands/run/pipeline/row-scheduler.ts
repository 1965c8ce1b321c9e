import pLimit from 'p-limit';
import { stoppingError } from '../../../core/errors.ts';
import type { KeyedQueue, QueueKey } from '../../../core/keyed-queue.ts';
import type { Shutdown } from '../../../core/shutdown.ts';
import type { Delivered, Outcome, Row } from '../../../core/types.ts';
import { charactersOf, createRowWindow } from './row-window.ts';
import type { WaitingRows } from './waiting-rows.ts';

/** Rows that may wait behind others of their contact, or for the answer to a search, beside those in flight. */
const WAITING_ROWS = 1_000;
/** Characters that all rows of the window may hold together. */
const WINDOW_CHARACTERS = 8 * 1024 * 1024;

export interface RowSchedulerOptions {
  /** One lane for each contact; the health check of the API shares it. */
  readonly lanes: KeyedQueue;
  /** Rows that wait for a place in flight; the circuit breaker may start one of them out of turn. */
  readonly waitingRows: WaitingRows;
  /** Rows in flight, beside those that are started out of turn. */
  readonly concurrency: number;
  readonly stop: Shutdown;
  /** Kept up to date: rows in flight, and rows that are being looked up or delivered or wait to be. */
  readonly counts: { inFlight: number; underWay: number };
  /** Called when only held rows are left and no other can begin: their outcome must be decided now. */
  readonly releaseHeld: () => void;
  /** Notes the outcome of a row; resolves when it is safe. A row that is `pending` gets none. */
  readonly settle: (row: Row, outcome: Outcome | 'pending', more: Partial<Outcome>) => Promise<void>;
}

/** A row that goes on outside the lane in which its job ran; `end` resolves when it is through. */
export interface Onward {
  readonly end: Promise<void>;
}

/** The work of a row in a lane; it may go on elsewhere after it has left the lane. */
type LaneJob = () => Promise<Onward | undefined>;

/** Decides when a row may go on: room in memory, its turn behind other rows of its contact, a place in flight. */
export interface RowScheduler {
  isBusy(lane: QueueKey): boolean;
  /**
   * Begins a job in its lane once there is room for its row, and calls `onThrough` when the row is through. Resolves when
   * it was taken in.
   */
  enter(row: Row, lane: QueueKey, job: LaneJob, onThrough: () => void): Promise<void>;
  /** Runs a job in the lane of a contact, for a row that has room already. */
  join(lane: QueueKey, job: LaneJob): Onward;
  /** Goes on with a row outside of any lane. */
  leave(work: () => Promise<Onward | undefined>): Onward;
  /** Waits for other rows on behalf of a row that is under way: meanwhile it is not. */
  aside(wait: Promise<void>): Promise<void>;
  /**
   * Takes a place in flight for `work` and brings the row to the outcome that it gives; `later`: it has none yet. Where the
   * run ends before that, `onDropped` is called and the row is pending.
   */
  carry(
    row: Row,
    more: Partial<Outcome>,
    work: () => Promise<Delivered | 'later'>,
    onDropped?: () => void,
  ): Promise<void>;
  /** No more rows come: resolves when the last one is through. */
  finish(): Promise<void>;
}

export function createRowScheduler(options: RowSchedulerOptions): RowScheduler {
  const { lanes, waitingRows, concurrency, stop, counts, releaseHeld, settle } = options;
  const limit = pLimit(concurrency);
  const window = createRowWindow(concurrency + WAITING_ROWS, WINDOW_CHARACTERS);
  const draining = stop.draining;
  let isReading = true;
  let heldRows = 0;

  /** The job of a row threw: its row stays pending, and no other one begins. */
  const fail = (error: unknown): void => stop.fail(stoppingError(error));
  /**
   * Queue at most `concurrency` rows: longer queues survive into V8's old generation, which is slower to collect.
   * More where the circuit breaker wants a row that is further away.
   */
  const isAhead = (): boolean =>
    window.isFull() || limit.pendingCount >= Math.max(concurrency, waitingRows.depth);
  /** Looks once the jobs that were waiting for this one have begun. */
  const judgeSoon = (): void => {
    if (heldRows > 0) setImmediate(judgeIfIdle);
  };
  const judgeIfIdle = (): void => {
    if (counts.underWay === 0 && heldRows > 0 && (!isReading || window.isFull())) releaseHeld();
  };
  /** From when a job begins, its row is under way. */
  const underWay = async (job: LaneJob): Promise<Onward | undefined> => {
    counts.underWay += 1;
    try {
      return await job();
    } finally {
      counts.underWay -= 1;
      judgeSoon();
    }
  };
  /** Resolves when the job has ended, wherever it went on. */
  const inLane = async (lane: QueueKey, job: LaneJob): Promise<void> => {
    const onward = await lanes.add(lane, () => underWay(job));
    if (onward) await onward.end;
  };

  const goThrough = async (lane: QueueKey, job: LaneJob, weight: number, onThrough: () => void) => {
    try {
      await inLane(lane, job);
    } catch (error) {
      fail(error);
    } finally {
      onThrough();
      window.leave(weight);
    }
  };

  return {
    isBusy: (lane) => lanes.isBusy(lane),
    join: (lane, job) => ({ end: inLane(lane, job) }),
    leave: (work) => ({ end: underWay(work).then((onward) => onward?.end) }),
    async aside(wait) {
      counts.underWay -= 1;
      judgeSoon();
      await wait;
      counts.underWay += 1;
    },
    async enter(row, lane, job, onThrough) {
      const weight = charactersOf(row);
      while (isAhead()) {
        judgeSoon();
        await window.change();
      }
      window.enter(weight);
      void goThrough(lane, job, weight, onThrough);
    },
    async carry(row, more, work, onDropped) {
      const begin = async (isOutOfTurn: boolean) => {
        if (isOutOfTurn) window.look(); // others are to be read
        counts.inFlight += 1;
        try {
          if (draining.aborted) {
            onDropped?.();
            await settle(row, 'pending', more);
            return undefined;
          }
          const delivered = await work();
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
      const held = await waitingRows.inTurn(limit, begin);
      window.look(); // a held row frees its place without leaving the window
      judgeSoon();
      if (!held) return;
      heldRows += 1;
      counts.underWay -= 1;
      judgeSoon();
      const ruling = await held.held;
      heldRows -= 1;
      counts.underWay += 1;
      await settle(row, ruling, more);
    },
    async finish() {
      isReading = false;
      judgeSoon();
      while (!window.isEmpty()) await window.change();
    },
  };
}
