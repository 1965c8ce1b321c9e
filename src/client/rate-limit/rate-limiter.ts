import type { Clock } from '../../core/clock.ts';
import type { Lease, Leases } from './fixed-rate.ts';

/** Hands out permission to send, at a rate, in the order in which it is asked for. */
export interface RateLimiter {
  /** Resolves true when one attempt may be sent now, false once the run drains. */
  permit(): Promise<boolean>;
  /** Takes a permit that is at hand; false where one must be waited for. */
  permitNow(): boolean;
  /** No permit is granted for `ms` from now on. A later call can only prolong the pause. */
  pauseFor(ms: number): void;
  /** How many requests wait for a permit. */
  readonly waiting: number;
  /** Whether a pause is in force. */
  readonly paused: boolean;
  /** What is left of the pause in force, in milliseconds; 0 where there is none. */
  readonly pauseLeftMs: number;
}

/** A rate limiter that hands out the permits of `leases`. */
export function createRateLimiter(leases: Leases, clock: Clock, draining: AbortSignal): RateLimiter {
  const waiters: ((granted: boolean) => void)[] = [];
  let head = 0;
  let lease: Lease = NO_LEASE;
  let used = 0;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  let isPumping = false;
  let idleSince = Number.NEGATIVE_INFINITY;

  draining.addEventListener('abort', () => {
    for (const grant of waiters.splice(head)) grant(false);
    leases.close();
  });

  function use(): void {
    used += 1;
    leases.used();
  }

  /** Serves waiters until none is left. Only one runs at a time, so order is kept. */
  async function pump(): Promise<void> {
    isPumping = true;
    leases.restart(clock.monotonic() - idleSince);
    while (waiters.length > head) {
      const pauseMs = pausedUntil - clock.monotonic();
      if (pauseMs > 0) {
        lease = NO_LEASE;
        await clock.sleep(pauseMs, draining);
        leases.restart(Number.POSITIVE_INFINITY);
        continue;
      }
      if (used >= lease.permits || clock.monotonic() >= lease.lapsesAt) {
        lease = await leases.next();
        used = 0;
        continue;
      }
      const tooEarlyMs = leases.tooEarlyMs();
      if (tooEarlyMs > 0) {
        await clock.sleep(tooEarlyMs, draining);
        continue;
      }
      use();
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
    permitNow() {
      const now = clock.monotonic();
      const isAtHand = used < lease.permits && now < lease.lapsesAt && now >= pausedUntil;
      if (isPumping || draining.aborted || !isAtHand || leases.tooEarlyMs() > 0) return false;
      idleSince = now;
      use();
      return true;
    },
    pauseFor(ms) {
      pausedUntil = Math.max(pausedUntil, clock.monotonic() + ms);
    },
    get waiting() {
      return waiters.length - head;
    },
    get paused() {
      return pausedUntil > clock.monotonic();
    },
    get pauseLeftMs() {
      return Math.max(0, pausedUntil - clock.monotonic());
    },
  };
}

// --- internal ---

const NO_LEASE: Lease = { permits: 0, lapsesAt: Number.NEGATIVE_INFINITY };
