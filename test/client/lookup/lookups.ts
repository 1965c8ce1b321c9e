import { setMaxListeners } from 'node:events';
import { onTestFinished } from 'vitest';
import { createAttempt } from '../../../src/client/http/attempt.ts';
import type { ApiRequest, Reply } from '../../../src/client/http/reply.ts';
import { listRequest } from '../../../src/client/http/requests.ts';
import { createSearch } from '../../../src/client/lookup/search.ts';
import { createLeases } from '../../../src/client/rate-limit/fixed-rate.ts';
import { createRateLimiter } from '../../../src/client/rate-limit/rate-limiter.ts';
import { createCircuitBreaker } from '../../../src/client/resilience/circuit-breaker.ts';
import { createForbiddenPolicy } from '../../../src/client/resilience/forbidden-policy.ts';
import { createRetry } from '../../../src/client/resilience/retry.ts';
import { createReadPage } from '../../../src/client/resilience/retry-read.ts';
import { createSend } from '../../../src/client/resilience/send.ts';
import { createWrongServerDetector } from '../../../src/client/resilience/wrong-server.ts';
import { createContactCreator } from '../../../src/client/write/create-contact.ts';
import { type Clock, systemClock } from '../../../src/core/clock.ts';

/** Nobody waits between attempts. */
const IMPATIENT: Clock = { ...systemClock, random: () => 0 };

/** Search and creation over real HTTP against an emulator, without a rate. */
export function lookupsAt(
  { url }: { readonly url: string },
  options: {
    timeoutMs?: number;
    maxAttempts?: number;
    /** What a request is answered with in the API's place. */
    instead?: (request: ApiRequest) => Reply | undefined;
  } = {},
) {
  const { timeoutMs = 5_000, maxAttempts = 4 } = options;
  const clock = IMPATIENT;
  const told: string[] = [];
  const stopping = new AbortController();
  const draining = stopping.signal;
  setMaxListeners(0, draining);
  const stop = (why: string): void => {
    told.push(why);
    stopping.abort();
  };
  const { attempt, close } = createAttempt({
    baseUrl: url,
    apiKey: 'demo-key',
    apiSecret: 'demo-secret',
    timeoutMs,
    concurrency: 10,
    userAgent: 'test',
    aborting: new AbortController().signal,
  });
  onTestFinished(close);
  const outage = createCircuitBreaker({
    clock,
    draining,
    budgetMs: 60_000,
    callOther(kind) {
      void send(listRequest(1, 15), { contactId: 0, expects: 'page', fields: [], kind }, () => {});
      return true;
    },
    onOpen: () => told.push('outage'),
    onClose: () => told.push('outage over'),
    onGiveUp: () => stop('outage of a minute'),
  });
  const forbidden = createForbiddenPolicy(() => stop('key refused'));
  const send = createSend({
    attempt: async (request) => options.instead?.(request) ?? attempt(request),
    rateLimiter: createRateLimiter(createLeases(Number.POSITIVE_INFINITY, clock), clock, draining),
    breaker: outage,
    forbidden,
    wrongServer: createWrongServerDetector(),
    clock,
    throttleBudgetMs: 60_000,
    onVerdict: () => {},
    onPause: () => told.push('pause'),
    onThrottledTooLong: () => stop('throttled too long'),
    onUnauthorized: () => stop('unauthorized'),
    onWrongServer: (what) => stop(`impostor: ${what}`),
  });
  const retry = createRetry({
    send,
    breaker: outage,
    clock,
    draining,
    maxAttempts,
    onRetry: () => told.push('retry'),
    onWrongServer: (what: string) => stop(`stranger: ${what}`),
  });
  const ask = createReadPage({ retry, onForbidden: () => stop('may not read') });
  const search = createSearch(ask);
  const create = createContactCreator({ retry, search, forbidden, clock });
  return { ask, search, create, forbidden, told };
}
