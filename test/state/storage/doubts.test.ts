import { expect, it } from 'vitest';
import { Doubts } from '../../../src/state/storage/doubts.ts';
import type { Doubt } from '../../../src/state/storage/storage.ts';
import { lazyClock, MemoryDisk } from '../memory-storage.ts';

const doubt = (id: number, ...keys: string[]): Doubt => ({ id, fields: ['name'], keys });

function over(disk: MemoryDisk, more: Partial<ConstructorParameters<typeof Doubts>[0]> = {}) {
  return new Doubts({
    disk: () => disk,
    isKept: true,
    clock: lazyClock(),
    closing: new AbortController().signal,
    durable: async () => {},
    onFailure: (cause) => cause,
    ...more,
  });
}

it('what comes while the disk works shares the next entry', async () => {
  const disk = new MemoryDisk();
  const doubts = over(disk);
  const first = doubts.begin(doubt(1));
  await Promise.resolve();
  const others = [2, 3, 4].map((id) => doubts.begin(doubt(id)));
  await Promise.all([first, ...others]);
  expect(disk.logged).toBe(2);
  expect(disk.doubts().map(({ id }) => id)).toEqual([1, 2, 3, 4]);
});

it('knows who is about to hold a key, until that is over', async () => {
  const doubts = over(new MemoryDisk());
  await Promise.all([doubts.begin(doubt(1, 'k')), doubts.begin(doubt(2, 'k', 'l'))]);
  expect([...doubts.aboutToHold('k')]).toEqual([1, 2]);
  expect(doubts.end(1)).toEqual(doubt(1, 'k'));
  expect(doubts.end(1)).toBeUndefined();
  expect([...doubts.aboutToHold('k'), ...doubts.aboutToHold('l')]).toEqual([2, 2]);
  doubts.end(2);
  expect([...doubts.aboutToHold('k')]).toEqual([]);
});

it('forgets only what the database has: not what is under way, nor what was settled too late', async () => {
  const disk = new MemoryDisk();
  let commit = (): void => {};
  const doubts = over(disk, {
    durable: () =>
      new Promise((resolve) => {
        commit = resolve;
      }),
  });
  for (const id of [1, 2, 3]) await doubts.begin(doubt(id));
  doubts.end(1);
  doubts.beginAnewSoon();
  doubts.end(2); // the commit that is going on may be without it
  await doubts.begin(doubt(4));
  expect(disk.doubts().map(({ id }) => id)).toEqual([1, 2, 3, 4]);
  commit();
  await new Promise(setImmediate);
  await doubts.begin(doubt(5));
  expect(
    disk
      .doubts()
      .map(({ id }) => id)
      .sort(),
  ).toEqual([2, 3, 4, 5]);
});

it('begins the log anew by itself, and empties it at the end', async () => {
  const disk = new MemoryDisk();
  let commits = 0;
  const doubts = over(disk, {
    durable: async () => {
      commits += 1;
    },
  });
  let most = 0;
  for (let at = 0; at < 700; at += 1) {
    const ids = Array.from({ length: 100 }, (_, i) => at * 100 + i);
    await Promise.all(ids.map((id) => doubts.begin(doubt(id))));
    for (const id of ids) doubts.end(id);
    most = Math.max(most, disk.doubts().length);
  }
  expect(commits).toBe(3);
  expect(most).toBeLessThan(21_000);
  await doubts.close();
  expect(disk.doubts()).toEqual([]);
});

it('a disk that takes nothing lets no request leave, and says why', async () => {
  const disk = new MemoryDisk();
  disk.doubt = () => Promise.reject(new Error('no space'));
  const doubts = over(disk, { onFailure: (cause) => new Error(`told: ${String(cause)}`) });
  await expect(doubts.begin(doubt(1))).rejects.toThrow('told: Error: no space');
});

it('what is withdrawn before it was logged is not logged, and leaves nothing behind at the end', async () => {
  const disk = new MemoryDisk();
  const doubts = over(disk);
  const first = doubts.begin(doubt(1));
  const second = doubts.begin(doubt(2));
  doubts.end(2);
  await Promise.all([first, second]);
  expect(disk.doubts().map(({ id }) => id)).toEqual([1]);
  doubts.end(1);
  const late = doubts.begin(doubt(3));
  doubts.end(3);
  await Promise.all([doubts.close(), late]);
  await new Promise(setImmediate);
  expect(disk.doubts()).toEqual([]);
});

it('the end waits for an entry that is still to be written', async () => {
  const disk = new MemoryDisk();
  let wake = (): void => {};
  let elapsed = 0;
  const clock = { ...lazyClock(), monotonic: () => elapsed++ * 0.1 };
  clock.sleep = () =>
    new Promise((resolve) => {
      wake = resolve;
    });
  const doubts = over(disk, { clock });
  await doubts.begin(doubt(1));
  const second = doubts.begin(doubt(2)); // too early: it waits for others to come
  await Promise.resolve();
  const closed = doubts.close();
  wake();
  await Promise.all([second, closed]);
  expect(disk.doubts()).toEqual([doubt(2), doubt(1)].toReversed());
});
