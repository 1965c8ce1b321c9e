import type { Clock } from '../../core/clock.ts';
import {
  alive,
  type BreakerState,
  CLOSED,
  doubted,
  faulted,
  givenUp,
  type LateAttempt,
  probeLost,
  probing,
  unheard,
} from './breaker-state.ts';
import { chooseProbe, type Witness } from './choose-probe.ts';

/** Keeps rows waiting while the service is down. */
export interface CircuitBreaker {
  /** Resolves when an attempt for `contactId` may go ahead, as one of many or as the one probe, or when the run drains. */
  admit(contactId: number): Promise<Pass | 'drained'>;
  /** What an attempt showed: `alive` is an answer, `well` a good one. */
  report(sent: Admitted, result: 'well' | 'alive' | 'fault' | 'nothing'): void;
  /**
   * The same for the fault of one of the last attempts of a row. Resolves once it is known whose fault that is, which
   * {@link openings} tell; false where the run drains before.
   */
  reportLate(sent: Admitted, late: LateAttempt): Promise<boolean>;
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

/** As one of many, or as the one that looks whether the service is back. */
export type Pass = 'go' | 'probe';

/** An attempt that was let through. */
export interface Admitted {
  readonly contactId: number;
  readonly pass: Pass;
  /** In monotonic milliseconds. */
  readonly sentAt: number;
  /** Whether it is only to tell how the service does. */
  readonly isWitness?: boolean | undefined;
}

export interface CircuitBreakerOptions {
  readonly clock: Clock;
  readonly draining: AbortSignal;
  /** How long one unbroken outage may last, in milliseconds. */
  readonly budgetMs: number;
  /** Rows being worked on now. */
  readonly inFlight: () => number;
  /** Has somebody sent soon who is none of the suspects, as the one to tell an outage from their own trouble. */
  readonly callWitness: (suspects: ReadonlySet<number>) => boolean;
  readonly onOpen: () => void;
  readonly onClose: (lastedMs: number) => void;
  /** Called once the budget is used up. */
  readonly onGiveUp: (lastedMs: number) => void;
}

/** How long others that are under way have to be answered before a row is given up, until the question is put. */
const EARSHOT_MS = 1_000;
/** Time for a witness to come after it was called. */
const PATIENCE_MS = 5_000;
/** Between two looks that bring no good answer, but one. */
const BETWEEN_DOUBTS_MS = 1_000;

/** The circuit breaker as something to wait at. */
export function createCircuitBreaker(options: CircuitBreakerOptions): CircuitBreaker {
  const { clock, draining, budgetMs } = options;
  let state = CLOSED;
  let openings = 0;
  /** Faults of attempts sent before are the contacts' own, unless the breaker opened. */
  let clearUntil = Number.NEGATIVE_INFINITY;
  let hasGivenUp = false;
  let witness: Witness = 'uncalled';
  const waiters: Waiter[] = [];
  /** Rows that wait to know whose fault something is. */
  let inDoubt = 0;
  let news = newNews();

  draining.addEventListener('abort', () => {
    for (const { resolve } of waiters.splice(0)) resolve('drained');
    tell();
  });

  /** Wakes who waits for something to change. */
  function tell(): void {
    news.tell();
    news = newNews();
  }

  /** Sleeps, but no longer than until there is news: a timer that is left over would hold the process. */
  async function sleepOrNews(ms: number): Promise<void> {
    const enough = new AbortController();
    const { next } = news;
    await Promise.race([clock.sleep(ms, enough.signal), next]);
    enough.abort();
  }

  /** While open: sleeps to the next probe, or gives up. One timer for all who wait. */
  async function watch(probeAt: number): Promise<void> {
    while (state.kind === 'open' && state.probeAt === probeAt && !draining.aborted) {
      const now = clock.monotonic();
      if (now >= probeAt) {
        choose();
        return;
      }
      if (now - state.since >= budgetMs) {
        if (!hasGivenUp) options.onGiveUp(now - state.since);
        hasGivenUp = true;
        return;
      }
      await sleepOrNews(probeAt - now);
    }
  }

  /** Lets one go as the probe where it is time for that. */
  function choose(): void {
    while (state.kind === 'open' && clock.monotonic() >= state.probeAt && !draining.aborted) {
      const waiting = waiters.map(({ contactId }) => contactId);
      const choice = chooseProbe(state.suspects, state.isDoubt, waiting, witness);
      if (choice.kind === 'wait') return;
      if (choice.kind === 'unheard') {
        const now = clock.monotonic();
        const next = unheard(state, now, clock.random());
        if (next.kind === 'closed') clearUntil = now;
        change(next);
        return;
      }
      if (choice.kind === 'probe') {
        const [waiter] = waiters.splice(choice.index, 1);
        change(probing(state, clock.monotonic()));
        waiter?.resolve('probe');
        return;
      }
      const { probeAt } = state;
      witness = 'coming'; // who is called may be here at once
      if (!options.callWitness(state.suspects)) witness = 'none';
      else void bePatient(probeAt);
    }
  }

  async function bePatient(probeAt: number): Promise<void> {
    const until = clock.monotonic() + PATIENCE_MS;
    while (state.kind === 'open' && state.probeAt === probeAt && !draining.aborted) {
      const left = until - clock.monotonic();
      if (left <= 0) {
        witness = 'none';
        choose();
        return;
      }
      await sleepOrNews(left);
    }
  }

  function change(next: BreakerState): void {
    const before = state;
    const now = clock.monotonic();
    state = withLastProbe(next, budgetMs, now);
    if (state === before) return;
    if (isOutage(state) && !isOutage(before)) options.onOpen();
    if (isOutage(before) && !isOutage(state)) options.onClose(now - before.since);
    // a failed probe, or the first time that it is sure
    if (state.kind === 'open' && isOutage(state) && !(before.kind === 'open' && isOutage(before)))
      openings += 1;
    if (state.kind === 'closed') for (const { resolve } of waiters.splice(0)) resolve('go');
    if (state.kind === 'open' && (before.kind !== 'open' || before.probeAt !== state.probeAt)) {
      witness = 'uncalled';
      void watch(state.probeAt);
    }
    tell();
  }

  function report(
    { contactId, pass, sentAt, isWitness }: Admitted,
    result: 'well' | 'alive' | 'fault' | 'nothing',
    late?: LateAttempt,
  ): void {
    const now = clock.monotonic();
    const isProbe = pass === 'probe';
    if (result === 'nothing') {
      if (isProbe) change(probeLost(state, now));
      return;
    }
    if (result === 'fault') {
      const [inFlight, random] = [options.inFlight(), clock.random()];
      change(faulted(state, { contactId, inFlight, now, random, isProbe, isWitness, late }));
      return;
    }
    const isWell = result === 'well';
    if (isWell) clearUntil = Math.max(clearUntil, sentAt);
    if (isWell && inDoubt > 0) tell();
    change(alive(state, { contactId, isWell }));
  }

  return {
    admit(contactId) {
      if (draining.aborted) return DRAINED;
      if (state.kind === 'closed') return GO;
      return new Promise((resolve) => {
        waiters.push({ contactId, resolve });
        choose();
      });
    },
    report,
    async reportLate(sent, late) {
      const before = openings;
      report(sent, 'fault', late);
      const isOpenQuestion = (): boolean =>
        !draining.aborted && openings === before && clearUntil < sent.sentAt;
      inDoubt += 1;
      const since = clock.monotonic();
      const hearsUntil = options.inFlight() > 1 ? since + EARSHOT_MS : since;
      while (isOpenQuestion() && state.kind === 'closed' && clock.monotonic() < hearsUntil) {
        await sleepOrNews(hearsUntil - clock.monotonic());
      }
      for (let wait = 0; isOpenQuestion(); wait = BETWEEN_DOUBTS_MS) {
        const now = clock.monotonic();
        if (state.kind === 'closed') change(doubted(state, sent.contactId, now, now + wait));
        else await news.next;
      }
      inDoubt -= 1;
      if (late.isLast && openings === before && !draining.aborted) change(givenUp(state, sent.contactId));
      return openings !== before || clearUntil >= sent.sentAt;
    },
    get isOpen() {
      return state.kind !== 'closed';
    },
    get lastsMs() {
      return isOutage(state) ? clock.monotonic() - state.since : undefined;
    },
    get openings() {
      return openings;
    },
  };
}

// --- internal ---

interface Waiter {
  readonly contactId: number;
  readonly resolve: (pass: Pass | 'drained') => void;
}

const GO = Promise.resolve<Pass>('go');
const DRAINED = Promise.resolve<'drained'>('drained');

/** A promise that is kept from outside. */
function newNews(): { readonly next: Promise<void>; tell(): void } {
  let tell = (): void => {};
  const next = new Promise<void>((resolve) => {
    tell = resolve;
  });
  return { next, tell: () => tell() };
}

function isOutage(state: BreakerState): state is BreakerState & { readonly kind: 'open' | 'half-open' } {
  return state.kind !== 'closed' && !state.isDoubt;
}

/** One more probe at the very end of the budget: the API may have come back since the one before. */
function withLastProbe(state: BreakerState, budgetMs: number, now: number): BreakerState {
  if (state.kind !== 'open') return state;
  const endsAt = state.since + budgetMs;
  return now < endsAt && state.probeAt > endsAt ? { ...state, probeAt: endsAt } : state;
}
