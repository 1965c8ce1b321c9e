import { setMaxListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { createLeases, type Leases } from '../../../src/client/rate-limit/fixed-rate.ts';
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

describe('a permit at hand', () => {
  /** Takes what is at hand; false where nothing is. */
  const openLimiter = (permits: number, lapsesAt = Number.POSITIVE_INFINITY) => {
    const stopping = new AbortController();
    const leases: Leases = {
      next: async () => ({ permits, lapsesAt }),
      tooEarlyMs: () => tooEarlyMs,
      used: () => {
        used += 1;
      },
      restart: () => {},
      close: () => {},
    };
    let tooEarlyMs = 0;
    let used = 0;
    const rateLimiter = createRateLimiter(leases, systemClock, stopping.signal);
    return {
      rateLimiter,
      stopping,
      setTooEarly(ms: number) {
        tooEarlyMs = ms;
      },
      get used() {
        return used;
      },
    };
  };

  test('is there while the lease lasts, and counts', async () => {
    const opened = openLimiter(3);
    expect(opened.rateLimiter.permitNow()).toBe(false); // no lease yet
    expect(await opened.rateLimiter.permit()).toBe(true);
    expect([1, 2, 3].map(() => opened.rateLimiter.permitNow())).toEqual([true, true, false]);
    expect(opened.used).toBe(3);
  });

  test.each<[string, (opened: ReturnType<typeof openLimiter>) => void]>([
    ['while a pause is in force', ({ rateLimiter }) => rateLimiter.pauseFor(60_000)],
    ['where it would be too early', ({ setTooEarly }) => setTooEarly(1)],
    ['where the run drains', ({ stopping }) => stopping.abort()],
    [
      'while others wait',
      ({ rateLimiter, setTooEarly }) => {
        setTooEarly(20);
        void rateLimiter.permit();
        setTooEarly(0);
      },
    ],
  ])('is not there %s', async (_when, happens) => {
    const opened = openLimiter(1_000);
    expect(await opened.rateLimiter.permit()).toBe(true);
    await Promise.resolve(); // until the one before is served
    expect(opened.rateLimiter.permitNow()).toBe(true);
    happens(opened);
    expect(opened.rateLimiter.permitNow()).toBe(false);
  });

  test('is not there once the lease has lapsed', async () => {
    const opened = openLimiter(1_000, systemClock.monotonic() + 20);
    expect(await opened.rateLimiter.permit()).toBe(true);
    await systemClock.sleep(25);
    expect(opened.rateLimiter.permitNow()).toBe(false);
  });
});
