import { describe, expect, test } from 'vitest';
import { createAdaptiveLeases } from '../../../src/client/rate-limit/adaptive-rate.ts';
import { createEvenLeases } from '../../../src/client/rate-limit/fixed-rate.ts';
import { createRateLimiter } from '../../../src/client/rate-limit/rate-limiter.ts';
import type { Clock } from '../../../src/core/clock.ts';
import { systemClock } from '../../../src/core/clock.ts';

const NEVER = new AbortController().signal;

/** Sets the clock of this process, which Bottleneck reads too, `ms` ahead, or back where negative; undone afterwards. */
async function withClockSetBy<T>(ms: number, use: () => Promise<T>): Promise<T> {
  const { now } = Date;
  Date.now = () => now() + ms;
  try {
    return await use();
  } finally {
    Date.now = now;
  }
}

async function lasts(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

const HOUR = 60 * 60_000;

describe('a clock that is set delays nothing', () => {
  test.each([-HOUR, -5_000, HOUR])('leases at a fixed rate: by %i ms', async (ms) => {
    const leases = createEvenLeases(100, systemClock);
    for (let i = 0; i < 5; i += 1) await leases.next();
    const took = await withClockSetBy(ms, () =>
      lasts(async () => {
        for (let i = 0; i < 20; i += 1) await leases.next();
      }),
    );
    leases.close();
    expect(took).toBeLessThan(3_000);
    expect(took).toBeGreaterThan(100);
  });

  test('leases at a rate that is found', async () => {
    const leases = createAdaptiveLeases(systemClock, { learned: { limit: 100 } });
    for (let i = 0; i < 3; i += 1) await leases.next();
    const took = await withClockSetBy(-HOUR, () =>
      lasts(async () => {
        for (let i = 0; i < 10; i += 1) {
          await leases.next();
          leases.feedback.sent(Date.now());
          leases.feedback.ended();
        }
      }),
    );
    leases.close();
    expect(took).toBeLessThan(3_000);
  });

  test('a pause', async () => {
    const rateLimiter = createRateLimiter(createEvenLeases(1_000, systemClock), systemClock, NEVER);
    rateLimiter.pauseFor(200);
    const took = await withClockSetBy(-HOUR, () => lasts(() => rateLimiter.permit()));
    expect(took).toBeGreaterThanOrEqual(190);
    expect(took).toBeLessThan(2_000);
    rateLimiter.pauseFor(200);
    const ahead = await withClockSetBy(HOUR, () => lasts(() => rateLimiter.permit()));
    expect(ahead).toBeGreaterThanOrEqual(190);
  });
});

test('closing ends a lease that is waited for', async () => {
  const clock: Clock = systemClock;
  const leases = createEvenLeases(0.2, clock);
  await leases.next();
  const next = leases.next();
  leases.close();
  expect(await lasts(() => next)).toBeLessThan(1_000);
});
