import { setMaxListeners } from 'node:events';
import type { ApiRequest, Attempt, Reply } from '../../src/client/http/reply.ts';
import { listRequest } from '../../src/client/http/requests.ts';
import type { RateLimiter } from '../../src/client/rate-limit/rate-limiter.ts';
import { createCircuitBreaker } from '../../src/client/resilience/circuit-breaker.ts';
import { createForbiddenPolicy } from '../../src/client/resilience/forbidden-policy.ts';
import { createRetry } from '../../src/client/resilience/retry.ts';
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

/** A page with one contact. */
export const PAGE = answer(200, { meta: { count: 1, current_page: 1 }, payload: [{ id: 5 }] });

/** The contact asked for, as if the patch had been applied to nothing, or a page. */
export function applied({ method, contactId, body }: Asked): Reply {
  if (method === 'GET') return PAGE;
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
    /** Default: there is no other write. */
    callWrite?: (rowsFailing: number) => boolean;
    /** What a page of the list is answered with. Default: as any request. */
    listing?: Answering;
  } = {},
) {
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
    return (request.path === LIST_PATH ? (options.listing ?? answering) : answering)(asked);
  };
  let pausedUntil = Number.NEGATIVE_INFINITY;
  const rateLimiter: RateLimiter = {
    async permit() {
      while (!draining.aborted && pausedUntil > clock.monotonic()) {
        await clock.sleep(pausedUntil - clock.monotonic(), draining);
      }
      return !draining.aborted;
    },
    permitNow: () => false,
    pauseFor(ms) {
      pausedUntil = Math.max(pausedUntil, clock.monotonic() + ms);
    },
    waiting: 0,
    get paused() {
      return pausedUntil > clock.monotonic();
    },
    get pauseLeftMs() {
      return Math.max(0, pausedUntil - clock.monotonic());
    },
  };
  const budgetMs = options.budgetMs ?? 15 * 60_000;
  const outage = createCircuitBreaker({
    clock,
    draining,
    budgetMs,
    callOther(kind, rowsFailing) {
      if (kind === 'write' && options.callWrite?.(rowsFailing)) return true;
      if (kind === 'write' && rowsFailing > 1) return false;
      void send(LIST, { contactId: 0, expects: 'page', fields: [], kind }, () => {});
      return true;
    },
    onOpen: () => tell('outage begins'),
    onClose: (_kind, lastedMs) => tell(`outage over after ${lastedMs}`),
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
  const retry = createRetry({
    send,
    breaker: outage,
    clock,
    draining,
    maxAttempts: options.maxAttempts ?? 6,
    onRetry: () => tell('retry'),
    onWrongServer: (what) => stop(`stranger: ${what}`),
  });
  const deliver = createUpdateContact({
    retry,
    forbidden,
    clock,
    onApplied: () => {},
    onUnsent: ({ contactId }) => tell(`unsent: ${contactId}`),
    onNoReadback: () => tell('no echo'),
  });
  return { clock, requests, told, outage, forbidden, send, retry, deliver, stop, draining };
}

// --- internal ---

const LIST = listRequest(1, 15);
const LIST_PATH = LIST.path;
