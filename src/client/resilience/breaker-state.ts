/** Failures of one kind of request in a row, without a good answer between them, that open its breaker. */
const FAILURES_TO_OPEN = 10;
const FIRST_PROBE_MS = 1_000;
const LONGEST_PROBE_MS = 30_000;

/** The breaker of one kind of request. Times are monotonic milliseconds; `since` is that of the first failure. */
export type BreakerState =
  /** Requests flow. */
  | { readonly kind: 'closed'; readonly failures: number; readonly since: number }
  /** Requests wait; from `probeAt` on one may probe. Until a probe has failed it is only a question. */
  | { readonly kind: 'open'; readonly since: number; readonly failedProbes: number; readonly probeAt: number }
  /** The probe is open. */
  | { readonly kind: 'half-open'; readonly since: number; readonly failedProbes: number };

export const CLOSED: BreakerState = { kind: 'closed', failures: 0, since: 0 };

/** After a failure that may be the service's. */
export function failed(
  state: BreakerState,
  { now, random, isProbe }: { readonly now: number; readonly random: number; readonly isProbe: boolean },
): BreakerState {
  if (state.kind === 'half-open' && isProbe) return afterFailedProbe(state, now, random);
  if (state.kind !== 'closed') return state; // requests from before still fail while a probe is open
  const failures = state.failures + 1;
  const since = state.failures === 0 ? now : state.since;
  return failures < FAILURES_TO_OPEN
    ? { kind: 'closed', failures, since }
    : { kind: 'open', since, failedProbes: 0, probeAt: now };
}

/** Where it must be known, from `probeAt` on, whether the service or a row is at fault. */
export function questioned(state: BreakerState, now: number, probeAt: number): BreakerState {
  if (state.kind !== 'closed') return state;
  return { kind: 'open', since: state.failures === 0 ? now : state.since, failedProbes: 0, probeAt };
}

/** Where several rows fail and no other request can be sent to compare them with: the service is taken for the cause. */
export function assumed(state: BreakerState, now: number, random: number): BreakerState {
  return state.kind === 'open' ? afterFailedProbe(state, now, random) : state;
}

/** When one request goes to probe. */
export function probing(state: BreakerState): BreakerState {
  return state.kind === 'open'
    ? { kind: 'half-open', since: state.since, failedProbes: state.failedProbes }
    : state;
}

/** After a probe that was cut before its answer: another one may go. */
export function probeLost(state: BreakerState, now: number): BreakerState {
  return state.kind === 'half-open' ? { ...state, kind: 'open', probeAt: now } : state;
}

/** Whether it is certain that the service is down. */
export function isOutage(
  state: BreakerState,
): state is BreakerState & { readonly kind: 'open' | 'half-open' } {
  return state.kind !== 'closed' && state.failedProbes > 0;
}

// --- internal ---

function afterFailedProbe(
  { since, failedProbes }: BreakerState & { readonly kind: 'open' | 'half-open' },
  now: number,
  random: number,
): BreakerState {
  const wait = Math.min(LONGEST_PROBE_MS, FIRST_PROBE_MS * 2 ** failedProbes);
  return { kind: 'open', since, failedProbes: failedProbes + 1, probeAt: now + wait * (0.75 + random / 2) };
}
