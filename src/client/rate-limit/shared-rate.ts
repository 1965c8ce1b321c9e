import type { Clock } from '../../core/clock.ts';
import { createEvenLeases, createRecent, type EvenLeases, type Lease, mostInASecond } from './fixed-rate.ts';

/** What the workers of an account share, as the leases need it. */
export interface SharedBudget {
  /**
   * `together` by turns; `alone` each its fair share, since nobody knows whose turn it is; `returning` by turns, but
   * each not more than its fair share, since others may still be alone.
   */
  readonly mode: 'together' | 'alone' | 'returning';
  /** Permits per second for all together; `Infinity` for no limit. */
  readonly ratePerSecond: number;
  readonly workers: number;
  /** How long a turn is, in milliseconds. */
  readonly turnMs: number;
  /** Takes the next turn. Resolves when it begins, with when it should have (monotonic); undefined if none can be had. */
  waitingRows(): Promise<number | undefined>;
  setRate(ratePerSecond: number): void;
  /** Calls `listener` whenever the mode changed. */
  onChange(listener: () => void): void;
  stop(): void;
}

/** Permits of a turn come in slices of so many milliseconds at least, so that they leave evenly. */
const SLICE_MS = 10;
/** Turns shorter than this are taken ahead, so that one follows the other. */
const AHEAD_MS = 200;
/** For how long the turns taken ahead last: a process that is held up for less misses none. */
const COVER_MS = 150;
/** With more turns than that in hand no other is taken. */
const ENOUGH = 1.25;
/** What was missed is made up for, but not more of it than the worker's share gives in this time. */
const MOST_OWED_MS = 250;
/** So much of the rate is used, since Redis rounds waits down to milliseconds. */
const HAIR = 0.9975;
/** What a late slice may be made up for with, as a share of what was granted in the second before. */
const SLACK = 1.01;

/**
 * Leases of a rate that several workers share. Turns follow each other on one time line, so all together are exact. A
 * worker spreads the permits of a turn over the time to its next, so that late ones of one worker do not meet those of
 * another in a burst. What the process was too late for is made up for, but in no rolling second has it used more than
 * 1.01 of what it was granted in that second. What it had no use for lapses.
 */
export function createSharedLeases(budget: SharedBudget, clock: Clock): EvenLeases {
  const recent = createRecent(mostInASecond(boundedRate()));
  const granted = createGranted();
  let turns: Turn[] = [];
  let reserved = 0;
  let credit = 0;
  let isAlone = false;
  let isClosed = false;
  let alone: EvenLeases | undefined;
  let lastBegan = Number.NEGATIVE_INFINITY;
  let woken = new AbortController();

  function boundedRate(): number {
    return Number.isFinite(budget.ratePerSecond) ? budget.ratePerSecond : 1_000;
  }
  function share(): number {
    return boundedRate() / budget.workers;
  }
  const wake = (): void => woken.abort();
  budget.onChange(wake);
  function permitsOfTurn(): number {
    return Math.max(1, (HAIR * boundedRate() * budget.turnMs) / 1000);
  }
  function begin(at: number): void {
    const { turnMs, workers } = budget;
    const fairMs = workers * turnMs;
    const sinceLast = at - lastBegan;
    lastBegan = at;
    const ms = Math.max(turnMs, sinceLast > 2 * fairMs ? fairMs : sinceLast);
    turns.push(createTurn(at, ms, permitsOfTurn()));
  }
  function waitingRows(): void {
    reserved += 1;
    void budget.waitingRows().then((beginsAt) => {
      reserved = Math.max(0, reserved - 1);
      if (beginsAt !== undefined) begin(beginsAt);
      wake();
    });
  }
  /** Adds what is due of the turns that began. */
  function collect(now: number): void {
    for (const turn of turns) {
      for (const at of turn.due(now)) {
        granted.push(at, turn.slice);
        credit += turn.slice;
      }
    }
    turns = turns.filter((turn) => !turn.isOver());
    credit = Math.min(credit, Math.max(1, (share() * MOST_OWED_MS) / 1000));
  }
  function startedAlone(): EvenLeases {
    if (!alone) alone = createEvenLeases(share(), clock);
    else alone.setRate(share());
    if (!isAlone) {
      alone.restart(Number.POSITIVE_INFINITY);
      turns = [];
      credit = 0;
      reserved = 0;
    }
    isAlone = true;
    return alone;
  }

  return {
    async next(): Promise<Lease> {
      for (;;) {
        const now = clock.monotonic();
        if (isClosed) return { permits: 0, lapsesAt: now };
        if (!Number.isFinite(budget.ratePerSecond)) return { permits: 64, lapsesAt: now + 1 };
        recent.reach(mostInASecond(boundedRate()));
        woken = new AbortController();
        if (budget.mode === 'alone') {
          const lease = await Promise.race([startedAlone().next(), aborted(woken.signal)]);
          if (lease) return lease;
          continue;
        }
        isAlone = false;
        collect(now);
        const left = turns.reduce((sum, turn) => sum + turn.left, credit);
        const enough = budget.turnMs < AHEAD_MS ? ENOUGH * permitsOfTurn() : 1;
        const ahead = Math.max(1, Math.ceil(COVER_MS / (budget.workers * budget.turnMs)));
        if (left < enough) while (reserved < ahead) waitingRows();
        if (credit >= 1) return { permits: Math.floor(credit), lapsesAt: now + SLICE_MS };
        const waitMs = turns.length > 0 ? Math.min(...turns.map((turn) => turn.nextMs(now))) : budget.turnMs;
        await clock.sleep(waitMs, woken.signal);
      }
    },
    tooEarlyMs() {
      const rate = boundedRate();
      if (!Number.isFinite(budget.ratePerSecond)) return 0;
      const now = clock.monotonic();
      const most =
        budget.mode === 'together'
          ? Math.max(1, Math.floor(granted.lastSecond(now) * SLACK + 1e-6))
          : mostInASecond(share());
      const early = recent.last(Math.min(most, mostInASecond(rate))) + 1000 - now;
      if (isAlone && alone) return Math.max(early, alone.tooEarlyMs());
      // turns that begin meanwhile may allow it sooner, and are only taken while somebody asks
      return Math.min(early, SLICE_MS);
    },
    used() {
      recent.push(clock.monotonic());
      if (isAlone) alone?.used();
      else credit = Math.max(0, credit - 1);
    },
    restart(idleMs) {
      if (idleMs > SLICE_MS) {
        collect(clock.monotonic());
        credit = 0;
      }
      if (isAlone) alone?.restart(idleMs);
    },
    setRate: (ratePerSecond) => budget.setRate(ratePerSecond),
    close() {
      isClosed = true;
      budget.stop();
      alone?.close();
      wake();
    },
  };
}

// --- internal ---

/** A turn that began: its permits become due slice by slice. */
interface Turn {
  /** Permits of a slice. */
  readonly slice: number;
  /** Permits that are not due yet. */
  readonly left: number;
  /** The slices that became due since it was last asked: when each did. */
  due(now: number): number[];
  isOver(): boolean;
  /** Milliseconds until the next slice. */
  nextMs(now: number): number;
}

function createTurn(beganAt: number, ms: number, permits: number): Turn {
  // one permit, or few, need no slices
  const slices = permits < 2 ? 1 : Math.max(1, Math.min(Math.round(ms / SLICE_MS), Math.floor(permits)));
  const beginOf = (index: number) => beganAt + (index * ms) / slices;
  let told = 0;
  return {
    slice: permits / slices,
    get left() {
      return ((slices - told) * permits) / slices;
    },
    due(now) {
      const times: number[] = [];
      for (; told < slices && beginOf(told) <= now; told += 1) times.push(beginOf(told));
      return times;
    },
    isOver: () => told === slices,
    nextMs: (now) => Math.max(0, beginOf(told) - now),
  };
}

/** What was granted in the last second. */
function createGranted() {
  let entries: { readonly at: number; readonly permits: number }[] = [];
  return {
    push(at: number, permits: number): void {
      entries.push({ at, permits });
    },
    lastSecond(now: number): number {
      entries = entries.filter(({ at }) => at > now - 1000);
      return entries.reduce((sum, { permits }) => sum + permits, 0);
    },
  };
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
