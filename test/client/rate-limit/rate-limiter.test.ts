import { setMaxListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { createLeases } from '../../../src/client/rate-limit/fixed-rate.ts';
import { createRateLimiter } from '../../../src/client/rate-limit/rate-limiter.ts';
import { systemClock } from '../../../src/core/clock.ts';

const NEVER = new AbortController().signal;
setMaxListeners(0, NEVER);

test('permits come in the order in which they were asked for', async () => {
  const rateLimiter = createRateLimiter(createLeases(2_000, systemClock), systemClock, NEVER);
  const order: number[] = [];
  await Promise.all(Array.from({ length: 100 }, (_one, i) => rateLimiter.permit().then(() => order.push(i))));
  expect(order).toEqual([...order].sort((a, b) => a - b));
});

describe('draining', () => {
  test('ends every wait at once, and later ones too', async () => {
    const stopping = new AbortController();
    const rateLimiter = createRateLimiter(createLeases(1, systemClock), systemClock, stopping.signal);
    expect(await rateLimiter.permit()).toBe(true);
    const waiting = Array.from({ length: 5 }, () => rateLimiter.permit());
    expect(rateLimiter.waiting).toBe(5);
    const began = performance.now();
    stopping.abort();
    expect(await Promise.all(waiting)).toEqual(Array(5).fill(false));
    expect(await rateLimiter.permit()).toBe(false);
    expect(performance.now() - began).toBeLessThan(50);
    expect(rateLimiter.waiting).toBe(0);
  });

  test('ends a pause', async () => {
    const stopping = new AbortController();
    const rateLimiter = createRateLimiter(createLeases(100, systemClock), systemClock, stopping.signal);
    rateLimiter.pauseFor(60_000);
    const permit = rateLimiter.permit();
    stopping.abort();
    expect(await permit).toBe(false);
  });
});
