import type { Clock } from '../../core/clock.ts';
import {
  assumed,
  type BreakerState,
  CLOSED,
  failed,
  isOutage,
  probeLost,
  probing,
  questioned,
} from './breaker-state.ts';

/*
 * Whose fault is a failure?
 *
 * 1. A failure that may be the service's (network, time-out, 5xx) is charged to a row only once a request of the same
 *    kind, sent after the row's own, was answered well: a write vouches for writes and a read for reads, and a page of
 *    the list for either where no other row is left.
 * 2. After ten failures of a kind without a good answer between them (a row that failed where another was answered well
 *    counts no more), and as soon as a row at the end of its attempts has nothing to be compared with, requests of that
 *    kind wait and one at a time probes: never one of a row that failed if any other can be sent.
 * 3. When this has lasted as long as the outage budget, the run stops, and every row that waits stays pending.
 */

/** What a request is for: a read tells nothing of whether the service can write. */
export type RequestKind = 'read' | 'write';

/** Sent as one of many, or as the one that probes whether the service is back. */
export type Pass = 'go' | 'probe';

/** A request that was let through. Times are monotonic milliseconds. */
export interface Sent {
  readonly kind: RequestKind;
  /** When the first request of its row was sent that failed. */
  readonly failedAt?: number | undefined;
  readonly pass: Pass;
  readonly sentAt: number;
}

/** Keeps requests waiting while the service is down, and says whose fault a failure is. */
export interface CircuitBreaker {
  /** Resolves when a request may be sent, or when the run drains. `hasFailed`: its row had a failure already. */
  admit(kind: RequestKind, hasFailed: boolean): Promise<Pass | 'drained'>;
  /** What came of a request: a good answer, another one of the API, a failure that may be the service's, or nothing. */
  report(sent: Sent, result: 'good' | 'other' | 'failure' | 'nothing'): void;
  /** Resolves once it is known whether a failure is the row's own; false where it is not, or the run drains. */
  isOwnFault(kind: RequestKind, sentAt: number): Promise<boolean>;
  /** A row has its first failure; the function returned is called when it is settled. */
  beginTrouble(kind: RequestKind): () => void;
  /** Whether requests of a kind are kept waiting. */
  holds(kind: RequestKind): boolean;
  /** Whether any requests are kept waiting. */
  readonly isOpen: boolean;
  /** How long the present outage has lasted, in milliseconds; undefined where there is none. */
  readonly lastsMs: number | undefined;
  /** Counts outages and their failed probes: failures from before the latest are not charged to a row. */
  readonly outages: number;
}

export interface CircuitBreakerOptions {
  readonly clock: Clock;
  readonly draining: AbortSignal;
  /** How long one unbroken outage may last, in milliseconds. */
  readonly budgetMs: number;
  /**
   * Has another request of the kind sent, of no row that failed; false where there is none. `rowsFailing` are the rows
   * that failed and are not settled yet.
   */
  readonly callOther: (kind: RequestKind, rowsFailing: number) => boolean;
  readonly onOpen: (kind: RequestKind) => void;
  readonly onClose: (kind: RequestKind, lastedMs: number) => void;
  /** Called once the budget is used up. */
  readonly onGiveUp: (lastedMs: number) => void;
}

export function createCircuitBreaker(options: CircuitBreakerOptions): CircuitBreaker {
  let outages = 0;
  let hasGivenUp = false;
  const shared: Shared = {
    onOutage() {
      outages += 1;
    },
    onGiveUp(lastedMs) {
      if (!hasGivenUp) options.onGiveUp(lastedMs);
      hasGivenUp = true;
    },
  };
  const of = {
    read: createKindBreaker('read', options, shared),
    write: createKindBreaker('write', options, shared),
  };
  return {
    admit: (kind, hasFailed) => of[kind].admit(hasFailed),
    report: (sent, result) => of[sent.kind].report(sent, result),
    isOwnFault: (kind, sentAt) => of[kind].isOwnFault(sentAt),
    beginTrouble: (kind) => of[kind].beginTrouble(),
    holds: (kind) => of[kind].isOpen(),
    get isOpen() {
      return of.read.isOpen() || of.write.isOpen();
    },
    get lastsMs() {
      const [read, write] = [of.read.lastsMs(), of.write.lastsMs()];
      return read === undefined || write === undefined ? (read ?? write) : Math.max(read, write);
    },
    get outages() {
      return outages;
    },
  };
}

// --- internal ---

/** Time for another request to come to the breaker after it was called. */
const OTHER_COMES_MS = 5_000;
/** Between two questions of which the first brought neither a good answer nor a failure. */
const BETWEEN_QUESTIONS_MS = 1_000;

interface Shared {
  readonly onOutage: () => void;
  readonly onGiveUp: (lastedMs: number) => void;
}

interface Waiter {
  readonly hasFailed: boolean;
  readonly resolve: (pass: Pass | 'drained') => void;
}

function createKindBreaker(kind: RequestKind, options: CircuitBreakerOptions, shared: Shared) {
  const { clock, draining, budgetMs } = options;
  let state = CLOSED;
  /** When the latest request was sent that was answered well. */
  let goodSentAt = Number.NEGATIVE_INFINITY;
  let rowsFailing = 0;
  let outages = 0;
  /** Until when another request is waited for that was called; undefined where none was called since the last probe. */
  let otherBy: number | undefined;
  const waiters: Waiter[] = [];
  let change = newSignal();

  draining.addEventListener('abort', () => {
    for (const { resolve } of waiters.splice(0)) resolve('drained');
    change.raise();
  });

  function become(next: BreakerState): void {
    const before = state;
    const now = clock.monotonic();
    state = withLastProbe(next, budgetMs, now);
    if (state === before) return;
    if (isOutage(state) && !isOutage(before)) options.onOpen(kind);
    if (isOutage(before) && !isOutage(state)) options.onClose(kind, now - before.since);
    if (state.kind === 'open' && isOutage(state) && !(isOutage(before) && before.kind === 'open')) {
      outages += 1;
      shared.onOutage();
    }
    if (state.kind === 'closed') for (const { resolve } of waiters.splice(0)) resolve('go');
    if (state.kind === 'open') {
      otherBy = undefined;
      void watch(state.probeAt);
    }
    raiseChange();
  }

  function raiseChange(): void {
    const { raise } = change;
    change = newSignal();
    raise();
  }

  /** Sleeps, but no longer than until something changes: a timer that is left over would hold the process. */
  async function sleepOrChange(ms: number): Promise<void> {
    const enough = new AbortController();
    const { raised } = change;
    await Promise.race([clock.sleep(ms, enough.signal), raised]);
    enough.abort();
  }

  /** While open: sends the probe when its time has come, or gives up. */
  async function watch(probeAt: number): Promise<void> {
    while (state.kind === 'open' && state.probeAt === probeAt && !draining.aborted) {
      const now = clock.monotonic();
      if (now < probeAt) {
        if (now - state.since >= budgetMs) {
          shared.onGiveUp(now - state.since);
          return;
        }
        await sleepOrChange(probeAt - now);
      } else if (otherBy === undefined || now >= otherBy) {
        probe();
      } else await sleepOrChange(otherBy - now);
    }
  }

  /** Lets one request probe: one of a row that did not fail, else one that is called, else one of a row that failed. */
  function probe(): void {
    if (state.kind !== 'open' || clock.monotonic() < state.probeAt || draining.aborted) return;
    const other = waiters.findIndex(({ hasFailed }) => !hasFailed);
    if (other >= 0) {
      letGo(other);
      return;
    }
    const now = clock.monotonic();
    if (otherBy === undefined) {
      otherBy = now + OTHER_COMES_MS; // it may be here at once
      if (options.callOther(kind, rowsFailing)) return;
    } else if (now < otherBy) return;
    if (state.kind !== 'open') return;
    if (waiters.length > 0) letGo(0);
    else become(assumed(state, now, clock.random()));
  }

  function letGo(index: number): void {
    const [waiter] = waiters.splice(index, 1);
    become(probing(state));
    waiter?.resolve('probe');
  }

  return {
    admit(hasFailed: boolean): Promise<Pass | 'drained'> {
      if (draining.aborted) return DRAINED;
      if (state.kind === 'closed') return GO;
      return new Promise((resolve) => {
        waiters.push({ hasFailed, resolve });
        probe();
      });
    },
    report({ pass, sentAt, failedAt }: Sent, result: 'good' | 'other' | 'failure' | 'nothing'): void {
      const [now, isProbe] = [clock.monotonic(), pass === 'probe'];
      if (result === 'nothing') {
        if (isProbe) become(probeLost(state, now));
      } else if (result === 'failure') {
        const isKnown = failedAt !== undefined && goodSentAt >= failedAt;
        if (isProbe || !isKnown) become(failed(state, { now, random: clock.random(), isProbe }));
      } else {
        if (result === 'good' && sentAt > goodSentAt) {
          goodSentAt = sentAt;
          if (rowsFailing > 0) raiseChange();
        }
        become(CLOSED);
      }
    },
    async isOwnFault(sentAt: number): Promise<boolean> {
      const before = outages;
      const isUnknown = (): boolean => outages === before && goodSentAt < sentAt && !draining.aborted;
      for (let wait = 0; isUnknown(); wait = BETWEEN_QUESTIONS_MS) {
        const now = clock.monotonic();
        if (state.kind === 'closed') become(questioned(state, now, now + wait));
        if (isUnknown()) await change.raised;
      }
      return outages === before && goodSentAt >= sentAt;
    },
    beginTrouble(): () => void {
      rowsFailing += 1;
      if (otherBy !== undefined) {
        otherBy = undefined; // the other request that was waited for may have been this row's: another one is called
        raiseChange();
      }
      return () => {
        rowsFailing -= 1;
      };
    },
    isOpen: () => state.kind !== 'closed',
    lastsMs: () => (isOutage(state) ? clock.monotonic() - state.since : undefined),
  };
}

const GO = Promise.resolve<Pass>('go');
const DRAINED = Promise.resolve<'drained'>('drained');

/** A promise that is kept from outside. */
function newSignal(): { readonly raised: Promise<void>; raise(): void } {
  let raise = (): void => {};
  const raised = new Promise<void>((resolve) => {
    raise = resolve;
  });
  return { raised, raise };
}

/** One more probe at the very end of the budget: the API may have come back since the one before. */
function withLastProbe(state: BreakerState, budgetMs: number, now: number): BreakerState {
  if (state.kind !== 'open') return state;
  const endsAt = state.since + budgetMs;
  return now < endsAt && state.probeAt > endsAt ? { ...state, probeAt: endsAt } : state;
}
