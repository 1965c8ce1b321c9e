import type { Redis } from 'ioredis';
import type { Clock } from '../../core/clock.ts';
import { faultOf } from './connect.ts';
import type { LockEntry, Membership, View } from './membership.ts';
import { openTurnQueue } from './turn-queue.ts';

/**
 * How the rate is shared: `together` by turns; `alone`, since Redis fails, each its fair share; `returning` by turns,
 * but each not more than its fair share, until all had the time to notice that Redis is back.
 */
export type Mode = 'together' | 'alone' | 'returning';

/** The rate that all workers of an account share. */
export interface Budget {
  readonly mode: Mode;
  /** Permits per second for all together: the lowest `--rate` of any; `Infinity` for no limit. */
  readonly ratePerSecond: number;
  /** Workers among whom the rate is shared, this one included, as last known. */
  readonly workers: number;
  /** How long a turn is, in milliseconds. */
  readonly turnMs: number;
  /** Takes the next turn. Resolves when it begins, with when it should have (monotonic); undefined where Redis fails. */
  waitingRows(): Promise<number | undefined>;
  /** What this worker asks for from now on. */
  setRate(ratePerSecond: number): void;
  /** Calls `listener` whenever the mode changed. */
  onChange(listener: () => void): void;
  /** All workers pause for `ms` from now on; does not wait for Redis. */
  pause(ms: number): void;
  /** No more turns are taken. */
  stop(): void;
  /** Leaves the others and closes the connections; takes 300 ms at most. */
  close(): Promise<void>;
}

export interface BudgetOptions {
  readonly client: Redis;
  readonly members: Membership;
  readonly account: string;
  readonly ratePerSecond: number;
  readonly clock: Clock;
  /** Redis fails: `fault` in a word. Once until it holds again. */
  readonly onLost: (fault: string) => void;
  readonly onBack: () => void;
  /** Another worker was throttled: until `untilMs` (Unix time). */
  readonly onPause: (untilMs: number) => void;
  /** The rate that holds changed, to one that is not what this worker asked for, or back. */
  readonly onRate: (ratePerSecond: number) => void;
  /** Somebody took the lock while Redis, or this worker, was away. */
  readonly onLockLost: (holder: LockEntry) => void;
}

const BEAT_MS = 1_000;
/** While Redis fails. */
const LOOK_MS = 250;
/** All workers notice within this time that Redis is back. */
const RETURN_MS = 5_000;
const GOODBYE_MS = 300;
/** Pauses that end within this many milliseconds of each other are the same pause; the difference is clock skew. */
const ECHO_MS = 50;
/** A turn takes three calls of Redis, and a worker by itself takes every turn: 43 calls per second. */
const TURN_MS = 70;

/** A turn for at least one permit, in whole milliseconds: Bottleneck adds it to times of life, which Redis wants whole. */
export function turnOf(ratePerSecond: number): number {
  return Math.max(TURN_MS, Math.ceil(1000 / ratePerSecond));
}

/** Begins to share the rate; `first` is what the worker saw when it came. */
export async function openBudget(options: BudgetOptions, first: View): Promise<Budget> {
  const { client, members, clock } = options;
  const closing = new AbortController();
  let asked = options.ratePerSecond;
  let { workers, rate } = first;
  let mode: Mode = 'together';
  let togetherAt = 0;
  let pausedUntil = 0;
  const told = { lost: false, back: false };
  const listeners: (() => void)[] = [];
  const enter = (next: Mode): void => {
    mode = next;
    for (const listener of listeners) listener();
  };
  const lost = (error: unknown): void => {
    if (mode === 'alone' || closing.signal.aborted) return;
    enter('alone');
    if (!told.lost) options.onLost(faultOf(error));
    told.lost = true;
  };
  const line = await openTurnQueue(client, {
    account: options.account,
    turnMs: turnOf(rate),
    clock,
    onFault: lost,
  });
  const paused = (until: number): void => {
    if (until <= pausedUntil + ECHO_MS || until <= clock.now()) return;
    pausedUntil = until;
    options.onPause(until);
  };

  function take(view: View): void {
    const now = clock.monotonic();
    if (mode === 'alone') {
      togetherAt = now + RETURN_MS;
      enter('returning');
      line.setTurn(turnOf(view.rate)); // a Redis that was begun anew has forgotten it
      if (!told.back) options.onBack();
      told.back = true;
    }
    const isReturned = mode === 'returning' && now >= togetherAt;
    // a worker that Redis has not answered yet still sends its share
    workers = mode === 'returning' && !isReturned ? Math.max(workers, view.workers) : view.workers;
    if (isReturned) {
      enter('together');
      told.lost = told.back = false;
    }
    if (view.rate !== rate) {
      rate = view.rate;
      line.setTurn(turnOf(rate));
      options.onRate(rate);
    }
    paused(view.pausedUntil);
  }
  async function beat(): Promise<void> {
    for (;;) {
      await clock.sleep(mode === 'alone' ? LOOK_MS : BEAT_MS, closing.signal);
      if (closing.signal.aborted) return; // a heartbeat now would come after the goodbye
      try {
        const view = await members.beat(asked);
        if (closing.signal.aborted) return;
        if ('heldBy' in view) options.onLockLost(view.heldBy);
        else take(view);
      } catch (error) {
        lost(error);
      }
    }
  }

  line.setTurn(turnOf(rate)); // the one that began may have asked for another rate
  line.listen(members.channel, (message) => paused(members.endOf(message))).catch(lost);
  void beat();
  paused(first.pausedUntil);
  return {
    get mode() {
      return mode;
    },
    get ratePerSecond() {
      return rate;
    },
    get workers() {
      return workers;
    },
    get turnMs() {
      return turnOf(rate);
    },
    onChange: (listener) => void listeners.push(listener),
    waitingRows: () => line.waitingRows(),
    setRate(ratePerSecond) {
      asked = ratePerSecond;
    },
    pause(ms) {
      pausedUntil = Math.max(pausedUntil, clock.now() + ms); // our own needs no telling
      members.pause(ms).catch(lost);
    },
    stop: line.stop,
    async close() {
      closing.abort();
      line.stop();
      await Promise.race([members.leave().catch(() => {}), clock.sleep(GOODBYE_MS)]);
      line.close();
    },
  };
}
