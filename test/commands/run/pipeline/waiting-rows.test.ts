import pLimit from 'p-limit';
import { expect, test } from 'vitest';
import { WaitingRows } from '../../../../src/commands/run/pipeline/waiting-rows.ts';

/** Jobs that last until they are told to end, two at a time. */
function jobs(count: number) {
  const limit = pLimit(2);
  const waitingRows = new WaitingRows();
  const begun: string[] = [];
  const ended: number[] = [];
  const ends = new Map<number, () => void>();
  for (let job = 1; job <= count; job += 1) {
    const whole = waitingRows.inTurn(limit, async (isCalled) => {
      begun.push(`${job}${isCalled ? ' called' : ''}`);
      await new Promise<void>((resolve) => ends.set(job, resolve));
      return job;
    });
    void whole.then((one) => ended.push(one));
  }
  const end = async (job: number): Promise<void> => {
    ends.get(job)?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { waitingRows, begun, ended, end };
}

test('rows begin in turn, and one that is called before', async () => {
  const { waitingRows, begun, ended, end } = jobs(5);
  await end(0);
  expect(begun).toEqual(['1', '2']);
  expect(waitingRows.startLast()).toBe(true);
  expect(begun).toEqual(['1', '2', '5 called']);
  await end(5);
  expect(ended, 'it ends before its turn').toEqual([5]);
  await end(1);
  await end(2);
  expect(begun.slice(3)).toEqual(['3', '4']);
  await end(3);
  await end(4);
  expect(begun, 'it is not begun again').toHaveLength(5);
});

test('each call wants more rows to choose from, until places are given in turn again', async () => {
  const { waitingRows, end } = jobs(5);
  await end(0);
  expect(waitingRows.depth).toBe(0);
  waitingRows.startLast();
  expect(waitingRows.depth).toBe(12);
  waitingRows.startLast();
  expect(waitingRows.depth).toBe(48);
  await end(1);
  expect(waitingRows.depth).toBe(0);
});

test('nobody who waits can be called twice', async () => {
  const { waitingRows, end } = jobs(3);
  await end(0);
  expect([waitingRows.startLast(), waitingRows.startLast()]).toEqual([true, false]);
});

test('what a row that was called throws is told to whoever waits for it', async () => {
  const limit = pLimit(1);
  const waitingRows = new WaitingRows();
  void waitingRows.inTurn(limit, () => new Promise(() => {}));
  const broken = waitingRows.inTurn(limit, () => Promise.reject(new Error('a bug')));
  await new Promise((resolve) => setImmediate(resolve));
  waitingRows.startLast();
  await expect(broken).rejects.toThrow('a bug');
});
