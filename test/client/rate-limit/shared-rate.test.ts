import { setMaxListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { createRateLimiter } from '../../../src/client/rate-limit/rate-limiter.ts';
import { createSharedLeases, type SharedBudget } from '../../../src/client/rate-limit/shared-rate.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';

const NEVER = new AbortController().signal;
setMaxListeners(0, NEVER);

/** Several workers on one clock, and a time line as Redis keeps it. */
function together(workers: number, ratePerSecond: number, turnMs = 70) {
  const clock = new FakeClock();
  let nextTurn = 0;
  const changed: (() => void)[] = [];
  const state = { mode: 'together' as SharedBudget['mode'], workers, ratePerSecond };
  const budgetOf = (): SharedBudget => ({
    get mode() {
      return state.mode;
    },
    get workers() {
      return state.workers;
    },
    get ratePerSecond() {
      return state.ratePerSecond;
    },
    turnMs,
    async waitingRows() {
      const beginsAt = Math.max(nextTurn, clock.monotonic());
      nextTurn = beginsAt + turnMs;
      await clock.sleep(beginsAt - clock.monotonic());
      return beginsAt;
    },
    setRate() {},
    onChange: (listener) => void changed.push(listener),
    stop() {},
  });
  const paces = Array.from({ length: workers }, () =>
    createRateLimiter(createSharedLeases(budgetOf(), clock), clock, NEVER),
  );
  const times: number[][] = paces.map(() => []);
  const work = (index: number, until: number): void => {
    const rateLimiter = paces[index];
    void (async () => {
      while (clock.monotonic() < until) {
        await rateLimiter?.permit();
        times[index]?.push(clock.monotonic());
      }
    })();
  };
  const between = (from: number, to: number, index?: number) =>
    times
      .filter((_times, i) => index === undefined || i === index)
      .flat()
      .filter((time) => time >= from && time < to);
  const enter = (mode: SharedBudget['mode']): void => {
    state.mode = mode;
    for (const listener of changed) listener();
  };
  return { clock, work, between, enter, state };
}

/** The most of the times in any second. */
function busiestSecond(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  let first = 0;
  return Math.max(
    ...sorted.map((time, last) => {
      while (time - (sorted[first] ?? 0) >= 1000) first += 1;
      return last - first + 1;
    }),
  );
}

describe('turns', () => {
  test.each([
    [1, 400],
    [2, 400],
    [4, 400],
    [3, 60],
  ])('%i workers hold %i/s together, and divide it', async (workers, rate) => {
    const { clock, work, between } = together(workers, rate);
    for (let i = 0; i < workers; i += 1) work(i, 6_000);
    await clock.advance(6_000);
    const all = between(1_000, 5_000);
    expect(all.length / 4).toBeGreaterThan(0.98 * rate);
    expect(all.length / 4).toBeLessThanOrEqual(rate);
    expect(busiestSecond(between(0, 6_000))).toBeLessThanOrEqual(1.03 * rate + 1);
    for (let i = 0; i < workers; i += 1) {
      expect(Math.abs(between(1_000, 5_000, i).length / 4 - rate / workers)).toBeLessThan(0.1 * rate);
    }
  });

  test('of one permit each, where the rate is low', async () => {
    const { clock, work, between } = together(2, 2, 500);
    work(0, 10_000);
    work(1, 10_000);
    await clock.advance(10_000);
    expect(between(0, 10_000)).toHaveLength(20);
    expect(busiestSecond(between(0, 10_000))).toBe(2);
  });

  test('who stops leaves its part to the others; who comes back makes up for nothing', async () => {
    const { clock, work, between } = together(2, 400);
    work(0, 9_000);
    work(1, 3_000);
    await clock.advance(6_000);
    expect(between(4_000, 6_000, 0).length / 2).toBeGreaterThan(390);
    work(1, 9_000);
    await clock.advance(3_000);
    expect(busiestSecond(between(4_000, 9_000))).toBeLessThanOrEqual(440);
    expect(between(7_500, 8_500, 1).length).toBeLessThan(230);
  });
});

describe('without Redis', () => {
  test('nobody waits for a turn that does not come; returning, nobody has more than its share', async () => {
    const { clock, work, between, enter } = together(4, 400);
    work(0, 8_000);
    await clock.advance(2_000);
    enter('returning'); // the others are still alone, with 300/s
    await clock.advance(3_000);
    expect(busiestSecond(between(3_100, 5_000))).toBeLessThanOrEqual(103);
    expect(between(3_100, 5_000).length).toBeGreaterThan(170);
    enter('together');
    await clock.advance(2_000);
    expect(between(5_500, 7_000).length).toBeGreaterThan(570);
  });
});
