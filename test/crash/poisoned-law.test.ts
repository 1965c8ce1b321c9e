import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HealthCheck } from '../../src/client/resilience/health-check.ts';
import type { PipelineCounts } from '../../src/commands/run/pipeline/pipeline.ts';
import { WaitingRows } from '../../src/commands/run/pipeline/waiting-rows.ts';
import { KeyedQueue } from '../../src/core/keyed-queue.ts';
import { Shutdown } from '../../src/core/shutdown.ts';
import type { Outcome, Row } from '../../src/core/types.ts';
import {
  type Answering,
  answer,
  applied,
  patchOf,
  RESET,
  scriptedSending,
} from '../client/scripted-sending.ts';
import { defaultParts, runParts } from '../helpers/pipeline-parts.ts';

interface Case {
  /** Rows, one for each contact from 1 on. */
  readonly rows: number;
  readonly concurrency: number;
  /** Contacts at which the service breaks each time. */
  readonly poisoned: ReadonlySet<number>;
  /** When the service is down for all, in milliseconds from the start. */
  readonly down?: readonly [from: number, until: number] | undefined;
  /** What is answered while it is down. */
  readonly fault?: 'reset' | '500';
  /** Whether an empty patch, which writes nothing, is answered well even then. */
  readonly readsWork?: boolean;
  /** Contacts that were answered well before. */
  readonly earlier?: readonly number[];
  readonly maxAttempts?: number;
  readonly budgetMs?: number;
  readonly latencyMs?: number;
  readonly chance?: number;
}

/** Brings the rows through the pipeline to their ends, on a clock that stands still; what came of them. */
async function run(one: Case) {
  const { rows, concurrency, poisoned, down = [0, 0], latencyMs = 50 } = one;
  const counts: PipelineCounts = { read: 0, doneBefore: 0, given: 0, seen: 0, inFlight: 0, underWay: 0 };
  const outcomes = new Map<number, string>();
  const underWay = new Set<number>();
  const fails = one.fault === 'reset' ? RESET : answer(500);
  const answering: Answering = async (asked) => {
    if (asked.method !== 'GET')
      expect(underWay, 'one request at a time for a contact').not.toContain(asked.contactId);
    underWay.add(asked.contactId);
    await sending.clock.sleep(latencyMs);
    underWay.delete(asked.contactId);
    const isDown = asked.at >= down[0] && asked.at < down[1];
    if (isDown && !(one.readsWork && asked.body === '{}')) return fails;
    return poisoned.has(asked.contactId) ? answer(500) : applied(asked);
  };
  const waitingRows = new WaitingRows();
  const lanes = new KeyedQueue();
  const stop = new Shutdown();
  const sending = scriptedSending(answering, {
    maxAttempts: one.maxAttempts ?? 6,
    budgetMs: one.budgetMs ?? 15 * 60_000,
    callWrite: (rowsFailing) => waitingRows.startLast() || counts.underWay > rowsFailing || healthCheck.ask(),
  });
  sending.clock.chance = one.chance ?? 0.5;
  sending.draining.addEventListener('abort', () => stop.request({ kind: 'signal', signal: 'SIGINT' }));
  const healthCheck = new HealthCheck({ lanes, send: sending.send, earlier: one.earlier ?? [] });
  const source = {
    async *rows() {
      for (let row = 1; row <= rows; row += 1) yield [{ input: 0, row, line: row + 1, record: ['x'] }];
    },
  };
  let isOver = false;
  const over = runParts(
    {
      ...defaultParts(),
      sources: [source],
      map: (row) => ({ kind: 'patch', patch: patchOf(row.row) }),
      deliver: async (patch) => {
        const end = await sending.deliver(patch, () => []);
        if ((end as Outcome).status === 'updated') healthCheck.remember(patch.contactId);
        return end;
      },
      record: (row, { status }) => outcomes.set((row as Row).row, status),
      lanes,
      waitingRows,
      concurrency,
      stop,
    },
    counts,
  ).finally(() => {
    isOver = true;
  });
  await sending.clock.until(() => isOver, 7 * 24 * 60 * 60_000);
  await over;
  const ended = (status: string) => [...outcomes].filter(([, one]) => one === status).map(([row]) => row);
  return {
    ...sending,
    pending: counts.read - outcomes.size,
    failed: ended('failed'),
    updated: ended('updated'),
  };
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_one, i) => from + i);
const stopped = (told: readonly string[]) => told.filter((what) => what.startsWith('stop'));

/** The poisoned end `failed`, all others `updated`, and the run ends by itself. */
async function expectOnlyPoisonedFail(one: Case) {
  const { failed, updated, told, pending, requests } = await run(one);
  const poisoned = [...one.poisoned].filter((id) => id <= one.rows);
  expect({ failed: failed.sort((a, b) => a - b), stopped: stopped(told), pending }).toEqual({
    failed: poisoned.sort((a, b) => a - b),
    stopped: [],
    pending: 0,
  });
  expect(updated).toHaveLength(one.rows - poisoned.length);
  return { told, requests };
}

describe('neighbours at which the service breaks each time', () => {
  test.each<[what: string, one: Case]>([
    ['at the start', { rows: 60, concurrency: 10, poisoned: new Set(range(1, 12)) }],
    ['in the middle', { rows: 60, concurrency: 10, poisoned: new Set(range(21, 40)) }],
    ['far more than are in flight', { rows: 700, concurrency: 10, poisoned: new Set(range(5, 500)) }],
    ['two at the end', { rows: 60, concurrency: 10, poisoned: new Set([59, 60]) }],
    ['thirty at the end', { rows: 100, concurrency: 10, poisoned: new Set(range(71, 100)) }],
    ['one row at a time', { rows: 30, concurrency: 1, poisoned: new Set(range(5, 15)) }],
    ['one row at a time, at the start', { rows: 30, concurrency: 1, poisoned: new Set([1, 2]) }],
    ['nothing else left', { rows: 12, concurrency: 10, poisoned: new Set(range(1, 12)), earlier: [99] }],
    ['one alone', { rows: 1, concurrency: 10, poisoned: new Set([1]) }],
    ['a single attempt', { rows: 60, concurrency: 10, poisoned: new Set(range(21, 40)), maxAttempts: 1 }],
  ])('are no outage: %s', async (_what, one) => {
    await expectOnlyPoisonedFail(one);
  });

  test('and nobody else at all look like an outage, and nothing is burnt', async () => {
    const { failed, told, pending } = await run({
      rows: 20,
      concurrency: 5,
      poisoned: new Set(range(1, 20)),
    });
    expect({ failed, pending, stops: stopped(told).length }).toEqual({ failed: [], pending: 20, stops: 1 });
  });

  test('are not even taken for an outage for a moment, where others are sent meanwhile', async () => {
    const { told } = await expectOnlyPoisonedFail({
      rows: 60,
      concurrency: 15,
      poisoned: new Set(range(21, 32)),
    });
    expect(told).not.toContain('outage begins');
  });
});

test.each<[what: string, one: Partial<Case>, from: number]>([
  ['alone', { concurrency: 1, latencyMs: 1 }, 0],
  ['beside one that was answered just before', { concurrency: 2, latencyMs: 50 }, 40],
])('an outage that is over right after the last attempt burns no row: %s', async (_what, more, from) => {
  for (let until = from + 1; until < from + 400; until += 1) {
    const weather = { poisoned: new Set<number>(), down: [from, until], earlier: [999] } as const;
    await expectOnlyPoisonedFail({
      rows: 4,
      concurrency: 1,
      maxAttempts: 2,
      chance: 0.4,
      ...weather,
      ...more,
    });
  }
});

test('where only writes fail, rows that have something to write are asked, and nothing is burnt', async () => {
  const nothing = new Set<number>();
  const weather = { down: [500, 9e9], fault: '500', readsWork: true, earlier: [999] } as const;
  const { failed, told } = await run({ rows: 200, concurrency: 10, poisoned: nothing, ...weather });
  expect({ failed, stops: stopped(told).length }).toEqual({ failed: [], stops: 1 });
});

test('law: only contacts at which the service breaks each time end failed, whatever the weather', async () => {
  const cases = fc
    .record({
      rows: fc.integer({ min: 2, max: 60 }),
      concurrency: fc.integer({ min: 1, max: 12 }),
      poisoned: fc.oneof(
        fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 8 }),
        fc
          .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 20 }))
          .map(([from, more]) => range(from, from + more)),
      ),
      from: fc.integer({ min: 0, max: 40_000 }),
      lasts: fc.integer({ min: 0, max: 120_000 }),
      fault: fc.constantFrom('reset' as const, '500' as const),
      maxAttempts: fc.integer({ min: 2, max: 8 }),
      latencyMs: fc.integer({ min: 1, max: 400 }),
      chance: fc.double({ min: 0.2, max: 0.999, noNaN: true }),
    })
    .map(
      ({ from, lasts, poisoned, ...more }): Case => ({
        ...more,
        poisoned: new Set(poisoned),
        down: [from, from + lasts],
        earlier: [1_000],
        budgetMs: lasts + 15 * 60_000,
      }),
    );
  await fc.assert(
    fc.asyncProperty(cases, async (one) => void (await expectOnlyPoisonedFail(one))),
    { numRuns: 150 },
  );
}, 180_000);
