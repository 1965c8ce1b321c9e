import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Reply } from '../../src/client/http/reply.ts';
import { listContacts } from '../../src/client/lookup/list-contacts.ts';
import { createSearch } from '../../src/client/lookup/search.ts';
import { createReadPage } from '../../src/client/resilience/retry-read.ts';
import type { Delivered } from '../../src/core/types.ts';
import { answer, applied, PAGE, patchOf, RESET, scriptedSending } from '../client/scripted-sending.ts';

const REFUSED: Reply = { kind: 'fault', code: 'ECONNREFUSED' };

interface Case {
  readonly rows: number;
  readonly maxAttempts: number;
  readonly downMs: number;
  readonly chance: number;
  /** What each row is answered while the API is down, and how much later than the row before it begins. */
  readonly fault: Reply;
  readonly apartMs: number;
}

/** Delivers the rows of a small file through an outage that is shorter than the budget. */
async function weather({ rows, maxAttempts, downMs, chance, fault, apartMs }: Case): Promise<Delivered[]> {
  const budgetMs = downMs + 1_000;
  const { clock, deliver } = scriptedSending((asked) => (asked.at < downMs ? fault : applied(asked)), {
    maxAttempts,
    budgetMs,
  });
  clock.chance = chance;
  const ends: Delivered[] = [];
  for (let id = 1; id <= rows; id += 1) {
    const begun = clock.sleep(id * apartMs).then(() => deliver(patchOf(id), () => []));
    void begun.then((end) => ends.push(end));
  }
  await clock.until(() => ends.length === rows);
  return ends;
}

const weatherOf = (fault: Reply, rows: fc.Arbitrary<number>, maxAttempts: fc.Arbitrary<number>) =>
  fc.record({
    rows,
    maxAttempts,
    downMs: fc.integer({ min: 0, max: 120_000 }),
    chance: fc.double({ min: 0.2, max: 0.999, noNaN: true }),
    fault: fc.constant(fault),
    apartMs: fc.integer({ min: 0, max: 20 }),
  });

const allUpdated = async (one: Case): Promise<void> => {
  const ends = await weather(one);
  expect(ends.map((end) => (typeof end === 'object' && 'status' in end ? end.status : end))).toEqual(
    Array(one.rows).fill('updated'),
  );
};

test('no outage shorter than its budget burns a row of a file of two or more', async () => {
  const cases = weatherOf(RESET, fc.integer({ min: 2, max: 8 }), fc.integer({ min: 3, max: 8 }));
  await fc.assert(fc.asyncProperty(cases, allUpdated), { numRuns: 60 });
});

test('where nothing can be connected to, not even a single row with a single attempt is burnt', async () => {
  const cases = weatherOf(REFUSED, fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 }));
  await fc.assert(fc.asyncProperty(cases, allUpdated), { numRuns: 60 });
});

test('an outage that lasts is given up when its budget is over, with one look at the very end', async () => {
  const budgets = fc.integer({ min: 2_000, max: 300_000 });
  await fc.assert(
    fc.asyncProperty(budgets, fc.double({ min: 0.2, max: 0.999, noNaN: true }), async (budgetMs, chance) => {
      const { clock, deliver, requests, told } = scriptedSending(() => REFUSED, { budgetMs });
      clock.chance = chance;
      const ends: Delivered[] = [];
      for (const id of [1, 2, 3]) void deliver(patchOf(id), () => []).then((end) => ends.push(end));
      await clock.until(() => ends.length === 3);
      expect(ends).toEqual(['pending', 'pending', 'pending']);
      expect(told.at(-1)).toMatch(/^stop: outage of/);
      // of three rows each may be in the longest backoff that it can have had by then
      const lasted = Number(told.at(-1)?.match(/\d+/)?.[0]);
      expect(lasted).toBeGreaterThanOrEqual(budgetMs);
      expect(lasted).toBeLessThan(budgetMs + 8_600);
      expect(requests.at(-1)?.at).toBeGreaterThan(budgetMs - 1);
    }),
    { numRuns: 40 },
  );
});

/** Reads through an outage: `width` searches one after the other or at once, or all contacts. */
async function readThrough(
  downMs: number,
  {
    chance,
    maxAttempts,
    budgetMs,
    width,
  }: { chance: number; maxAttempts: number; budgetMs: number; width: number },
) {
  const sending = scriptedSending(({ at }) => (at < downMs ? RESET : PAGE), { maxAttempts, budgetMs });
  sending.clock.chance = chance;
  const readPage = createReadPage({ retry: sending.retry, onForbidden: () => sending.stop('may not read') });
  const search = createSearch(readPage);
  const ends: unknown[] = [];
  const work = async (): Promise<void> => {
    if (width === 0) ends.push(await listContacts({ ask: readPage, width: 4, meet: () => 1 }));
    else await Promise.all(Array.from({ length: width }, searchThree));
  };
  const searchThree = async (_one: unknown, i: number): Promise<void> => {
    for (const field of ['identifier', 'email', 'phone_number'] as const) {
      ends.push(await search({ field, value: `zq${i}` }));
    }
  };
  let isOver = false;
  const over = work().finally(() => {
    isOver = true;
  });
  await sending.clock.until(() => isOver);
  await over;
  return { ...sending, ends };
}

const readers = fc.record({
  chance: fc.double({ min: 0, max: 0.999, noNaN: true }),
  maxAttempts: fc.integer({ min: 2, max: 8 }),
  width: fc.integer({ min: 0, max: 4 }),
});

test('no search and no list fails in an outage shorter than the budget, however many are under way', async () => {
  await fc.assert(
    fc.asyncProperty(readers, fc.integer({ min: 1, max: 60_000 }), async (one, downMs) => {
      const { ends, told } = await readThrough(downMs, { ...one, budgetMs: 5 * 60_000 });
      expect(told.filter((what) => what.startsWith('stop'))).toEqual([]);
      for (const end of ends) expect(end).toMatchObject({ kind: one.width === 0 ? 'listed' : 'hits' });
    }),
    { numRuns: 60 },
  );
});

test('searches and lists give up an outage when its budget is over', async () => {
  await fc.assert(
    fc.asyncProperty(readers, async (one) => {
      const { ends, told, clock } = await readThrough(9e9, { ...one, budgetMs: 10_000 });
      expect(told.at(-1)).toMatch(/^stop: outage of/);
      expect(new Set(ends)).toEqual(new Set(['pending']));
      // a single read may have been in its longest backoffs until then
      expect(clock.monotonic()).toBeLessThan(10_000 + 32_000);
    }),
    { numRuns: 40 },
  );
});

test('one search at which the service breaks each time fails by itself', async () => {
  const sending = scriptedSending(({ path }) => (path.includes('q=zq1') ? answer(500) : PAGE), {
    maxAttempts: 3,
  });
  const readPage = createReadPage({ retry: sending.retry, onForbidden: () => {} });
  let end: unknown;
  void createSearch(readPage)({ field: 'identifier', value: 'zq1' }).then((one) => {
    end = one;
  });
  await sending.clock.until(() => end !== undefined);
  expect(end).toMatchObject({ kind: 'refused', status: 'failed', code: 'ERR_SERVER' });
  expect(sending.told).not.toContain('outage begins');
});
