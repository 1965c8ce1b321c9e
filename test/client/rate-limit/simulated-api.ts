import type { RateController } from '../../../src/client/rate-limit/rate-controller.ts';

/** Says of a request that comes at `now` whether it is let through. */
export type Limiter = (now: number) => boolean;

/** `perSecond` tokens, of which `burst` can be saved. */
export function tokenBucket(perSecond: (now: number) => number, burst: number): Limiter {
  let tokens = burst;
  let last: number | undefined;
  return (now) => {
    tokens = Math.min(burst, tokens + ((now - (last ?? now)) * perSecond(now)) / 1000);
    last = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}

/** `requests` in each window of the clock. Refused ones count, too, as they do upstream. */
export function fixedWindow(requests: number, windowMs: number): Limiter {
  let window = -1;
  let count = 0;
  return (now) => {
    const present = Math.floor(now / windowMs);
    if (present !== window) [window, count] = [present, 0];
    count += 1;
    return count <= requests;
  };
}

export const noLimit: Limiter = () => true;

export interface SimulationOptions {
  readonly controller: RateController;
  readonly limiter: Limiter;
  /** Time to answer, for a request that comes at a time with so many others open. */
  readonly latencyMs: (now: number, open: number) => number;
  readonly startAt: number;
  readonly seconds: number;
}

export interface Second {
  passed: number;
  throttled: number;
  rate: number;
}

/** Drives a controller as the door does, millisecond by millisecond; what became of each second. */
export function simulate({ controller, limiter, latencyMs, startAt, seconds }: SimulationOptions): Second[] {
  const result: Second[] = Array.from({ length: seconds }, () => ({ passed: 0, throttled: 0, rate: 0 }));
  const answers = new Map<number, { readonly sentAt: number; readonly isPassed: boolean }[]>();
  let open = 0;
  let dueAt = startAt;
  let pausedUntil = 0;
  for (let now = startAt; now < startAt + seconds * 1000; now += 1) {
    const second = result[Math.floor((now - startAt) / 1000)];
    if (!second) break;
    for (const { sentAt, isPassed } of answers.get(now) ?? []) {
      open -= 1;
      if (isPassed) {
        second.passed += 1;
        controller.passed(now, now - sentAt);
      } else {
        second.throttled += 1;
        const wait = controller.throttled(now, sentAt);
        if (wait > 0) pausedUntil = Math.max(pausedUntil, now + wait);
      }
    }
    answers.delete(now);
    if (now % 100 === 0) controller.tick(now);
    if (now < pausedUntil) dueAt = pausedUntil;
    // what was missed longer ago is not made up for
    dueAt = Math.max(dueAt, now - 250);
    while (now >= dueAt && now >= pausedUntil && open < controller.mostOpen) {
      controller.sent(now);
      const isPassed = limiter(now);
      const at = now + Math.max(1, Math.round(latencyMs(now, open)));
      answers.set(at, [...(answers.get(at) ?? []), { sentAt: now, isPassed }]);
      open += 1;
      dueAt += 1000 / controller.rate;
    }
    second.rate = controller.rate;
  }
  return result;
}
