import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PipelineCounts } from '../../../../src/commands/run/pipeline/pipeline.ts';
import { WaitingRows } from '../../../../src/commands/run/pipeline/waiting-rows.ts';
import type { Prepared, RowSource } from '../../../../src/commands/run/stages/stage-types.ts';
import { RunError } from '../../../../src/core/errors.ts';
import { Shutdown } from '../../../../src/core/shutdown.ts';
import type { BadRow, Mapped, Outcome, Patch, Row } from '../../../../src/core/types.ts';
import { defaultParts, type PipelineParts, runParts } from '../../../helpers/pipeline-parts.ts';

type Written = readonly [row: Row | BadRow, outcome: Outcome];

const UPDATED: Outcome = { status: 'updated', fields: ['name'] };
const STOPPED = new RunError('ERR_TEST', 'stop', { exitCode: 3 });

function patchOf(contactId: number): Patch {
  return { contactId, body: { name: 'Anna' }, fields: ['name'], complete: false };
}
function mappedTo(contactId: number): Mapped {
  return { kind: 'patch', patch: patchOf(contactId) };
}

/** A source of `count` rows in batches; counts how many were taken from it. */
function sourceOf(count: number, batch = 10, more: Partial<Row> = {}): RowSource & { taken: number } {
  const source = {
    taken: 0,
    async *rows() {
      for (let first = 1; first <= count; first += batch) {
        const size = Math.min(batch, count - first + 1);
        source.taken += size;
        yield Array.from({ length: size }, (_one, i): Row => {
          const row = first + i;
          return { input: 0, row, line: row + 1, record: [String(row)], ...more };
        });
      }
    },
  };
  return source;
}

const NOTHING_LEFT: Prepared = { kind: 'done', outcome: { status: 'superseded' } };

/** Runs a pipeline over fake parts; each row is its own contact unless `more` says otherwise. */
async function runWith(more: Partial<PipelineParts> & Pick<PipelineParts, 'sources'>) {
  const counts: PipelineCounts = { read: 0, doneBefore: 0, given: 0, seen: 0, inFlight: 0, underWay: 0 };
  const outcomes: Written[] = [];
  const stop = more.stop ?? new Shutdown();
  let failure: unknown;
  await runParts(
    {
      ...defaultParts(),
      map: (row) => mappedTo(row.row),
      deliver: async () => UPDATED,
      record: (row, outcome) => outcomes.push([row, outcome]),
      create: async () => ({ ...UPDATED, status: 'created' }),
      stop,
      ...more,
    },
    counts,
  ).catch((error: unknown) => {
    failure = error;
  });
  const pending = counts.read - counts.doneBefore - outcomes.length;
  return { counts, pending, outcomes, failure, stop, statuses: outcomes.map(([, { status }]) => status) };
}

describe('what becomes of a row', () => {
  test('delivered, with what was dropped from it', async () => {
    const dropped = [{ code: 'ERR_X', message: 'x', field: 'email' }];
    const { outcomes } = await runWith({
      sources: [sourceOf(1)],
      map: () => ({ kind: 'patch', patch: patchOf(7), dropped }),
    });
    expect(outcomes.map(([, outcome]) => outcome)).toEqual([
      { ...UPDATED, dropped, confirms: patchOf(7).fields },
    ]);
  });

  test.each<[what: string, mapped: Mapped, outcome: Outcome]>([
    [
      'nothing to send',
      { kind: 'skipped', contactId: 7, reason: 'empty' },
      { status: 'skipped', contactId: 7, reason: 'empty' },
    ],
    [
      'a bad value',
      { kind: 'invalid', error: { code: 'ERR_X', message: 'x' } },
      { status: 'invalid', error: { code: 'ERR_X', message: 'x' } },
    ],
  ])('%s', async (_what, mapped, outcome) => {
    const { outcomes } = await runWith({ sources: [sourceOf(1)], map: () => mapped });
    expect(outcomes.map(([, one]) => one)).toEqual([outcome]);
  });

  test('unreadable', async () => {
    const bad: BadRow = { input: 0, row: 1, line: 2, text: '"', error: { code: 'ERR_CSV', message: 'x' } };
    const source: RowSource = {
      async *rows() {
        yield [bad];
      },
    };
    const { outcomes } = await runWith({ sources: [source] });
    expect(outcomes).toEqual([[bad, { status: 'invalid', error: bad.error }]]);
  });

  test('planned, in a dry run; nothing is delivered', async () => {
    const { statuses } = await runWith({
      sources: [sourceOf(3)],
      dryRun: true,
      deliver: () => Promise.reject(new Error('delivered')),
    });
    expect(statuses).toEqual(['planned', 'planned', 'planned']);
  });

  test('superseded, where nothing is left to send', async () => {
    const { statuses } = await runWith({
      sources: [sourceOf(2)],
      prepare: ({ row }, patch) => (row === 1 ? NOTHING_LEFT : { kind: 'send', patch, isReadFirst: false }),
    });
    expect(statuses).toEqual(['superseded', 'updated']);
  });

  test('a row like what was last sent is sent again while another one of its contact is on its way', async () => {
    const delivered: number[] = [];
    const { outcomes } = await runWith({
      sources: [sourceOf(3)],
      map: ({ row }) => mappedTo(row === 3 ? 3 : 1),
      // rows 2 and 3 are as the state knows their contacts, but row 1 is about to change one of them
      unchanged: ({ row }) => (row === 1 ? undefined : { contactId: row === 2 ? 1 : 3, fields: ['name'] }),
      async deliver(_patch, { row }) {
        await nextTurn();
        delivered.push(row);
        return UPDATED;
      },
    });
    expect(delivered).toEqual([1, 2]);
    expect(outcomes.map(([{ row }, { status }]) => [row, status])).toEqual([
      [3, 'unchanged'],
      [1, 'updated'],
      [2, 'updated'],
    ]);
  });

  test('settled rows count as read; foreign ones do not, nor against the limit', async () => {
    const { counts, pending, outcomes } = await runWith({
      sources: [sourceOf(12)],
      limit: 6,
      claim: ({ row }) => (row % 3 === 1 ? 'done' : row % 3 === 2 ? 'foreign' : 'ours'),
    });
    expect([counts.read, counts.doneBefore, pending]).toEqual([6, 3, 0]);
    expect(outcomes.map(([{ row }]) => row)).toEqual([3, 6, 9]);
  });
});

test('inputs are read in order, and the limit runs over all of them', async () => {
  const second = sourceOf(10, 10, { input: 1 });
  const third = sourceOf(10);
  const { counts } = await runWith({ sources: [sourceOf(10), second, third], limit: 15 });
  expect([counts.read, second.taken, third.taken]).toEqual([15, 10, 0]);
});

describe('bounds', () => {
  test('reading waits while rows wait behind one contact', async () => {
    const source = sourceOf(10_000, 1);
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const done = runWith({
      sources: [source],
      map: () => mappedTo(7),
      deliver: async () => {
        await gate;
        return UPDATED;
      },
    });
    for (let i = 0; i < 3_000; i += 1) await nextTurn();
    expect(source.taken).toBeLessThanOrEqual(1_006);
    open();
    expect((await done).counts.read).toBe(10_000);
  });

  test('a row that is called out of its turn wakes the reading of those that may be called next', async () => {
    const source = sourceOf(100, 1);
    const waitingRows = new WaitingRows();
    const begun: number[] = [];
    const open: (() => void)[] = [];
    const done = runWith({
      sources: [source],
      waitingRows,
      concurrency: 1,
      async deliver(_patch, { row }) {
        begun.push(row);
        await new Promise<void>((resolve) => open.push(resolve));
        return UPDATED;
      },
    });
    const settled = async (): Promise<void> => {
      for (let i = 0; i < 50; i += 1) await nextTurn();
    };
    await settled();
    const waiting = source.taken; // row 1 is in flight, and it will not end by itself
    expect(waitingRows.startLast()).toBe(true);
    await settled();
    expect(begun).toEqual([1, 2]);
    expect(source.taken).toBeGreaterThan(waiting + 1);
    for (let release = open.shift(); release; release = open.shift()) {
      release();
      await settled();
    }
    expect((await done).statuses).toHaveLength(100);
  });

  test('reading waits while rows in the window are heavy', async () => {
    const source = sourceOf(50, 1, { text: 'x'.repeat(1024 * 1024) });
    let most = 0;
    let done = 0;
    const { statuses } = await runWith({
      sources: [source],
      deliver: async () => {
        most = Math.max(most, source.taken - done);
        await nextTurn();
        done += 1;
        return UPDATED;
      },
    });
    expect(statuses).toHaveLength(50);
    expect(most).toBeLessThanOrEqual(10);
  });

  test('a row is safe before its place is given back and before the next of its contact is sent', async () => {
    const events: string[] = [];
    await runWith({
      sources: [sourceOf(3)],
      map: () => mappedTo(7),
      concurrency: 1,
      deliver: async (_patch, { row }) => {
        events.push(`sent ${row}`);
        return UPDATED;
      },
      record: ({ row }) => events.push(`noted ${row}`),
      written: async () => {
        await nextTurn();
        events.push('safe');
      },
    });
    expect(events.join(', ')).toMatch(
      /^(?:safe, )*sent 1, noted 1, safe, (?:safe, )*sent 2, noted 2, safe, /,
    );
  });
});

describe('held rows', () => {
  /** Holds contacts for which `isHeld`; `judge` rules over all of them. */
  function holding(isHeld: (contactId: number) => boolean) {
    const held: ((ruling: Outcome | 'pending') => void)[] = [];
    let judged = 0;
    return {
      deliver: async (patch: Patch) =>
        isHeld(patch.contactId)
          ? { held: new Promise<Outcome | 'pending'>((resolve) => held.push(resolve)) }
          : UPDATED,
      onIdle() {
        judged += 1;
        for (const settle of held.splice(0)) settle('pending');
      },
      get judged() {
        return judged;
      },
    };
  }

  test('give back their place: others go on', async () => {
    const court = holding((id) => id <= 5);
    const { pending, statuses } = await runWith({
      sources: [sourceOf(100)],
      concurrency: 1,
      deliver: court.deliver,
      onIdle: court.onIdle,
    });
    expect(statuses).toHaveLength(95);
    expect(pending).toBe(5);
    expect(court.judged).toBe(1);
  });

  test('are judged when the window is full of rows behind them', async () => {
    const court = holding(() => true);
    const { pending } = await runWith({
      sources: [sourceOf(3_000)],
      map: () => mappedTo(7),
      deliver: court.deliver,
      onIdle: court.onIdle,
    });
    expect(pending).toBe(3_000);
  });

  test('are judged when the run stops', async () => {
    const court = holding(() => true);
    const stop = new Shutdown();
    const endless: RowSource = {
      async *rows() {
        yield* sourceOf(3).rows();
        await new Promise<void>((resolve) => stop.draining.addEventListener('abort', () => resolve()));
      },
    };
    const done = runWith({ sources: [endless], stop, deliver: court.deliver, onIdle: court.onIdle });
    for (let i = 0; i < 20; i += 1) await nextTurn();
    expect(court.judged).toBe(0);
    stop.fail(STOPPED);
    expect(await done).toMatchObject({ counts: { read: 3 }, pending: 3 });
  });
});

describe('ends', () => {
  test('an input that breaks midway: rows in flight end first, then it is thrown', async () => {
    const broken = new RunError('ERR_INPUT', 'broken', { exitCode: 3 });
    const source: RowSource = {
      async *rows() {
        yield* sourceOf(20).rows();
        throw broken;
      },
    };
    const { failure, statuses } = await runWith({
      sources: [source],
      deliver: async () => {
        await nextTurn();
        return UPDATED;
      },
    });
    expect(failure).toBe(broken);
    expect(statuses).toHaveLength(20);
  });

  test.each([
    ['a bug of ours', new Error('a bug'), { code: 'ERR_INTERNAL', exitCode: 70 }],
    [
      'a reason that the user can act on',
      new RunError('ERR_INBOX', 'no such inbox', { exitCode: 3 }),
      { code: 'ERR_INBOX', message: 'no such inbox', exitCode: 3 },
    ],
    [
      'one that would have been a mistake before the run',
      new RunError('ERR_STATE', 'damaged'),
      { code: 'ERR_STATE', message: 'damaged', exitCode: 3 },
    ],
  ])(
    '%s in the job of a row stops the run; the row stays pending, the others in flight end',
    async (_what, thrown, error) => {
      const source = sourceOf(100_000);
      const { stop, outcomes, pending, counts } = await runWith({
        sources: [source],
        concurrency: 10,
        deliver: async (_patch, { row }) => {
          await nextTurn();
          if (row === 7) throw thrown;
          await nextTurn();
          return UPDATED;
        },
      });
      expect(stop.reason).toMatchObject({ kind: 'error', error });
      expect(source.taken).toBeLessThan(5_000);
      expect(outcomes.map(([{ row }]) => row)).toEqual([1, 2, 3, 4, 5, 6, 8, 9, 10]);
      expect(pending).toBe(counts.read - 9);
    },
  );

  test.each(['prepare', 'find', 'create', 'written'] as const)(
    'an exception of %s leaves its row pending, too',
    async (part) => {
      const { stop, statuses, pending } = await runWith({
        sources: [sourceOf(3)],
        map: (row) => ({
          kind: 'unmatched',
          keys: [{ field: 'email', value: `${row.row}@x.example` }],
          patch: patchOf(row.row),
        }),
        find: async (_mapped, { row }) =>
          row === 1 ? { kind: 'patch', patch: patchOf(row) } : { kind: 'create' },
        [part]: () => {
          throw new RunError('ERR_X', 'x', { exitCode: 3 });
        },
      });
      expect(stop.reason).toMatchObject({ error: { code: 'ERR_X' } });
      if (part !== 'written') expect(statuses.length + pending).toBe(3);
      if (part === 'find') expect(pending).toBe(3);
    },
  );

  test('a run that stopped before it began reads nothing', async () => {
    const stop = new Shutdown();
    stop.fail(STOPPED);
    const { counts, outcomes } = await runWith({ sources: [sourceOf(10)], stop });
    expect([counts.read, outcomes.length]).toEqual([0, 0]);
  });
});

test('law: every row read has one outcome or is pending, whatever happens, and no bound is broken', async () => {
  const fate = fc.record({
    contactId: fc.nat(6),
    kind: fc.constantFrom(
      'deliver',
      'deliver',
      'deliver',
      'skip',
      'invalid',
      'unreadable',
      'done',
      'superseded',
    ),
    end: fc.constantFrom<'updated' | 'pending' | 'hold' | 'hold, pending'>(
      'updated',
      'pending',
      'hold',
      'hold, pending',
    ),
    turns: fc.nat(4),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fate, { maxLength: 60 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 9 }),
      fc.option(fc.nat(60), { nil: undefined }),
      async (fates, concurrency, batch, stopAt) => {
        const stop = new Shutdown();
        const held: (() => void)[] = [];
        const running = new Map<number, number>();
        const sent = new Map<number, number[]>();
        let inFlight = 0;
        const fateOf = ({ row }: { row: number }) => fates[row - 1] ?? fates[0];
        const source: RowSource = {
          async *rows() {
            for await (const rows of sourceOf(fates.length, batch).rows()) {
              yield rows.map((row) =>
                fateOf(row)?.kind === 'unreadable'
                  ? { ...row, text: '', error: { code: 'ERR_CSV', message: 'x' } }
                  : row,
              );
            }
          },
        };
        const { counts, pending, outcomes, failure } = await runWith({
          sources: [source],
          concurrency,
          stop,
          claim: (row) => (fateOf(row)?.kind === 'done' ? 'done' : 'ours'),
          map: (row) => {
            const { kind, contactId = 0 } = fateOf(row) ?? {};
            if (kind === 'skip') return { kind: 'skipped', reason: 'empty' };
            if (kind === 'invalid') return { kind: 'invalid', error: { code: 'ERR_X', message: 'x' } };
            return mappedTo(contactId);
          },
          prepare: (row, patch) =>
            fateOf(row)?.kind === 'superseded' ? NOTHING_LEFT : { kind: 'send', patch, isReadFirst: false },
          deliver: async ({ contactId }, row) => {
            inFlight += 1;
            expect(stop.reason).toBeUndefined();
            expect(inFlight).toBeLessThanOrEqual(concurrency);
            expect(running.get(contactId) ?? 0).toBe(0);
            running.set(contactId, 1);
            sent.set(contactId, [...(sent.get(contactId) ?? []), row.row]);
            const { end = 'updated', turns = 0 } = fateOf(row) ?? {};
            for (let i = 0; i < turns; i += 1) await nextTurn();
            if (row.row === stopAt) stop.fail(STOPPED);
            inFlight -= 1;
            const free = (): void => {
              running.set(contactId, 0);
            };
            if (!end.startsWith('hold')) {
              free();
              return end === 'pending' ? 'pending' : UPDATED;
            }
            return {
              held: new Promise<Outcome | 'pending'>((resolve) => {
                held.push(() => {
                  free();
                  resolve(end === 'hold' ? { ...UPDATED, status: 'rejected' } : 'pending');
                });
              }),
            };
          },
          onIdle() {
            for (const settle of held.splice(0)) settle();
          },
        });
        expect(failure).toBeUndefined();
        const ends = fates.filter(({ kind, end }) => kind === 'deliver' && end.includes('pending'));
        if (stop.reason) expect(pending).toBeGreaterThanOrEqual(0);
        else expect(pending).toBe(ends.length);
        expect(new Set(outcomes.map(([{ row }]) => row)).size).toBe(outcomes.length);
        if (!stop.reason) expect(counts.read).toBe(fates.length);
        for (const order of sent.values()) expect(order).toEqual([...order].sort((a, b) => a - b));
        expect([counts.inFlight, held.length]).toEqual([0, 0]);
      },
    ),
    { numRuns: 150 },
  );
});
