import type { Clock } from '../../core/clock.ts';
import { createEvenLeases, type Leases } from './fixed-rate.ts';
import { createRateController, type LearnedRate, MAX_RATE, type RateController } from './rate-controller.ts';
import { createSteadyTime } from './steady-time.ts';

/** What a sender reports of its requests, for the rate to follow. Times are of {@link createSteadyTime}. */
export interface RateFeedback {
  sent(now: number): void;
  /** A request is over, however it ended; called before what became of it is reported. */
  ended(): void;
  passed(now: number, latencyMs: number): void;
  /** Gives how long all requests should wait where the API does not say, in milliseconds. */
  throttled(now: number, sentAt: number): number;
}

/** Leases at a rate that is found while they are handed out. */
export interface AdaptiveLeases extends Leases {
  readonly feedback: RateFeedback;
  readonly found: Pick<RateController, 'rate' | 'phase' | 'learned'>;
}

/** Requests per second to begin with where nothing is known of the account. */
const START_AT = 5;
/** A change of the rate smaller than this share is not passed on. */
const LEAST_CHANGE = 0.005;

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
  const time = createSteadyTime(clock);
  let current = controller.rate;
  const even = createEvenLeases(current, clock, { isSmooth: true });
  let open = 0;
  let wake = (): void => {};

  return {
    async next() {
      while (open >= controller.mostOpen) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      controller.tick(time());
      if (Math.abs(controller.rate - current) > current * LEAST_CHANGE) {
        current = controller.rate;
        even.setRate(current);
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
