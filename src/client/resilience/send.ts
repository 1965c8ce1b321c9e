import type { Clock } from '../../core/clock.ts';
import { type Asked, classify, type Verdict } from '../answer/classify.ts';
import type { ApiRequest, Attempt } from '../http/reply.ts';
import type { RateFeedback } from '../rate-limit/adaptive-rate.ts';
import type { RateLimiter } from '../rate-limit/rate-limiter.ts';
import { createSteadyTime } from '../rate-limit/steady-time.ts';
import { NOT_THROTTLED, passed, type ThrottleState, throttled } from '../rate-limit/throttle-pause.ts';
import type { CircuitBreaker, Pass, RequestKind } from './circuit-breaker.ts';
import type { ForbiddenPolicy } from './forbidden-policy.ts';
import type { WrongServerDetector } from './wrong-server.ts';

/**
 * Sends one request when the circuit breaker and the rate limiter allow it, and says what its reply means: `cut` when
 * the run stops before, `outdated` when the request was out of date by then. `onSent` is called as it leaves, with
 * monotonic milliseconds.
 */
export type Send = (
  request: ApiRequest,
  asked: AskedOnce,
  onSent: (kind: RequestKind, sentAt: number) => void,
) => Promise<Verdict | 'cut' | 'outdated'>;

/** What is asked, and what the circuit breaker needs to know of it. */
export interface AskedOnce extends Asked {
  /** What a good answer vouches for. Default: what the request does. */
  readonly kind?: RequestKind | undefined;
  /** When the first request of the same row and kind was sent that failed. Default: none has. */
  readonly failedAt?: number | undefined;
  /** Called before the circuit breaker learns of a failure that may be the service's. */
  readonly onFailure?: (kind: RequestKind, sentAt: number) => void;
  /** Looked at once the request may be sent, which can be long after it was asked for. */
  readonly isOutdated?: (() => boolean) | undefined;
}

/** What a request does. An empty PATCH changes nothing, so it only reads. */
export function requestKindOf({ method, isRead = false }: ApiRequest): RequestKind {
  return method === 'GET' || isRead ? 'read' : 'write';
}

export interface SendOptions {
  readonly attempt: Attempt;
  readonly rateLimiter: RateLimiter;
  readonly breaker: CircuitBreaker;
  readonly forbidden: ForbiddenPolicy;
  readonly wrongServer: WrongServerDetector;
  readonly clock: Clock;
  /** Learns from every request, where the rate follows from them. */
  readonly feedback?: RateFeedback | undefined;
  /** How long one unbroken stretch of throttling may last, in milliseconds. */
  readonly throttleBudgetMs: number;
  /** Every request that got a reply, with its duration in milliseconds. */
  readonly onVerdict: (verdict: Verdict, durationMs: number) => void;
  /** All requests wait for `waitMs`; `asked` tells whether the server named the time. */
  readonly onPause: (waitMs: number, asked: boolean) => void;
  /** Throttling has lasted, or would last, longer than its budget. */
  readonly onThrottledTooLong: (waitMs: number) => void;
  /** 401. */
  readonly onUnauthorized: (verdict: Verdict & { kind: 'unauthorized' }) => void;
  /** Something else answers in the API's place: the first answer of all, or five in a row. */
  readonly onWrongServer: (what: string) => void;
}

/** The order in which the policies stand around a request: circuit breaker, rate limiter, HTTP. */
export function createSend(options: SendOptions): Send {
  const { attempt, rateLimiter, breaker, forbidden, wrongServer, clock, feedback } = options;
  const time = createSteadyTime(clock);
  let throttle: ThrottleState = NOT_THROTTLED;

  async function admitted(kind: RequestKind, hasFailed: boolean): Promise<Pass | undefined> {
    for (;;) {
      const pass = await breaker.admit(kind, hasFailed);
      if (pass === 'drained') return undefined;
      if (!(await rateLimiter.permit())) {
        breaker.report({ kind, pass, sentAt: clock.monotonic() }, 'nothing');
        return undefined;
      }
      // the breaker may have opened while this request waited for its permit
      if (pass === 'probe' || !breaker.holds(kind)) return pass;
    }
  }

  function learn(verdict: Verdict, { contactId, expects }: AskedOnce, sentAt: number): void {
    const isFault = isOutageFault(verdict);
    if (verdict.kind === 'throttled') pauseAll(verdict, sentAt);
    else if (!isFault) {
      throttle = passed(throttle, sentAt);
      feedback?.passed(time(), time() - sentAt);
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
    const now = time();
    const ownMs = feedback?.throttled(now, sentAt);
    const waitMs = verdict.waitMs ?? ownMs;
    const asked = waitMs === undefined ? {} : { waitMs };
    const before = throttle;
    throttle = throttled(before, { sentAt, now, random: clock.random(), ...asked });
    if (throttle === before) return;
    const pauseMs = throttle.pausedUntil - now;
    rateLimiter.pauseFor(pauseMs);
    options.onPause(pauseMs, verdict.waitMs !== undefined);
    const lasted = throttle.pausedUntil - (throttle.since ?? now);
    if (lasted > options.throttleBudgetMs) options.onThrottledTooLong(pauseMs);
  }

  return async (request, asked, onSent) => {
    const { kind = requestKindOf(request), failedAt } = asked;
    const isFree = !breaker.holds(kind) && rateLimiter.permitNow();
    const pass = isFree ? 'go' : await admitted(kind, failedAt !== undefined);
    if (!pass) return 'cut';
    const sentAt = time();
    const sent = { kind, pass, failedAt, sentAt: clock.monotonic() };
    if (asked.isOutdated?.()) {
      breaker.report(sent, 'nothing');
      return 'outdated';
    }
    onSent(kind, sent.sentAt);
    feedback?.sent(sentAt);
    const reply = await attempt(request);
    feedback?.ended();
    if (reply.kind === 'cut') {
      breaker.report(sent, 'nothing');
      return 'cut';
    }
    const verdict = classify(reply, asked, clock.now());
    options.onVerdict(verdict, clock.monotonic() - sent.sentAt);
    if (isOutageFault(verdict)) asked.onFailure?.(kind, sent.sentAt);
    breaker.report(sent, whatItShows(verdict));
    learn(verdict, asked, sentAt);
    return verdict;
  };
}

// --- internal ---

function isOutageFault(verdict: Verdict): boolean {
  return verdict.kind === 'transient' && verdict.outage;
}

/** What an answer shows of the API: only one that does what was asked for shows that the API can. */
function whatItShows(verdict: Verdict): 'good' | 'other' | 'failure' {
  if (verdict.kind === 'applied') return 'good';
  return isOutageFault(verdict) ? 'failure' : 'other';
}
