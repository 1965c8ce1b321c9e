import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Allowance, THROTTLE_MODES, throttledReply } from '../../src/emulator/throttle.ts';

test('lets exactly the limit pass in every window of the epoch', () => {
  const gaps = fc.array(fc.nat({ max: 400 }), { maxLength: 200 });
  fc.assert(
    fc.property(gaps, fc.integer({ min: 0, max: 5 }), (between, requests) => {
      const limit = { requests, windowMs: 1000 };
      const window = new Allowance();
      const passed = new Map<number, number>();
      const asked = new Map<number, number>();
      let now = 1_700_000_000_000;
      for (const gap of between) {
        now += gap;
        const index = Math.floor(now / 1000);
        asked.set(index, (asked.get(index) ?? 0) + 1);
        const waitMs = window.take(limit, now);
        if (waitMs === 0) passed.set(index, (passed.get(index) ?? 0) + 1);
        else expect((now + waitMs) % 1000).toBe(0);
      }
      for (const [index, count] of asked) expect(passed.get(index) ?? 0).toBe(Math.min(count, requests));
    }),
  );
});

test('twice the limit passes across a boundary', () => {
  const window = new Allowance();
  const limit = { requests: 1, windowMs: 1000 };
  expect([window.take(limit, 999), window.take(limit, 1000), window.take(limit, 1001)]).toEqual([0, 0, 999]);
});

test('every mode answers as livedesk-api.md 6.11 says', () => {
  const limit = { requests: 10, windowMs: 1000 };
  const replies = THROTTLE_MODES.map((mode) => {
    const { status, body, headers = [] } = throttledReply(mode, limit, 1500);
    return [mode, status, body.trim(), headers.join(' ')];
  });
  expect(replies).toEqual([
    ['text', 429, 'Retry later', ''],
    ['retry-after', 429, 'Retry later', 'Retry-After 2'],
    [
      'json',
      429,
      '{"code":23008,"message":"Too many requests"}',
      'X-Rate-Limit-Limit 10 X-Rate-Limit-Remaining 0 X-Rate-Limit-Reset 2',
    ],
    ['bad-request', 400, '{"error":{"code":23008,"message":"Too many requests"}}', ''],
    ['ok', 200, '{"code":23008,"message":"Too many requests"}', ''],
    ['unavailable', 503, 'Service Unavailable', 'Retry-After 2'],
  ]);
});

test('a bucket lets no more pass in any stretch than it holds and refills, and says when one would', () => {
  const gaps = fc.array(fc.nat({ max: 120 }), { maxLength: 200 });
  fc.assert(
    fc.property(
      gaps,
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 10 }),
      (between, requests, burst) => {
        const limit = { requests, windowMs: 1000, burst };
        const bucket = new Allowance();
        const passed: number[] = [];
        let now = 1_700_000_000_000;
        for (const gap of between) {
          now += gap;
          const waitMs = bucket.take(limit, now);
          if (waitMs === 0) passed.push(now);
          else expect(waitMs).toBeLessThanOrEqual(1000 / requests);
        }
        for (const [i, from] of passed.entries()) {
          for (const [j, until] of passed.slice(i).entries()) {
            expect(j + 1).toBeLessThanOrEqual(burst + ((until - from) * requests) / 1000 + 1e-6);
          }
        }
      },
    ),
    { numRuns: 50 },
  );
});
