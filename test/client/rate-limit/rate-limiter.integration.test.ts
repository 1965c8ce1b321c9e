import { setMaxListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { createLeases } from '../../../src/client/rate-limit/fixed-rate.ts';
import { createRateLimiter } from '../../../src/client/rate-limit/rate-limiter.ts';
import { systemClock } from '../../../src/core/clock.ts';

const NEVER = new AbortController().signal;
setMaxListeners(0, NEVER);

/** Takes permits one after the other for `ms`; gives when each came. */
async function permitsOf(ratePerSecond: number, ms: number, workers = 1): Promise<number[]> {
  const rateLimiter = createRateLimiter(createLeases(ratePerSecond, systemClock), systemClock, NEVER);
  const times: number[] = [];
  const end = performance.now() + ms;
  const work = async (): Promise<void> => {
    while (performance.now() < end) {
      await rateLimiter.permit();
      times.push(performance.now());
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return times;
}

/** The most permits within any second. */
function busiestSecond(times: readonly number[]): number {
  let most = 0;
  for (let first = 0, last = 0; last < times.length; last += 1) {
    while ((times[last] ?? 0) - (times[first] ?? 0) >= 1000) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

// a machine that is busy with other things gets another chance
describe('in real time', { retry: 2 }, () => {
  test.concurrent.each([
    [20, 1],
    [200, 20],
    [1_000, 50],
  ])('%i/s is held, and no rolling second has more', async (rate, workers) => {
    const times = await permitsOf(rate, 2_000, workers);
    const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
    expect((times.length - 1) / seconds).toBeGreaterThanOrEqual(rate * 0.97);
    expect(busiestSecond(times)).toBeLessThanOrEqual(rate * 1.02 + 2);
  });

  test.concurrent('a pause in demand turns into no burst', async () => {
    const rateLimiter = createRateLimiter(createLeases(100, systemClock), systemClock, NEVER);
    for (let i = 0; i < 10; i += 1) await rateLimiter.permit();
    await systemClock.sleep(500);
    const began = performance.now();
    for (let i = 0; i < 20; i += 1) await rateLimiter.permit();
    expect(performance.now() - began).toBeGreaterThanOrEqual(160);
  });

  test.concurrent('less than one per second', async () => {
    const rateLimiter = createRateLimiter(createLeases(0.8, systemClock), systemClock, NEVER);
    const began = performance.now();
    await rateLimiter.permit();
    await rateLimiter.permit();
    expect(performance.now() - began).toBeGreaterThanOrEqual(1_240);
  });

  test.concurrent.each([[50], [Number.POSITIVE_INFINITY]])('a pause is kept, also at %s/s', async (rate) => {
    const rateLimiter = createRateLimiter(createLeases(rate, systemClock), systemClock, NEVER);
    await rateLimiter.permit();
    const until = performance.now() + 300;
    rateLimiter.pauseFor(300);
    rateLimiter.pauseFor(100); // shortens nothing
    expect(rateLimiter.paused).toBe(true);
    await Promise.all([rateLimiter.permit(), rateLimiter.permit()]);
    expect(performance.now()).toBeGreaterThanOrEqual(until);
    expect(rateLimiter.paused).toBe(false);
  });

  test.concurrent('a pause that begins while rows wait holds them, too', async () => {
    const rateLimiter = createRateLimiter(createLeases(20, systemClock), systemClock, NEVER);
    const granted: number[] = [];
    const all = Array.from({ length: 6 }, () =>
      rateLimiter.permit().then(() => granted.push(performance.now())),
    );
    await systemClock.sleep(75);
    const until = performance.now() + 300;
    rateLimiter.pauseFor(300);
    const before = granted.length;
    await Promise.all(all);
    expect(before).toBeGreaterThan(0);
    expect(granted.slice(before).every((time) => time >= until)).toBe(true);
  });
});

/** Not beside others: they keep the event loop for themselves. */
describe('in real time, alone', { retry: 2 }, () => {
  test('a process that was held up does not catch up in a burst', async () => {
    const rateLimiter = createRateLimiter(createLeases(500, systemClock), systemClock, NEVER);
    const times: number[] = [];
    const all = Array.from({ length: 700 }, () =>
      rateLimiter.permit().then(() => times.push(performance.now())),
    );
    await systemClock.sleep(200);
    for (const until = performance.now() + 250; performance.now() < until; ); // nothing runs meanwhile
    await Promise.all(all);
    expect(busiestSecond(times)).toBeLessThanOrEqual(500 * 1.02 + 2);
  });

  test('a process that is held up again and again still holds the rate', async () => {
    const hog = setInterval(() => {
      for (const until = performance.now() + 40; performance.now() < until; );
    }, 200);
    const times = await permitsOf(200, 2_000, 20);
    clearInterval(hog);
    const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
    expect((times.length - 1) / seconds).toBeGreaterThanOrEqual(200 * 0.97);
    expect(busiestSecond(times)).toBeLessThanOrEqual(200 * 1.02 + 2);
  });

  test('what is left of a lease lapses', async () => {
    const rateLimiter = createRateLimiter(createLeases(1_000, systemClock), systemClock, NEVER);
    await rateLimiter.permit();
    await systemClock.sleep(200);
    const began = performance.now();
    await Promise.all(Array.from({ length: 39 }, () => rateLimiter.permit()));
    expect(performance.now() - began).toBeGreaterThanOrEqual(26);
  });

  test('unlimited does not wait', async () => {
    expect((await permitsOf(Number.POSITIVE_INFINITY, 100, 50)).length).toBeGreaterThan(5_000);
  });
});
