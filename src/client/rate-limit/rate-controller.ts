import { type FixedWindow, findWindow, type Streak } from './fixed-window.ts';
import { createThroughput } from './throughput.ts';

/** What was learned of the limit of an account. */
export interface LearnedRate {
  /** Requests per second that the account lets through. */
  readonly limit: number;
  /** The window in which it counts them, where it counts so. */
  readonly window?: FixedWindow;
}

/** Slower than any rate worth having. */
const LEAST_RATE = 0.2;
/** Faster than any account is known to allow. */
export const MAX_RATE = 5_000;
const LONGEST_WINDOW_MS = 60 * 60_000; // an hour

/** Whether an account may have such a limit: a rate that was remembered from one moment of chaos is no use. */
export function isPlausibleRate({ limit, window }: LearnedRate): boolean {
  if (!(limit >= LEAST_RATE && limit <= MAX_RATE)) return false;
  if (!window) return true;
  const ofWindow = (window.requests * 1000) / window.ms;
  return (
    window.ms >= 1_000 && window.ms <= LONGEST_WINDOW_MS && ofWindow >= limit / 2 && ofWindow <= limit * 2
  );
}

/** Why the rate is what it is. */
export type RatePhase =
  /** Rising: nothing stood in its way yet. */
  | 'rising'
  /** Below the limit that the API showed. */
  | 'holding'
  /** A little above it for a moment, to see whether it still holds. */
  | 'probing'
  /** The server takes longer the more is asked of it. */
  | 'saturated'
  /** As fast as it may. */
  | 'at its maximum';

/**
 * Finds and holds the rate that an API allows but does not state. All times are handed in, Unix milliseconds of a clock
 * that never jumps; it has no clock, no timer and no chance of its own.
 */
export interface RateController {
  sent(now: number): void;
  /** An answer that was let through came after `latencyMs`. */
  passed(now: number, latencyMs: number): void;
  /** A request sent at `sentAt` was throttled. Gives how long all requests should wait where the API does not say, in milliseconds. */
  throttled(now: number, sentAt: number): number;
  /** To be called several times a second. */
  tick(now: number): void;
  /** Requests per second, now. */
  readonly rate: number;
  /** Requests that may be open, now: few, so that one refusal does not become many. */
  readonly mostOpen: number;
  readonly phase: RatePhase;
  /** Undefined while the API has refused nothing. */
  readonly learned: LearnedRate | undefined;
}

export interface RateControllerOptions {
  /** Requests per second to begin with. */
  readonly startAt: number;
  /** Never faster than this. */
  readonly maxRate: number;
  /** From an earlier run. */
  readonly learned?: LearnedRate | undefined;
}

/** Growth per second while nothing was refused yet, and once something was. */
const RISE = 1.3;
const RISE_GENTLY = 1.05;
/** Share of the rate that was refused with which is gone on, and that is held after some seconds. */
const FALL = 0.92;
const HOLD = 0.97;
/** What is left of the rate at the very first refusal, which tells little: savings were used up. */
const FALL_BLINDLY = 0.65;
/** After a refusal: when the held share is reached, and when the rate that was refused is. */
const RECOVERED_MS = 3_000;
const LOOK_AGAIN_MS = 40_000;
/** A look above what was refused rises so much per second, and up to so much gently. */
const LOOK_RISE = 0.01;
const LOOK_TO = 1.1;
/** Two refusals this close tell the limit by what passed between them: no savings can have come together. */
const TELLING_LEAST_MS = 1_500;
const TELLING_MOST_MS = 15_000;
const TELLING_REQUESTS = 10;
/** In a window of the clock nothing is gained above its share; it is looked above that after so many of them. */
const WINDOWS_HELD = 10;
/** A bucket that refills lets something pass within this time, at any rate worth having. */
const STREAK_MS = 1_200;
/** Waits of all requests after the first, second, ... refusal in a row; then the next full minute is waited for. */
const WAITS_MS = [250, 500, 1_000, 2_000, 4_000];
const MINUTE_MS = 60_000;
/** Share of what passes that is asked for once the server takes longer, so that what queues up there can drain. */
const DRAIN = 0.95;

export function createRateController(options: RateControllerOptions): RateController {
  const { maxRate, learned } = options;
  const flow = createThroughput();
  /** The rate at which the API refused, or at which it is known to. */
  let refused = learned?.limit;
  let window = learned?.window;
  let rate = Math.min(maxRate, learned ? learned.limit * LEARNED_SHARE : options.startAt);
  let phase: RatePhase = 'rising';
  /** When the rate last fell, and what had passed by then. */
  let fallen: { readonly at: number; readonly passed: number } | undefined;
  /** Refusals in a row of which nothing passed in between. */
  let streak: Streak | undefined;
  let strikes = 0;
  let tickedAt = 0;

  const set = (next: number): void => {
    rate = Math.min(maxRate, Math.max(LEAST_RATE, next));
  };

  /** The limit as two refusals soon after each other show it: whatever could pass in between did. */
  const shownSinceFall = (now: number): number | undefined => {
    if (!fallen) return undefined;
    const [ms, passed] = [now - fallen.at, flow.passed - fallen.passed];
    const isTelling = ms >= TELLING_LEAST_MS && ms <= TELLING_MOST_MS && passed >= TELLING_REQUESTS;
    return isTelling ? (passed * 1000) / ms : undefined;
  };

  const fall = (now: number): void => {
    const inWindow = window && flow.passedSince(Math.floor(now / window.ms) * window.ms);
    if (window && inWindow !== undefined && inWindow >= window.requests * 0.95) {
      window = { ...window, requests: inWindow };
      refused = (inWindow * 1000) / window.ms;
      set(refused * HOLD);
    } else {
      window = undefined; // what is refused now is not what it explained
      const sent = Math.min(rate, flow.sendRate(now, 1_000) || rate);
      const shown = shownSinceFall(now);
      if (!fallen) set(sent * FALL_BLINDLY);
      refused = shown === undefined ? sent : Math.min(sent, Math.max(shown, sent * 0.6));
      if (fallen) set(refused * FALL);
    }
    fallen = { at: now, passed: flow.passed };
    phase = 'holding';
  };

  /** Where the rate stands so long after a refusal at `limit`: soon just below it, much later just above. */
  const afterFall = (limit: number, ms: number): number => {
    if (window) return limit * (ms < window.ms * WINDOWS_HELD ? HOLD : LOOK_TO);
    if (ms < RECOVERED_MS) return limit * (FALL + ((HOLD - FALL) * ms) / RECOVERED_MS);
    if (ms < LOOK_AGAIN_MS)
      return limit * (HOLD + ((1 - HOLD) * (ms - RECOVERED_MS)) / (LOOK_AGAIN_MS - RECOVERED_MS));
    return limit * (1 + (LOOK_RISE * (ms - LOOK_AGAIN_MS)) / 1000);
  };

  const rise = (now: number, seconds: number): void => {
    if (refused !== undefined && fallen) {
      const next = afterFall(refused, now - fallen.at);
      if (next <= refused * LOOK_TO && rate <= refused * LOOK_TO) {
        phase = next > refused ? 'probing' : 'holding';
        set(Math.max(Math.min(rate * RISE_GENTLY ** seconds, next), Math.min(rate, next)));
        return;
      }
      refused = undefined; // it no longer holds
      window = undefined;
    }
    phase = rate >= maxRate ? 'at its maximum' : 'rising';
    set(rate * (fallen || learned ? RISE_GENTLY : RISE) ** seconds);
  };

  return {
    sent: (now) => flow.send(now),
    passed(now, latencyMs) {
      flow.pass(now, latencyMs);
      if (!streak || now - latencyMs < streak.lastAt) return;
      const isWindow = streak.lastAt - streak.firstAt >= STREAK_MS;
      const found = isWindow ? findWindow({ ...streak, passedAt: now }, flow) : undefined;
      if (found) {
        window = found;
        refused = (found.requests * 1000) / found.ms;
        set(refused * HOLD);
        fallen = { at: now, passed: flow.passed };
      }
      strikes = 0;
      streak = undefined;
    },
    throttled(now, sentAt) {
      if (streak && sentAt <= streak.lastAt) return 0; // the same event
      if (strikes === 0) fall(now);
      strikes += 1;
      streak = { firstAt: streak?.firstAt ?? now, lastAt: now };
      if (window) return window.ms - (now % window.ms) + 20;
      return WAITS_MS[strikes - 1] ?? MINUTE_MS - (now % MINUTE_MS) + 50;
    },
    tick(now) {
      const seconds = (now - (tickedAt || now)) / 1000;
      tickedAt = now;
      if (strikes > 0) return;
      if (flow.isSlowedDown()) {
        phase = 'saturated';
        set(Math.min(rate, flow.rate(now, 2_000) * DRAIN));
        return;
      }
      // a rate that is not used proves nothing
      if (rate > 2 && flow.sendRate(now, 1_000) < rate * 0.7) return;
      rise(now, seconds);
    },
    get rate() {
      return rate;
    },
    get mostOpen() {
      return Math.max(4, Math.ceil((rate * flow.usualLatencyMs * OPEN_SHARE) / 1000));
    },
    get phase() {
      return phase;
    },
    get learned() {
      if (refused === undefined) return undefined;
      return { limit: refused, ...(window ? { window } : {}) };
    },
  };
}

// --- internal ---

/** Share of a limit that is known from an earlier run with which is begun. */
const LEARNED_SHARE = 0.8;
/** Requests open at most, as a multiple of those that the usual latency keeps open at the rate. */
const OPEN_SHARE = 2.5;
