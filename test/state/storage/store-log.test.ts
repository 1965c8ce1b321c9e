import { expect, it } from 'vitest';
import type { Doubt, LoggedChange } from '../../../src/state/storage/logged-change.ts';
import { StoreLog } from '../../../src/state/storage/store-log.ts';
import { lazyClock, MemoryLog } from '../memory-storage.ts';

const doubt = (id: number, ...keys: string[]): Doubt => ({ id, fields: ['name'], keys });
const meta = (key: string): LoggedChange => ({ kind: 'meta', key, value: 1 });
const contact = (id: number): LoggedChange => ({ kind: 'contact', id, bytes: Buffer.from([id]) });
const kinds = (log: MemoryLog): string[] => log.read().map(({ kind }) => kind);

function over(log: MemoryLog, more: Partial<ConstructorParameters<typeof StoreLog>[0]> = {}) {
  return new StoreLog({
    log: () => log,
    isKept: true,
    clock: lazyClock(),
    closing: new AbortController().signal,
    unwritten: () => [],
    durable: async () => {},
    onFailure: (cause) => cause,
    ...more,
  });
}

it('what comes while the disk works shares the next sync', async () => {
  const log = new MemoryLog();
  const under = over(log);
  const first = under.begin(doubt(1));
  await Promise.resolve();
  await Promise.all([first, ...[2, 3, 4].map((id) => under.begin(doubt(id)))]);
  expect([log.syncs, log.doubts]).toEqual([2, [1, 2, 3, 4]]);
});

it('knows who is about to hold a key, until that is over', async () => {
  const under = over(new MemoryLog());
  await Promise.all([under.begin(doubt(1, 'k')), under.begin(doubt(2, 'k', 'l'))]);
  expect([...under.aboutToHold('k')]).toEqual([1, 2]);
  under.end(1);
  expect([...under.aboutToHold('k'), ...under.aboutToHold('l')]).toEqual([2, 2]);
  under.end(2);
  expect([...under.aboutToHold('k'), ...under.underWay]).toEqual([]);
});

it('what was noted is there with the next write, in its order; alone, soon after', async () => {
  const log = new MemoryLog();
  const under = over(log);
  under.note(meta('path:1'));
  await new Promise(setImmediate);
  expect(kinds(log)).toEqual([]); // a state that met no contact stays as it was found
  await under.begin(doubt(1));
  expect(kinds(log)).toEqual(['meta', 'doubt']);
  under.note(contact(1));
  under.end(1);
  expect(kinds(log)).toEqual(['meta', 'doubt']);
  await new Promise(setImmediate);
  // the record says that the write is over
  expect(kinds(log)).toEqual(['meta', 'doubt', 'contact']);
  expect(log.read().at(-1)).toEqual({ ...contact(1), isSettled: true });
  await under.begin(doubt(2));
  under.note(contact(3)); // of another contact
  under.end(2);
  await new Promise(setImmediate);
  expect(kinds(log)).toEqual(['meta', 'doubt', 'contact', 'doubt', 'contact', 'settled']);
});

it('grown large it is begun anew, with what the database lacks and what is under way', async () => {
  const log = new MemoryLog();
  const under = over(log, { unwritten: () => [contact(2)] });
  for (const id of [1, 2, 3]) await under.begin(doubt(id));
  under.end(1);
  under.end(2);
  log.size = 5 * 1024 * 1024;
  await under.begin(doubt(4));
  expect(log.read()).toEqual([
    contact(2),
    { kind: 'doubt', doubt: doubt(3) },
    { kind: 'doubt', doubt: doubt(4) },
  ]);
  // what cannot be made smaller is not begun anew each time
  await under.begin(doubt(5));
  expect(log.doubts).toEqual([3, 4, 5]);
  await under.close();
  expect(log.read()).toEqual([]);
});

it('a disk that takes nothing lets no request leave, and says why', async () => {
  const log = new MemoryLog();
  log.add = () => {
    throw new Error('no space');
  };
  const told: unknown[] = [];
  const under = over(log, {
    onFailure: (cause) => {
      told.push(cause);
      return new Error(`told: ${String(cause)}`);
    },
  });
  await expect(under.begin(doubt(1))).rejects.toThrow('told: Error: no space');
  under.note(contact(1));
  await new Promise(setImmediate);
  expect(told).toHaveLength(2);
});

it('what is withdrawn before it was logged is not logged', async () => {
  const log = new MemoryLog();
  const under = over(log);
  const both = [under.begin(doubt(1)), under.begin(doubt(2))];
  under.end(2);
  await Promise.all(both);
  expect(log.doubts).toEqual([1]);
});

it('the end waits for what is still to be logged', async () => {
  const log = new MemoryLog();
  let wake = (): void => {};
  let elapsed = 0;
  const clock = { ...lazyClock(), monotonic: () => elapsed++ * 0.1 };
  clock.sleep = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });
  const under = over(log, { clock });
  await under.begin(doubt(1));
  const second = under.begin(doubt(2)); // too early: it waits for others to come
  await Promise.resolve();
  const closed = under.close();
  wake();
  await Promise.all([second, closed]);
  await new Promise(setImmediate);
  expect(log.read()).toEqual([]);
});

it('nothing is logged where nothing is kept', async () => {
  const log = new MemoryLog();
  const under = over(log, { isKept: false });
  await under.begin(doubt(1));
  under.note(contact(1));
  under.end(1);
  await new Promise(setImmediate);
  expect(log.read()).toEqual([]);
});
