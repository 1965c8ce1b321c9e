import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createRateController,
  isPlausibleRate,
  type LearnedRate,
} from '../../../src/client/rate-limit/rate-controller.ts';
import { fixedWindow, type Limiter, noLimit, type Second, simulate, tokenBucket } from './simulated-api.ts';

const START = Date.UTC(2026, 10, 22, 2, 0, 7, 300);

interface Run {
  readonly limiter?: Limiter;
  readonly latencyMs?: (now: number, open: number) => number;
  readonly startAt?: number;
  readonly seconds?: number;
  readonly maxRate?: number;
  readonly learned?: LearnedRate;
}

function run({ limiter = noLimit, startAt = START, seconds = 240, maxRate = 5_000, ...more }: Run) {
  const controller = createRateController({ startAt: 5, maxRate, learned: more.learned });
  const latencyMs = more.latencyMs ?? jitter(1);
  return { controller, seconds: simulate({ controller, limiter, latencyMs, startAt, seconds }) };
}

/** 20 to 200 ms, the same ones for the same seed. */
function jitter(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return 20 + (180 * state) / 2 ** 32;
  };
}

function sum(seconds: readonly Second[], what: 'passed' | 'throttled'): number {
  return seconds.reduce((total, second) => total + second[what], 0);
}

/** From `from` seconds on: the share of `perSecond` that passed, and the share of all answers that were throttled. */
function held(seconds: readonly Second[], perSecond: number, from = 60) {
  const after = seconds.slice(from);
  const [passed, throttled] = [sum(after, 'passed'), sum(after, 'throttled')];
  return { share: passed / after.length / perSecond, throttled: throttled / (passed + throttled) };
}

function expectHeld(seconds: readonly Second[], perSecond: number, from?: number): void {
  const { share, throttled } = held(seconds, perSecond, from);
  expect(share).toBeGreaterThanOrEqual(0.9);
  expect(throttled).toBeLessThanOrEqual(0.02);
}

describe('a bucket of tokens', () => {
  test.each([
    [20, 1],
    [20, 5],
    [20, 20],
    [20, 40],
    [150, 5],
    [150, 150],
    [150, 300],
    [900, 10],
    [900, 900],
    [900, 1_800],
  ])('%i/s, of which %i can be saved', (perSecond, burst) => {
    const { seconds, controller } = run({ limiter: tokenBucket(() => perSecond, burst) });
    expectHeld(seconds, perSecond);
    expect(controller.learned?.window).toBeUndefined();
  });

  test('of any size, met at any time, with any latency', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 15, max: 600 }),
        fc.double({ min: 0.1, max: 2, noNaN: true }),
        fc.integer({ min: 0, max: 59_999 }),
        fc.integer(),
        (perSecond, saved, offset, seed) => {
          const limiter = tokenBucket(() => perSecond, Math.max(2, perSecond * saved));
          const { seconds } = run({ limiter, startAt: START + offset, latencyMs: jitter(seed) });
          expectHeld(seconds, perSecond);
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('a window of the clock', () => {
  test.each([
    [600, 60_000, 180, 600],
    [3_000, 60_000, 180, 600],
    [100, 10_000, 60, 240],
  ])('%i requests in %i ms are found and spent evenly', (requests, windowMs, from, length) => {
    for (const offset of [0, 14_000, 33_000, 51_000]) {
      const limiter = fixedWindow(requests, windowMs);
      const { seconds, controller } = run({ limiter, startAt: START + offset, seconds: length });
      expectHeld(seconds, (requests * 1000) / windowMs, from);
      expect(controller.learned?.window?.ms).toBe(windowMs);
    }
  });

  test('of one second is held like a bucket', () => {
    expectHeld(run({ limiter: fixedWindow(500, 1_000) }).seconds, 500);
  });
});

describe('a limit that changes', () => {
  test('halves: the rate follows within a few seconds, and few are refused meanwhile', () => {
    const changesAt = START + 120_000;
    const limiter = tokenBucket((now) => (now < changesAt ? 200 : 100), 50);
    const { seconds } = run({ limiter, seconds: 400 });
    expectHeld(seconds, 100, 130);
    expect(sum(seconds.slice(120, 130), 'throttled')).toBeLessThan(50);
  });

  test('doubles: the rate follows within three minutes', () => {
    const changesAt = START + 120_000;
    const limiter = tokenBucket((now) => (now < changesAt ? 100 : 200), 50);
    expectHeld(run({ limiter, seconds: 600 }).seconds, 200, 300);
  });
});

describe('a server without a limit', () => {
  test('that takes its time is asked at the highest rate', () => {
    const { seconds, controller } = run({ latencyMs: () => 1_000, maxRate: 100 });
    expectHeld(seconds, 100);
    expect([controller.phase, controller.learned]).toEqual(['at its maximum', undefined]);
  });

  test('that works at eight requests at a time is kept busy, and little queues up there', () => {
    const freeAt = Array<number>(8).fill(0);
    const latencyMs = (now: number): number => {
      const worker = freeAt.indexOf(Math.min(...freeAt));
      const end = Math.max(now, freeAt[worker] ?? 0) + 50;
      freeAt[worker] = end;
      return end - now;
    };
    let mostOpen = 0;
    const { seconds } = run({
      latencyMs: (now, open) => {
        if (now > START + 60_000) mostOpen = Math.max(mostOpen, open);
        return latencyMs(now);
      },
    });
    expectHeld(seconds, 160);
    expect(mostOpen).toBeLessThan(80); // ten times the eight that it works at would be a queue
  });
});

test('no second has more than the rate, and a little for the first', () => {
  fc.assert(
    fc.property(fc.integer({ min: 5, max: 400 }), fc.integer(), (perSecond, seed) => {
      const limiter = tokenBucket(() => perSecond, perSecond);
      const { seconds } = run({ limiter, latencyMs: jitter(seed), seconds: 90 });
      for (const [i, { passed, throttled }] of seconds.entries()) {
        const most = Math.max(seconds[i]?.rate ?? 0, seconds[i - 1]?.rate ?? 0, seconds[i - 2]?.rate ?? 0);
        // answers of two seconds may come in one: latency varies by 180 ms; what was late is made up for
        expect(passed + throttled).toBeLessThanOrEqual(most * 1.45 + 8);
      }
    }),
    { numRuns: 10 },
  );
});

test('what an earlier run learned is begun with, a little below', () => {
  const { seconds } = run({ limiter: tokenBucket(() => 150, 100), learned: { limit: 150 } });
  expect(sum(seconds.slice(0, 10), 'passed')).toBeGreaterThan(1_000);
  expectHeld(seconds, 150, 10);
});

test('a rate that nobody uses does not rise', () => {
  const controller = createRateController({ startAt: 5, maxRate: 5_000 });
  for (let now = START; now < START + 60_000; now += 100) {
    if (now % 1_000 < 100) {
      controller.sent(now);
      controller.passed(now + 40, 40);
    }
    controller.tick(now);
  }
  expect(controller.rate).toBeLessThan(6);
});

test('what was sent before everybody was told to wait is the same event', () => {
  const controller = createRateController({ startAt: 100, maxRate: 5_000 });
  expect(controller.throttled(START + 50, START)).toBe(250);
  expect(controller.throttled(START + 60, START + 10)).toBe(0);
  const { rate } = controller;
  expect(controller.throttled(START + 400, START + 350)).toBe(500);
  expect(controller.rate).toBe(rate);
  expect(
    [1, 2, 3].map((n) => controller.throttled(START + 400 + n * 5_000, START + 390 + n * 5_000)),
  ).toEqual([1_000, 2_000, 4_000]);
  // then the next full minute
  const now = START + 30_000;
  expect((now + controller.throttled(now, now - 10)) % 60_000).toBe(50);
});

test.each<[remembered: LearnedRate, isPlausible: boolean]>([
  [{ limit: 0.2 }, true],
  [{ limit: 5_000 }, true],
  [{ limit: 50, window: { ms: 60_000, requests: 3_000 } }, true],
  [{ limit: 1e-9 }, false],
  [{ limit: 0.19 }, false],
  [{ limit: 1e12 }, false],
  [{ limit: Number.NaN }, false],
  [{ limit: Number.POSITIVE_INFINITY }, false],
  [{ limit: 50, window: { ms: 1, requests: 50 } }, false],
  [{ limit: 50, window: { ms: 24 * 60 * 60_000, requests: 4_320_000 } }, false],
  [{ limit: 50, window: { ms: 60_000, requests: 1 } }, false],
  [{ limit: 50, window: { ms: 60_000, requests: 1e9 } }, false],
])('a remembered rate of %j is used: %s', (remembered, isPlausible) => {
  expect(isPlausibleRate(remembered)).toBe(isPlausible);
});
