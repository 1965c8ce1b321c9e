import fc from 'fast-check';
import { expect, test } from 'vitest';
import { retryAfterMs, statedWaitMs } from '../../../src/client/answer/retry-after.ts';

const NOW = Date.UTC(2026, 10, 22, 2, 0, 0);
const [DAY_S, NOW_S] = [24 * 60 * 60, NOW / 1000];

test.each<[value: string | string[], ms: number | undefined]>([
  ['1', 1_000],
  [' 2 ', 2_000],
  ['0.5', 500],
  [['3', '4'], 3_000],
  ['172800', 172_800_000],
  ['Sun, 22 Nov 2026 02:00:30 GMT', 30_000],
  ['Sunday, 22-Nov-26 02:01:00 GMT', 60_000],
  ['2026-11-22T02:00:10Z', 10_000],
  ['0', undefined],
  ['-5', undefined],
  ['Sun, 22 Nov 2026 01:00:00 GMT', undefined],
  ['', undefined],
  ['soon', undefined],
  ['in 5', undefined],
  ['1e3', undefined],
  ['NaN', undefined],
])('Retry-After: %j', (value, ms) => {
  expect(statedWaitMs({ 'retry-after': value }, NOW)).toBe(ms);
  expect(retryAfterMs({ 'retry-after': value }, NOW)).toBe(ms);
});

test.each<[what: string, value: string, ms: number | undefined]>([
  ['seconds left', '30', 30_000],
  ['a day left', String(DAY_S), DAY_S * 1000],
  ['epoch seconds', String(NOW_S + 42), 42_000],
  ['epoch milliseconds', String(NOW + 1_500), 1_500],
  ['over, in seconds', String(NOW_S - 5), undefined],
  ['over, in milliseconds', String(NOW - 5), undefined],
  ['none left', '0', undefined],
  ['beyond a day', String(NOW_S + DAY_S + 1), undefined],
  ['a date', 'Sun, 22 Nov 2026 02:00:30 GMT', undefined],
  ['rubbish', 'soon', undefined],
])('reset as %s', (_what, value, ms) => {
  expect(retryAfterMs({ 'x-ratelimit-reset': value }, NOW)).toBe(ms);
  expect(retryAfterMs({ 'x-rate-limit-reset': value }, NOW)).toBe(ms);
});

test.each([-60 * 60_000, 60 * 60_000])(
  'a time is read by the clock of the server: ours is %i ms off',
  (off) => {
    const date = 'Sun, 22 Nov 2026 02:00:00 GMT';
    const after = { date, 'retry-after': 'Sun, 22 Nov 2026 02:00:30 GMT' };
    expect(statedWaitMs(after, NOW + off)).toBe(30_000);
    expect(retryAfterMs({ date, 'x-ratelimit-reset': String(NOW_S + 42) }, NOW + off)).toBe(42_000);
    expect(statedWaitMs({ ...after, date: 'soon' }, NOW)).toBe(30_000);
  },
);

test('Retry-After comes first, the reset helps where it says nothing', () => {
  expect(retryAfterMs({ 'retry-after': '1', 'x-ratelimit-reset': '9' }, NOW)).toBe(1_000);
  expect(retryAfterMs({ 'retry-after': 'soon', 'x-ratelimit-reset': '9' }, NOW)).toBe(9_000);
  expect(retryAfterMs({}, NOW)).toBeUndefined();
});

test('whatever a header holds, the wait is positive or not there', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (after, reset) => {
      const wait = retryAfterMs({ 'retry-after': after, 'x-ratelimit-reset': reset }, NOW);
      expect(wait === undefined || wait > 0).toBe(true);
    }),
  );
});
