/** What is remembered between throttled answers. Times are Unix milliseconds of a clock that never jumps. */
export interface ThrottleState {
  /** Throttled events in a row without an answer that was let through. */
  readonly strikes: number;
  /** When the present or last pause began. */
  readonly pausedAt: number;
  /** Until when all requests wait. */
  readonly pausedUntil: number;
  /** When the unbroken stretch of throttling began; undefined while answers pass. */
  readonly since: number | undefined;
}

export const NOT_THROTTLED: ThrottleState = { strikes: 0, pausedAt: 0, pausedUntil: 0, since: undefined };

/** Waits for strikes 1, 2 and 3; later ones wait for the next full minute. */
const FIRST_WAITS_MS = [1_000, 2_000, 4_000];
const MINUTE_MS = 60_000;

/**
 * The state after a throttled answer. The server's own wait is taken as it is. Without one: 1, 2, 4 seconds,
 * then to the next full minute, which is where fixed windows end (livedesk-api.md 5.7), with jitter on top.
 * An answer to a request that was sent before the pause began is the same event and no new strike.
 */
export function throttled(
  state: ThrottleState,
  answer: {
    readonly sentAt: number;
    readonly now: number;
    readonly waitMs?: number;
    readonly random: number;
  },
): ThrottleState {
  const { sentAt, now, waitMs, random } = answer;
  const asked = waitMs === undefined ? undefined : now + waitMs;
  if (state.strikes > 0 && sentAt <= state.pausedAt) {
    return asked === undefined || asked <= state.pausedUntil ? state : { ...state, pausedUntil: asked };
  }
  const strikes = state.strikes + 1;
  const until = asked ?? now + ownWaitMs(strikes, now, random);
  return {
    strikes,
    pausedAt: now,
    pausedUntil: Math.max(until, state.pausedUntil),
    since: state.since ?? now,
  };
}

/** The state after an answer that was not throttled, to a request sent at `sentAt`. */
export function passed(state: ThrottleState, sentAt: number): ThrottleState {
  return state.strikes === 0 || sentAt <= state.pausedAt ? state : { ...state, strikes: 0, since: undefined };
}

// --- internal ---

function ownWaitMs(strikes: number, now: number, random: number): number {
  const first = FIRST_WAITS_MS[strikes - 1];
  if (first !== undefined) return Math.round(first * (1 + random / 4));
  return MINUTE_MS - (now % MINUTE_MS) + Math.round(250 + random * 1_000);
}
