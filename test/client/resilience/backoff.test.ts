import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffMs } from '../../../src/client/resilience/backoff.ts';

test.each([
  [1, 500],
  [2, 1_000],
  [3, 2_000],
  [7, 32_000],
  [8, 60_000],
  [1_000, 60_000],
])('after %i failures at most %i ms', (failures, bound) => {
  expect(backoffMs(failures, 0)).toBe(0);
  expect(backoffMs(failures, 0.5)).toBe(bound / 2);
  expect(backoffMs(failures, 1 - Number.EPSILON)).toBe(bound);
});

test('lies in [0, cap] and never shrinks with more failures', () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), chance, (failures, random) => {
      const wait = backoffMs(failures, random);
      expect(wait).toBeGreaterThanOrEqual(0);
      expect(wait).toBeLessThanOrEqual(60_000);
      expect(backoffMs(failures + 1, random)).toBeGreaterThanOrEqual(wait);
    }),
  );
});
