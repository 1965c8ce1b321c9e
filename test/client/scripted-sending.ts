import { setMaxListeners } from 'node:events';
import type { ApiRequest, Attempt, Reply } from '../../src/client/http/reply.ts';
import type { RateLimiter } from '../../src/client/rate-limit/rate-limiter.ts';
import { createCircuitBreaker } from '../../src/client/resilience/circuit-breaker.ts';
import { createForbiddenPolicy } from '../../src/client/resilience/forbidden-policy.ts';
import { createSend } from '../../src/client/resilience/send.ts';
import { createWrongServerDetector } from '../../src/client/resilience/wrong-server.ts';
import { createUpdateContact } from '../../src/client/write/update-contact.ts';
import type { Patch } from '../../src/core/types.ts';
import { FakeClock } from '../helpers/fake-clock.ts';

/** A request as the script sees it; `n` counts from 1 over all requests, `nth` over those of its contact. */
export interface Asked extends ApiRequest {
  readonly contactId: number;
  readonly n: number;
  readonly nth: number;
  /** When it was sent, in milliseconds from the start. */
  readonly at: number;
}

/** What the server does with a request: a reply at once, or later. */
export type Answering = (asked: Asked) => Reply | Promise<Reply>;

export function answer(
  status: number,
  body: unknown = '',
  headers: { [name: string]: string } = {},
): Reply & { kind: 'answer' } {
  return { kind: 'answer', status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

/** The contact asked for, as if the patch had been applied to nothing. */
export function applied({ contactId, body }: Asked): Reply {
  return answer(200, { payload: { additional_attributes: {}, ...JSON.parse(body ?? '{}'), id: contactId } });
}

export const RESET: Reply = { kind: 'fault', code: 'ECONNRESET' };

export function patchOf(contactId: number, more: Partial<Patch> = {}): Patch {
  return { contactId, body: { name: 'Anna' }, fields: ['name'], complete: false, ...more };
}

/** The whole delivery stage around a scripted server, on a clock that stands still, without a rate. */
export function scriptedSending(
  answering: Answering,
  options: {
    maxAttempts?: number;
    budgetMs?: number;
    inFlight?: number | (() => number);
    callWitness?: (suspects: ReadonlySet<number>) => boolean;
  } = {},
) {
  const { inFlight = 50 } = options;
  const clock = new FakeClock();
  const stopping = new AbortController();
  const draining = stopping.signal;
  setMaxListeners(0, draining);
  const requests: Asked[] = [];
  const told: string[] = [];
  const tell = (what: string): void => {
    told.push(what);
  };
  const stop = (why: string): void => {
    tell(`stop: ${why}`);
    stopping.abort();
  };
  const attempt: Attempt = async (request) => {
    const contactId = Number(request.path.split('/').at(-1));
    const nth = requests.filter((one) => one.contactId === contactId).length + 1;
    const asked = { ...request, contactId, n: requests.length + 1, nth, at: clock.monotonic() };
    requests.push(asked);
    return answering(asked);
  };
  let pausedUntil = 0;
  const rateLimiter: RateLimiter = {
    async permit() {
      while (!draining.aborted && pausedUntil > clock.now()) {
        await clock.sleep(pausedUntil - clock.now(), draining);
      }
      return !draining.aborted;
    },
    pauseUntil(untilMs) {
      pausedUntil = Math.max(pausedUntil, untilMs);
    },
    waiting: 0,
    get paused() {
      return pausedUntil > clock.now();
    },
    get pauseLeftMs() {
      return Math.max(0, pausedUntil - clock.now());
    },
  };
  const budgetMs = options.budgetMs ?? 15 * 60_000;
  const outage = createCircuitBreaker({
    clock,
    draining,
    budgetMs,
    inFlight: typeof inFlight === 'function' ? inFlight : () => inFlight,
    callWitness: options.callWitness ?? (() => false),
    onOpen: () => tell('outage begins'),
    onClose: (lastedMs) => tell(`outage over after ${lastedMs}`),
    onGiveUp: (lastedMs) => stop(`outage of ${lastedMs}`),
  });
  const forbidden = createForbiddenPolicy(() => stop('forbidden'));
  const send = createSend({
    attempt,
    rateLimiter,
    breaker: outage,
    forbidden,
    wrongServer: createWrongServerDetector(),
    clock,
    throttleBudgetMs: budgetMs,
    onVerdict: () => {},
    onPause: (waitMs, isAsked) => tell(`pause ${waitMs}${isAsked ? ' as asked' : ''}`),
    onThrottledTooLong: (waitMs) => stop(`throttled, next wait ${waitMs}`),
    onUnauthorized: () => stop('unauthorized'),
    onWrongServer: (what) => stop(`impostor: ${what}`),
  });
  const deliver = createUpdateContact({
    send,
    forbidden,
    clock,
    draining,
    maxAttempts: options.maxAttempts ?? 6,
    outages: () => outage.openings,
    onApplied: () => {},
    onRetry: () => tell('retry'),
    onWrongServer: (what) => stop(`stranger: ${what}`),
    onNoReadback: () => tell('no echo'),
  });
  return { clock, requests, told, outage, forbidden, send, deliver, stop, draining };
}
