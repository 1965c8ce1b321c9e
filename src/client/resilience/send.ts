import type { Clock } from '../../core/clock.ts';
import { type Asked, classify, type Verdict, wasNeverSent } from '../answer/classify.ts';
import type { ApiRequest, Attempt } from '../http/reply.ts';
import type { RateFeedback } from '../rate-limit/adaptive-rate.ts';
import type { RateLimiter } from '../rate-limit/rate-limiter.ts';
import { NOT_THROTTLED, passed, type ThrottleState, throttled } from '../rate-limit/throttle-pause.ts';
import type { LateAttempt } from './breaker-state.ts';
import type { CircuitBreaker, Pass } from './circuit-breaker.ts';
import type { ForbiddenPolicy } from './forbidden-policy.ts';
import type { WrongServerDetector } from './wrong-server.ts';

/** Sends one request when breaker and pace allow it, and says what its reply means. `cut` when the run stops. */
export type Send = (request: ApiRequest, asked: AskedOnce, onSent: () => void) => Promise<Verdict | 'cut'>;

/** What is asked, and how much depends on the answer. */
export interface AskedOnce extends Asked {
  /** Which attempt it is, from 1, of how many that count. */
  readonly attempt?: { readonly number: number; readonly of: number } | undefined;
  /** It is only to tell whether the API is alive. */
  readonly isWitness?: boolean | undefined;
}

export interface SendOptions {
  readonly attempt: Attempt;
  readonly rateLimiter: RateLimiter;
  readonly breaker: CircuitBreaker;
  readonly forbidden: ForbiddenPolicy;
  readonly wrongServer: WrongServerDetector;
  readonly clock: Clock;
  /** Whom to tell of every request, where the rate follows from them. */
  readonly feedback?: RateFeedback | undefined;
  /** How long one unbroken stretch of throttling may last, in milliseconds. */
  readonly throttleBudgetMs: number;
  /** Every request that got a reply, with its duration in milliseconds. */
  readonly onVerdict: (verdict: Verdict, durationMs: number) => void;
  /** Everybody waits for `waitMs`; `asked` tells whether the server named the time. */
  readonly onPause: (waitMs: number, asked: boolean) => void;
  /** Throttling has lasted, or would last, longer than its budget. */
  readonly onThrottledTooLong: (waitMs: number) => void;
  /** 401. */
  readonly onUnauthorized: (verdict: Verdict & { kind: 'unauthorized' }) => void;
  /** Something else answers in the API's place: the first answer of all, or five in a row. */
  readonly onWrongServer: (what: string) => void;
}

/** The order in which the policies stand around an attempt: breaker, then pace, then the request. */
export function createSend(options: SendOptions): Send {
  const { attempt, rateLimiter, breaker, forbidden, wrongServer, clock, feedback } = options;
  let throttle: ThrottleState = NOT_THROTTLED;

  async function admitted(contactId: number): Promise<Pass | undefined> {
    for (;;) {
      const pass = await breaker.admit(contactId);
      if (pass === 'drained') return undefined;
      if (!(await rateLimiter.permit())) {
        breaker.report({ contactId, pass, sentAt: clock.monotonic() }, 'nothing');
        return undefined;
      }
      // the breaker may have opened while this row waited for its permit
      if (pass === 'probe' || !breaker.isOpen) return pass;
    }
  }

  function learn(verdict: Verdict, { contactId, expects }: AskedOnce, sentAt: number): void {
    const isFault = isOutageFault(verdict);
    if (verdict.kind === 'throttled') pauseAll(verdict, sentAt);
    else if (!isFault) {
      throttle = passed(throttle, sentAt);
      feedback?.passed(clock.now(), clock.now() - sentAt);
    }
    if (verdict.kind === 'not_livedesk') {
      if (wrongServer.foreignResponse()) options.onWrongServer(verdict.what);
      return;
    }
    if (isFault || verdict.kind === 'throttled') return;
    wrongServer.known();
    if (verdict.kind === 'unauthorized') options.onUnauthorized(verdict);
    // a key that may read says nothing of whether it may write
    const isWrite = expects !== 'page';
    if (isWrite && (verdict.kind === 'applied' || verdict.kind === 'rejected'))
      forbidden.different(contactId);
  }

  function pauseAll(verdict: Verdict & { kind: 'throttled' }, sentAt: number): void {
    const now = clock.now();
    const ownMs = feedback?.throttled(now, sentAt);
    const waitMs = verdict.waitMs ?? ownMs;
    const asked = waitMs === undefined ? {} : { waitMs };
    const before = throttle;
    throttle = throttled(before, { sentAt, now, random: clock.random(), ...asked });
    if (throttle === before) return;
    rateLimiter.pauseUntil(throttle.pausedUntil);
    const pauseMs = throttle.pausedUntil - now;
    options.onPause(pauseMs, verdict.waitMs !== undefined);
    const lasted = throttle.pausedUntil - (throttle.since ?? now);
    if (lasted > options.throttleBudgetMs) options.onThrottledTooLong(pauseMs);
  }

  return async (request, asked, onSent) => {
    const pass = await admitted(asked.contactId);
    if (!pass) return 'cut';
    const sentAt = clock.now();
    const began = clock.monotonic();
    const { contactId, isWitness } = asked;
    const sent = { contactId, pass, sentAt: began, isWitness };
    onSent();
    feedback?.sent(sentAt);
    const reply = await attempt(request);
    feedback?.ended();
    if (reply.kind === 'cut') {
      breaker.report(sent, 'nothing');
      return 'cut';
    }
    const verdict = classify(reply, asked, clock.now());
    options.onVerdict(verdict, clock.monotonic() - began);
    const late = lateAttempt(asked, verdict);
    if (late) return (await breaker.reportLate(sent, late)) ? verdict : 'cut';
    breaker.report(sent, whatItShows(verdict));
    learn(verdict, asked, sentAt);
    return verdict;
  };
}

// --- internal ---

/**
 * What is told of a fault after which it must be known whether the API is alive for others: of the last attempt, and of
 * the one before, since an outage that ended between the last one and that look would have been all that the row met.
 */
function lateAttempt({ attempt }: AskedOnce, verdict: Verdict): LateAttempt | undefined {
  if (!attempt || !isOutageFault(verdict) || attempt.number + 1 < attempt.of) return undefined;
  const isLast = attempt.number >= attempt.of;
  return { attempts: attempt.number, isLast, isUnsent: wasNeverSent(verdict) };
}

function isOutageFault(verdict: Verdict): boolean {
  return verdict.kind === 'transient' && verdict.outage;
}

/** What an answer shows of the API: a good one comes from where contacts are kept, others may not get so far. */
function whatItShows(verdict: Verdict): 'well' | 'alive' | 'fault' {
  switch (verdict.kind) {
    case 'applied':
    case 'rejected':
    case 'forbidden':
      return 'well';
    case 'transient':
      return verdict.outage ? 'fault' : 'alive';
    case 'throttled':
    case 'unauthorized':
    case 'not_livedesk':
      return 'alive';
  }
}
