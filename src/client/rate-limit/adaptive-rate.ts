import type { Clock } from '../../core/clock.ts';
import { createEvenLeases, type Leases } from './fixed-rate.ts';
import { createRateController, type LearnedRate, type RateController } from './rate-controller.ts';

/** What a sender tells of its requests, for the rate to follow. Times are Unix milliseconds. */
export interface RateFeedback {
  sent(now: number): void;
  /** A request is over, however it ended; told before what became of it. */
  ended(): void;
  passed(now: number, latencyMs: number): void;
  /** Gives how long everybody should wait where the API does not say, in milliseconds. */
  throttled(now: number, sentAt: number): number;
}

/** Leases at a rate that is found while they are handed out. */
export interface AdaptiveLeases extends Leases {
  readonly feedback: RateFeedback;
  readonly found: Pick<RateController, 'rate' | 'phase' | 'learned'>;
}

/** Requests per second to begin with where nothing is known of the account. */
const START_AT = 5;
/** Faster than any account is known to allow. */
const MAX_RATE = 5_000;
/** A change of the rate smaller than this share is not passed on. */
const WORTH_TELLING = 0.005;

/** Never faster than `maxRate` per second; `learned` is what an earlier run found. */
export function createAdaptiveLeases(
  clock: Clock,
  options: { readonly maxRate?: number | undefined; readonly learned?: LearnedRate | undefined },
): AdaptiveLeases {
  const controller = createRateController({
    startAt: START_AT,
    maxRate: options.maxRate ?? MAX_RATE,
    learned: options.learned,
  });
  let told = controller.rate;
  const even = createEvenLeases(told, clock, { isSmooth: true });
  let open = 0;
  let wake = (): void => {};

  return {
    async next() {
      while (open >= controller.mostOpen) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      controller.tick(clock.now());
      if (Math.abs(controller.rate - told) > told * WORTH_TELLING) {
        told = controller.rate;
        even.setRate(told);
      }
      const lease = await even.next();
      const permits = Math.max(1, Math.min(lease.permits, controller.mostOpen - open));
      return { ...lease, permits };
    },
    tooEarlyMs: even.tooEarlyMs,
    used: even.used,
    restart: even.restart,
    close() {
      open = Number.NEGATIVE_INFINITY;
      wake();
      even.close();
    },
    feedback: {
      sent(now) {
        open += 1;
        controller.sent(now);
      },
      ended() {
        open -= 1;
        wake();
      },
      passed: controller.passed,
      throttled: controller.throttled,
    },
    found: controller,
  };
}
