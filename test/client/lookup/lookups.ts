import { onTestFinished } from 'vitest';
import { createAttempt } from '../../../src/client/http/attempt.ts';
import { createSearch } from '../../../src/client/lookup/search.ts';
import { createLeases } from '../../../src/client/rate-limit/fixed-rate.ts';
import { createPace } from '../../../src/client/rate-limit/rate-limiter.ts';
import { createOutage } from '../../../src/client/resilience/circuit-breaker.ts';
import { createForbiddenCourt } from '../../../src/client/resilience/forbidden-policy.ts';
import { createAsk } from '../../../src/client/resilience/retry-read.ts';
import { createSend } from '../../../src/client/resilience/send.ts';
import { createImpostorWatch } from '../../../src/client/resilience/wrong-server.ts';
import { createCreate } from '../../../src/client/write/create-contact.ts';
import { type Clock, systemClock } from '../../../src/core/clock.ts';

/** Nobody waits between attempts. */
const IMPATIENT: Clock = { ...systemClock, random: () => 0 };

/** Search and creation over real HTTP against an emulator, without a rate. */
export function lookupsAt(
  { url }: { readonly url: string },
  options: { timeoutMs?: number; maxAttempts?: number } = {},
) {
  const { timeoutMs = 5_000, maxAttempts = 4 } = options;
  const clock = IMPATIENT;
  const told: string[] = [];
  const stopping = new AbortController();
  const draining = stopping.signal;
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
  const outage = createOutage({
    clock,
    draining,
    budgetMs: 60_000,
    inFlight: () => 50,
    callWitness: () => false,
    onOpen: () => told.push('outage'),
    onClose: () => told.push('outage over'),
    onGiveUp: () => stop('outage of a minute'),
  });
  const court = createForbiddenCourt(() => stop('key refused'));
  const send = createSend({
    attempt,
    pace: createPace(createLeases(Number.POSITIVE_INFINITY, clock), clock, draining),
    outage,
    court,
    impostors: createImpostorWatch(),
    clock,
    throttleBudgetMs: 60_000,
    onVerdict: () => {},
    onPause: () => told.push('pause'),
    onThrottledTooLong: () => stop('throttled too long'),
    onUnauthorized: () => stop('unauthorized'),
    onImpostor: (what) => stop(`impostor: ${what}`),
  });
  const common = {
    send,
    clock,
    draining,
    maxAttempts,
    outages: () => outage.openings,
    onRetry: () => told.push('retry'),
    onStranger: (what: string) => stop(`stranger: ${what}`),
  };
  const ask = createAsk({
    ...common,
    forbidden: createImpostorWatch(),
    onForbidden: () => stop('may not read'),
  });
  const search = createSearch(ask);
  return { ask, search, create: createCreate({ ...common, search, court }), court, told };
}
