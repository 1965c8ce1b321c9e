import type { LearnedRate } from './rate-limit/rate-controller.ts';
import type { SharedBudget } from './rate-limit/shared-rate.ts';

/** Where the client keeps the rate that it found, from one run to the next. */
export interface LearnedRateStore {
  read(): LearnedRate | undefined;
  /** `now` is Unix milliseconds. */
  write(rate: LearnedRate, now: number): void;
}

/** The rate and the pauses that the client shares with other workers of its account. */
export interface SharedLimit extends SharedBudget {
  /** All workers pause for `ms` from now on. */
  pause(ms: number): void;
  /** Calls `listener` with until when another worker asked all to pause (Unix time). */
  onPause(listener: (untilMs: number) => void): void;
}

/** Where the client counts its requests. */
export interface RequestMeter {
  retries: number;
  throttled: number;
  /** A request got a reply after `durationMs`; `now` is monotonic milliseconds. */
  replied(durationMs: number, now: number): void;
}
