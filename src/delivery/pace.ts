import Bottleneck from 'bottleneck';
import type { Clock } from '../clock.ts';

/** Hands out permission to send, at a rate, in the order in which it is asked for. */
export interface Pace {
  /** Resolves true when one attempt may be sent now, false once the run drains. */
  permit(): Promise<boolean>;
  /** Nobody gets a permit before `untilMs` (Unix time). A later call can only prolong the pause. */
  pauseUntil(untilMs: number): void;
  /** How many wait for a permit. */
  readonly waiting: number;
  /** Whether a pause is in force. */
  readonly paused: boolean;
}

/** A lease covers this share of a second. Bottleneck alone starts some 420 jobs per second at most, whatever its limit. */
const LEASE_SECONDS = 0.01;
/** What the first request takes to leave, more than later ones: connecting, and code that is run for the first time. */
const WARM_UP_MS = 30;
/** What was missed longer ago than this is not made up for. */
const MOST_OWED_MS = 250;

/**
 * A pace of `ratePerSecond` (may be `Infinity`). One Bottleneck job grants a lease of some permits; leases are
 * spaced evenly. A lease that is not used up in its time lapses, so that a pause in demand never turns into a
 * burst. One that comes late, since the process was held up, is up to twice as large, so that the rate holds on a
 * busy machine; a ring of the last second's permits forbids more than rate × 1.015 + 1 in any rolling second.
 */
export function createPace(ratePerSecond: number, clock: Clock, draining: AbortSignal): Pace {
  const unlimited = ratePerSecond === Number.POSITIVE_INFINITY;
  const leaseSize = unlimited ? 64 : Math.max(1, Math.round(ratePerSecond * LEASE_SECONDS));
  const leaseMs = (1000 * leaseSize) / ratePerSecond;
  const limiter = unlimited ? undefined : new Bottleneck({ maxConcurrent: 1, minTime: leaseMs });
  const recent = unlimited ? undefined : createRing(Math.max(1, Math.floor(ratePerSecond * 1.015 + 1)));
  const waiters: ((granted: boolean) => void)[] = [];
  let head = 0;
  let permits = 0;
  let lapsesAt = 0;
  /** When the next lease is due while demand lasts. */
  let dueAt = 0;
  let idleSince = Number.NEGATIVE_INFINITY;
  let pausedUntil = 0;
  let isPumping = false;

  draining.addEventListener('abort', () => {
    for (const grant of waiters.splice(head)) grant(false);
    void limiter?.stop({ dropWaitingJobs: true }).catch(() => {});
  });

  let isSeeded = false;

  /** Serves waiters until none is left. Only one runs at a time, so order is kept. */
  async function pump(): Promise<void> {
    isPumping = true;
    if (!isSeeded) recent?.seed(clock.monotonic());
    isSeeded = true;
    if (clock.monotonic() - idleSince > leaseMs) dueAt = Math.max(dueAt, clock.monotonic());
    while (waiters.length > head) {
      const pauseMs = pausedUntil - clock.now();
      if (pauseMs > 0) {
        permits = 0;
        await clock.sleep(pauseMs, draining);
        dueAt = clock.monotonic();
        continue;
      }
      if (permits === 0 || clock.monotonic() >= lapsesAt) {
        await limiter?.schedule(async () => {}).catch(() => {}); // dropped by the drain: nobody waits any more
        const now = clock.monotonic();
        const since = Math.max(dueAt, now - MOST_OWED_MS);
        const owed = unlimited ? 0 : Math.floor(((now - since) * ratePerSecond) / 1000);
        permits = leaseSize + Math.min(leaseSize, Math.max(0, owed));
        dueAt = since + (1000 * permits) / ratePerSecond;
        lapsesAt = now + (unlimited ? 1 : leaseMs);
        continue;
      }
      const tooEarlyMs = recent ? recent.oldest() + 1000 - clock.monotonic() : 0;
      if (tooEarlyMs > 0) {
        await clock.sleep(tooEarlyMs, draining);
        continue;
      }
      permits -= 1;
      recent?.push(clock.monotonic());
      waiters[head]?.(true);
      head += 1;
      if (head > 1024) {
        waiters.splice(0, head);
        head = 0;
      }
    }
    idleSince = clock.monotonic();
    isPumping = false;
  }

  return {
    permit() {
      if (draining.aborted) return Promise.resolve(false);
      return new Promise((grant) => {
        waiters.push(grant);
        if (!isPumping) void pump();
      });
    },
    pauseUntil(untilMs) {
      pausedUntil = Math.max(pausedUntil, untilMs);
    },
    get waiting() {
      return waiters.length - head;
    },
    get paused() {
      return pausedUntil > clock.now();
    },
  };
}

// --- internal ---

/** The last `size` times; `oldest()` is `-Infinity` until it is full. */
function createRing(size: number): { seed(now: number): void; push(time: number): void; oldest(): number } {
  const times = new Float64Array(size).fill(Number.NEGATIVE_INFINITY);
  let next = 0;
  return {
    /** As if the last second had been used up evenly: the first request is slow to leave, and what follows would catch up with it. */
    seed(now) {
      for (let i = 0; i < size; i += 1) times[i] = now - 1000 + (i * 1000) / size + (i > 0 ? WARM_UP_MS : 0);
    },
    push(time) {
      times[next] = time;
      next = (next + 1) % size;
    },
    oldest: () => times[next] ?? Number.NEGATIVE_INFINITY,
  };
}
