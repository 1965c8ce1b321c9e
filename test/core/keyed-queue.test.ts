import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyedQueue } from '../../src/core/keyed-queue.ts';

test('law: jobs of one contact run in order and never two at once, in any interleaving', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.record({ contactId: fc.nat(3), fails: fc.boolean() }), { maxLength: 30 }),
      async (scheduler, jobs) => {
        const lanes = new KeyedQueue();
        const running = new Set<number>();
        const begun = new Map<number, number[]>();
        const ends = jobs.map(({ contactId, fails }, index) =>
          lanes.add(contactId, async () => {
            expect(running.has(contactId)).toBe(false);
            running.add(contactId);
            begun.set(contactId, [...(begun.get(contactId) ?? []), index]);
            await scheduler.schedule(Promise.resolve(), `job ${index}`);
            running.delete(contactId);
            if (fails) throw new Error(`job ${index}`);
          }),
        );
        const settled = Promise.allSettled(ends);
        await scheduler.waitFor(settled);
        const results = await settled;
        expect(results.map(({ status }) => status === 'rejected')).toEqual(jobs.map(({ fails }) => fails));
        for (const order of begun.values()) expect(order).toEqual([...order].sort((a, b) => a - b));
        expect([...begun.values()].flat()).toHaveLength(jobs.length);
        await Promise.resolve();
        expect(lanes.size).toBe(0);
      },
    ),
  );
});

test('contacts do not wait for each other', async () => {
  const lanes = new KeyedQueue();
  let open = (): void => {};
  const first = lanes.add(
    1,
    () =>
      new Promise<void>((resolve) => {
        open = resolve;
      }),
  );
  await lanes.add(2, async () => {});
  expect(lanes.size).toBe(1);
  open();
  await first;
});
