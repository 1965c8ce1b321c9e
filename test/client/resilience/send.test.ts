import { describe, expect, test } from 'vitest';
import type { Reply } from '../../../src/client/http/reply.ts';
import type { Delivered } from '../../../src/core/types.ts';
import { type Answering, answer, applied, patchOf, RESET, scriptedSending } from '../scripted-sending.ts';

/** Delivers one patch to each contact at the same time; the ends come in as they come. */
function deliverAll(
  contacts: readonly number[],
  answering: Answering,
  options: Parameters<typeof scriptedSending>[1] = {},
) {
  const sending = scriptedSending(answering, options);
  const ends = new Map<number, Delivered>();
  for (const id of contacts) void sending.deliver(patchOf(id), () => []).then((end) => ends.set(id, end));
  return { ...sending, ends };
}

const FIFTY = Array.from({ length: 50 }, (_one, i) => i + 1);

describe('an outage', () => {
  test('burns no row, however long within the budget, and one request at a time looks', async () => {
    const downForMs = 10 * 60_000;
    let out = 0;
    let mostProbes = 0;
    const { clock, ends, told, requests } = deliverAll(FIFTY, async (asked) => {
      if (asked.n > 50) {
        out += 1;
        mostProbes = Math.max(mostProbes, out);
        await clock.sleep(500);
        out -= 1;
      }
      return asked.at < downForMs ? RESET : applied(asked);
    });
    clock.chance = 0.5;
    await clock.until(() => ends.size === 50);
    expect([...ends.values()].map((end) => (end as { status: string }).status)).toEqual(
      Array(50).fill('updated'),
    );
    const probes = requests.filter(({ at, n }) => n > 50 && at < downForMs);
    expect(probes.length).toBeLessThan(30);
    expect(mostProbes).toBeGreaterThanOrEqual(1);
    expect(told[0]).toBe('outage begins');
    expect(told.filter((what) => what.startsWith('outage over'))).toHaveLength(1);
  });

  test('a row alone in probing is not burnt either', async () => {
    const { clock, ends, requests } = deliverAll(
      [1],
      (asked) => (asked.at < 8 * 60_000 ? RESET : applied(asked)),
      { maxAttempts: 12 },
    );
    clock.chance = 0.5;
    await clock.until(() => ends.size === 1);
    expect(requests.length).toBeGreaterThan(20);
    expect(ends.get(1)).toMatchObject({ status: 'updated' });
  });

  test('past the budget stops the run; every row stays pending', async () => {
    const { clock, ends, told } = deliverAll(FIFTY, () => RESET, { budgetMs: 60_000 });
    clock.chance = 0.5;
    await clock.until(() => ends.size === 50);
    expect(new Set(ends.values())).toEqual(new Set(['pending']));
    expect(told.filter((what) => what.startsWith('stop'))).toEqual(['stop: outage of 60000']);
    expect(clock.monotonic()).toBeLessThanOrEqual(61_000);
  });

  test('time-outs of requests from before let no second probe out', async () => {
    let probesOut = 0;
    let most = 0;
    const { clock, ends, told } = deliverAll(FIFTY, async (asked) => {
      const isProbe = told.includes('outage begins');
      if (isProbe) {
        probesOut += 1;
        most = Math.max(most, probesOut);
      }
      // the first 50 time out one after the other while the probe hangs
      await clock.sleep(isProbe ? 30_000 : 1_000 + asked.n * 500);
      if (isProbe) probesOut -= 1;
      return asked.at > 100_000 ? applied(asked) : RESET;
    });
    await clock.advance(100_000);
    expect(most).toBe(1);
    await clock.until(() => ends.size === 50);
  });

  test('rows that waited for a permit when it began do not send', async () => {
    const { clock, requests, told, deliver, ends } = deliverAll(FIFTY.slice(0, 13), async (asked) => {
      if (asked.n === 1) return answer(429, '', { 'retry-after': '5' });
      if (asked.n <= 13) await clock.sleep(1_000);
      return asked.at < 60_000 ? RESET : applied(asked);
    });
    clock.chance = 0.5;
    await clock.advance(500);
    for (const id of FIFTY.slice(13)) void deliver(patchOf(id), () => []).then((end) => ends.set(id, end));
    await clock.advance(600);
    expect([told.at(-1), requests.length]).toEqual(['outage begins', 13]);
    await clock.advance(8_000);
    expect(requests.length).toBeLessThanOrEqual(17);
    await clock.until(() => ends.size === 50);
  });

  test('one poisoned contact among many is no outage', async () => {
    const { clock, ends, told } = deliverAll(FIFTY, (asked) =>
      asked.contactId === 13 ? answer(500) : applied(asked),
    );
    await clock.until(() => ends.size === 50);
    expect(ends.get(13)).toMatchObject({ status: 'failed', attempts: 6 });
    expect(told).not.toContain('outage begins');
  });
});

describe('throttling', () => {
  test('fifty answers to what was already sent are one event', async () => {
    const { clock, ends, told } = deliverAll(FIFTY, (asked) =>
      asked.n <= 50 ? answer(429, 'Retry later\n') : applied(asked),
    );
    await clock.until(() => ends.size === 50);
    expect(told).toEqual(['pause 1000']);
  });

  test('nobody sends before the wait that was asked for is over', async () => {
    const { clock, ends, requests } = deliverAll(FIFTY, (asked) =>
      asked.n === 1 ? answer(429, '', { 'retry-after': '90' }) : asked.n <= 50 ? RESET : applied(asked),
    );
    await clock.until(() => ends.size === 50);
    expect(requests.slice(50).every(({ at }) => at >= 90_000)).toBe(true);
  });

  test('a wait beyond the budget is told and stops the run', async () => {
    const { clock, ends, told } = deliverAll([1, 2], () => answer(429, '', { 'retry-after': '172800' }));
    await clock.until(() => ends.size === 2);
    expect([...ends.values()]).toEqual(['pending', 'pending']);
    expect(told).toEqual(['pause 172800000 as asked', 'stop: throttled, next wait 172800000']);
  });

  test('an unbroken stretch beyond the budget stops the run', async () => {
    const { clock, ends, told } = deliverAll([1], () => answer(400, { error: { code: 23008 } }), {
      budgetMs: 5 * 60_000,
    });
    await clock.until(() => ends.size === 1);
    expect(ends.get(1)).toBe('pending');
    expect(told.at(-1)).toMatch(/^stop: throttled/);
    expect(clock.monotonic()).toBeLessThan(6 * 60_000);
  });

  test('a Retry-After of 0 does not make a hot loop', async () => {
    const { clock, ends, told } = deliverAll([1], (asked) =>
      asked.n < 4 ? answer(429, '', { 'retry-after': '0' }) : applied(asked),
    );
    await clock.until(() => ends.size === 1);
    expect(told).toEqual(['pause 1000', 'pause 2000', 'pause 4000']);
  });

  test('is a sign of life', async () => {
    const { clock, ends, told } = deliverAll(FIFTY.slice(0, 12), (asked) =>
      asked.n <= 12 ? RESET : asked.n === 13 ? answer(429) : applied(asked),
    );
    await clock.until(() => ends.size === 12);
    expect(told.filter((what) => what.startsWith('outage'))).toHaveLength(2);
  });
});

describe('something else answers', () => {
  const page: Reply = answer(200, '<title>Sign in</title>');

  test('five in a row stop the run, four and an answer do not', async () => {
    const four = deliverAll(FIFTY.slice(0, 10), (asked) =>
      asked.n > 1 && asked.n <= 5 ? page : applied(asked),
    );
    await four.clock.until(() => four.ends.size === 10);
    expect(four.told.filter((what) => what.startsWith('stop'))).toEqual([]);
    const five = deliverAll(FIFTY.slice(0, 10), (asked) =>
      asked.n > 1 && asked.n <= 6 ? page : applied(asked),
    );
    await five.clock.until(() => five.ends.size === 10);
    expect(five.told).toContain('stop: impostor: an HTML page titled "Sign in"');
  });
});
