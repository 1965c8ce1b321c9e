import type { Clock } from '../clock.ts';
import {
  alive,
  type BreakerState,
  CLOSED,
  faulted,
  type LastAttempt,
  probeLost,
  probing,
} from './breaker.ts';

/** Keeps rows waiting while the service is down. */
export interface Outage {
  /** Resolves when an attempt may go ahead, as one of many or as the one probe, or when the run drains. */
  admit(): Promise<'go' | 'probe' | 'drained'>;
  /** What an attempt of `contactId` that was admitted with `pass` showed; `last` where the row has no further one. */
  report(
    contactId: number,
    pass: 'go' | 'probe',
    result: 'alive' | 'fault' | 'nothing',
    last?: LastAttempt,
  ): void;
  /** Whether rows are being kept waiting. */
  readonly isOpen: boolean;
  /** How long the present outage has lasted, in milliseconds; undefined where there is none. */
  readonly lastsMs: number | undefined;
  /**
   * Counts the times the breaker opened, failed probes included. Faults of a time before are not held against a
   * row, nor is the fault of a probe.
   */
  readonly openings: number;
}

export interface OutageOptions {
  readonly clock: Clock;
  readonly draining: AbortSignal;
  /** How long one unbroken outage may last, in milliseconds. */
  readonly budgetMs: number;
  /** Rows being worked on now. */
  readonly inFlight: () => number;
  readonly onOpen: () => void;
  readonly onClose: (lastedMs: number) => void;
  /** Called once the budget is used up. */
  readonly onGiveUp: (lastedMs: number) => void;
}

/** The circuit breaker as something to wait at. */
export function createOutage(options: OutageOptions): Outage {
  const { clock, draining, budgetMs } = options;
  let state = CLOSED;
  let openings = 0;
  let hasGivenUp = false;
  let wakeAll = (): void => {};
  let changed = new Promise<void>((resolve) => {
    wakeAll = resolve;
  });
  const announce = (): void => {
    wakeAll();
    changed = new Promise((resolve) => {
      wakeAll = resolve;
    });
  };
  draining.addEventListener('abort', announce);

  /** While open: sleeps to the next probe, or gives up. One timer for all who wait. */
  async function watch(): Promise<void> {
    while (state.kind === 'open' && !draining.aborted) {
      const now = clock.monotonic();
      if (now >= state.probeAt) return announce();
      if (now - state.since >= budgetMs) {
        if (!hasGivenUp) options.onGiveUp(now - state.since);
        hasGivenUp = true;
        return;
      }
      await clock.sleep(state.probeAt - now, draining);
    }
  }

  return {
    async admit() {
      while (!draining.aborted) {
        if (state.kind === 'closed') return 'go';
        const next = probing(state, clock.monotonic());
        if (next !== state) {
          state = next;
          return 'probe';
        }
        await changed;
      }
      return 'drained';
    },
    report(contactId, pass, result, last) {
      const before = state;
      const now = clock.monotonic();
      const isProbe = pass === 'probe';
      if (result === 'alive') state = alive();
      else if (result === 'nothing') state = isProbe ? probeLost(state, now) : state;
      else {
        const [inFlight, random] = [options.inFlight(), clock.random()];
        state = faulted(state, { contactId, inFlight, now, random, isProbe, last });
      }
      if (state === before) return;
      state = withLastProbe(state, budgetMs, now);
      if (state.kind === 'open') {
        openings += 1;
        if (before.kind === 'closed') options.onOpen();
        void watch();
      } else if (state.kind === 'closed' && before.kind !== 'closed') {
        options.onClose(now - before.since);
        announce();
      }
    },
    get isOpen() {
      return state.kind !== 'closed';
    },
    get lastsMs() {
      return state.kind === 'closed' ? undefined : clock.monotonic() - state.since;
    },
    get openings() {
      return openings;
    },
  };
}

// --- internal ---

/** One more probe at the very end of the budget: the API may have come back since the one before. */
function withLastProbe(state: BreakerState, budgetMs: number, now: number): BreakerState {
  if (state.kind !== 'open') return state;
  const endsAt = state.since + budgetMs;
  return now < endsAt && state.probeAt > endsAt ? { ...state, probeAt: endsAt } : state;
}
