import Bottleneck from 'bottleneck';
import type { Clock } from '../../core/clock.ts';

/** Permits that may be used now. */
export interface Lease {
  readonly permits: number;
  /** What is not used by then (monotonic milliseconds) lapses, so that a pause in demand never turns into a burst. */
  readonly lapsesAt: number;
}

/** Where a pace gets its permits from. One caller at a time. */
export interface Leases {
  /** Resolves once the next lease is due, or once it is closed. */
  next(): Promise<Lease>;
  /** Milliseconds to wait before one more permit of a lease may be used; 0 or less: none. */
  tooEarlyMs(): number;
  /** A permit was used. */
  used(): void;
  /** Demand begins anew after `idleMs` without any: what was missed in a longer pause is not made up for. */
  restart(idleMs: number): void;
  /** No more leases are asked for. */
  close(): void;
}

/** Leases at a rate that can be changed. */
export interface EvenLeases extends Leases {
  /** Permits per second, finite, from the next lease on; the bound of the rolling second holds at once. */
  setRate(ratePerSecond: number): void;
}

/** A lease covers this share of a second. Bottleneck alone starts some 420 jobs per second at most, whatever its limit. */
const LEASE_SECONDS = 0.01;
/** What the first request takes to leave, more than later ones: connecting, and code that is run for the first time. */
const WARM_UP_MS = 30;
/**
 * Share of the time between smooth leases after which one may follow that is late already. Far apart they hurry little:
 * a limiter that lets no two come closer than its rate says would refuse them.
 */
const HURRY = { far: 0.97, near: 0.85, farMs: 20 };
/** A lease that is late by so much is not late because the process was busy. */
const OVERDUE_MS = 250;
/** What was missed longer ago than this is not made up for. */
const MOST_OWED_MS = 250;

/**
 * Leases spaced evenly: one Bottleneck job grants one. A lease that comes late, since the process was held up, is up
 * to twice as large, so that the rate holds on a busy machine; with `isSmooth` leases follow each other a little sooner
 * instead, for limiters that refuse what comes at once. No rolling second has more than rate × 1.006 + 1.
 */
export function createEvenLeases(ratePerSecond: number, clock: Clock, { isSmooth = false } = {}): EvenLeases {
  let rate = ratePerSecond;
  let { size, ms } = leaseOf(rate);
  const minTime = (): number => (isSmooth ? ms * (ms < HURRY.farMs ? HURRY.near : HURRY.far) : ms);
  const openLimiter = (): Bottleneck => new Bottleneck({ maxConcurrent: 1, minTime: minTime() });
  let limiter = openLimiter();
  const closing = new AbortController();
  const recent = createRecent(mostInASecond(rate));
  /** When the next lease is due while demand lasts. */
  let dueAt = 0;
  let isSeeded = false;

  /** Since when a lease is asked for, and how to have it without Bottleneck. */
  let asked: { readonly at: number; readonly take: () => void } | undefined;
  let isWatched = false;

  /** Resolves when Bottleneck grants the next lease, or when it is overdue. */
  async function granted(): Promise<void> {
    const overdue = new Promise<void>((take) => {
      asked = { at: clock.monotonic(), take };
    });
    if (!isWatched) void watch();
    // rejects where the limiter is stopped
    await Promise.race([limiter.schedule(async () => {}).catch(() => {}), overdue]);
    asked = undefined;
  }

  /**
   * While leases are asked for: Bottleneck reads the wall clock, and set back by an hour that clock would hold every
   * lease for an hour. Where one is overdue by the monotonic clock, Bottleneck is replaced.
   */
  async function watch(): Promise<void> {
    isWatched = true;
    while (asked && !closing.signal.aborted) {
      await clock.sleep(OVERDUE_MS, closing.signal);
      if (!asked || clock.monotonic() - asked.at < minTime() + OVERDUE_MS) continue;
      void limiter.stop({ dropWaitingJobs: true }).catch(() => {});
      limiter = openLimiter();
      asked.take();
    }
    isWatched = false;
  }

  return {
    async next() {
      await granted();
      if (isSmooth) {
        await clock.sleep(dueAt - clock.monotonic(), closing.signal);
        dueAt = Math.max(dueAt, clock.monotonic() - MOST_OWED_MS) + ms;
        return { permits: size, lapsesAt: clock.monotonic() + ms };
      }
      const now = clock.monotonic();
      const since = Math.max(dueAt, now - MOST_OWED_MS);
      const owed = Math.floor(((now - since) * rate) / 1000);
      const permits = size + Math.min(size, Math.max(0, owed));
      dueAt = since + (1000 * permits) / rate;
      return { permits, lapsesAt: now + ms };
    },
    tooEarlyMs: () => recent.last(mostInASecond(rate)) + 1000 - clock.monotonic(),
    used: () => recent.push(clock.monotonic()),
    restart(idleMs) {
      const now = clock.monotonic();
      if (!isSeeded) recent.seed(now);
      isSeeded = true;
      if (idleMs > ms) dueAt = Math.max(dueAt, now);
    },
    setRate(next) {
      rate = next;
      ({ size, ms } = leaseOf(rate));
      recent.reach(mostInASecond(rate));
      limiter.updateSettings({ minTime: minTime() });
    },
    close() {
      closing.abort();
      void limiter.stop({ dropWaitingJobs: true }).catch(() => {});
    },
  };
}

/** Leases without a limit; they are due at once. */
export function createUnlimitedLeases(): Leases {
  return {
    next: async () => ({ permits: Number.POSITIVE_INFINITY, lapsesAt: Number.POSITIVE_INFINITY }),
    tooEarlyMs: () => 0,
    used: () => {},
    restart: () => {},
    close: () => {},
  };
}

/** Leases at a rate, or without a limit where it is `Infinity`. */
export function createLeases(ratePerSecond: number, clock: Clock): Leases {
  return Number.isFinite(ratePerSecond) ? createEvenLeases(ratePerSecond, clock) : createUnlimitedLeases();
}

// --- internal ---

function leaseOf(rate: number): { size: number; ms: number } {
  const size = Math.max(1, Math.round(rate * LEASE_SECONDS));
  return { size, ms: (1000 * size) / rate };
}

/** The most permits that a rolling second may hold. */
export function mostInASecond(rate: number): number {
  return Math.max(1, Math.floor(rate * 1.006 + 1));
}

/** Remembers when permits were used, for as many of them as a second may hold. */
export interface Recent {
  /**
   * As if the last second had been used up evenly: the first request is slow to leave, and what follows would catch
   * up with it.
   */
  seed(now: number): void;
  push(time: number): void;
  /** When the `n`-th last permit was used; `-Infinity` where there were fewer. */
  last(n: number): number;
  /** Makes room for the last `n`. */
  reach(n: number): void;
}

export function createRecent(size: number): Recent {
  let times = new Float64Array(size).fill(Number.NEGATIVE_INFINITY);
  /** Where the next time goes; the oldest stands there. */
  let next = 0;
  return {
    seed(now) {
      const { length } = times;
      for (let i = 0; i < length; i += 1)
        times[i] = now - 1000 + (i * 1000) / length + (i > 0 ? WARM_UP_MS : 0);
      next = 0;
    },
    push(time) {
      times[next] = time;
      next = (next + 1) % times.length;
    },
    last: (n) => times[(next - n + 2 * times.length) % times.length] ?? Number.NEGATIVE_INFINITY,
    reach(n) {
      if (n <= times.length) return;
      const wider = new Float64Array(2 * n).fill(Number.NEGATIVE_INFINITY);
      const kept = times.length;
      for (let i = 0; i < kept; i += 1) wider[i] = times[(next + i) % kept] ?? Number.NEGATIVE_INFINITY;
      times = wider;
      next = kept;
    },
  };
}
