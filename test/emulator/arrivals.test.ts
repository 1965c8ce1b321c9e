import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Arrivals } from '../../src/emulator/arrivals.ts';

test('the peak is the fullest of all windows', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 7 }).map((n) => n * 100)), (gaps) => {
      const arrivals = new Arrivals();
      const times: number[] = [];
      let at = 5000;
      for (const gap of gaps) {
        at += gap;
        times.push(at);
        arrivals.begin(at, 'PATCH', 1);
      }
      const windows = times.map((from) => times.filter((time) => time >= from && time < from + 1000).length);
      expect(arrivals.peak(1000)).toBe(Math.max(0, ...windows));
    }),
  );
});

test('keeps order and status across chunks', () => {
  const arrivals = new Arrivals();
  for (let n = 0; n < 70_000; n += 1) arrivals.begin(n, n % 2 === 0 ? 'PATCH' : 'BREW', n);
  arrivals.end(69_998, 69_998, 429);
  expect(arrivals.at(69_998)).toEqual({ at: 69_998, method: 'PATCH', contactId: 69_998, status: 429 });
  expect(arrivals.at(1)).toEqual({ at: 1, method: 'other', contactId: 1, status: 0 });
  expect(arrivals.at(70_000)).toBeUndefined();
  expect([...arrivals]).toHaveLength(70_000);
});

test('a request that began before clear() marks no later one', () => {
  const arrivals = new Arrivals();
  const index = arrivals.begin(1, 'PATCH', 1);
  arrivals.clear();
  arrivals.begin(2, 'PATCH', 2);
  arrivals.end(index, 1, 500);
  expect(arrivals.at(0)?.status).toBe(0);
});
