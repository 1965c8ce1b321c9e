import { expect, it } from 'vitest';
import { Store } from '../../../src/state/storage/store.ts';
import { lazyClock, MemoryDisk } from '../memory-storage.ts';

const doubt = (id: number) => ({ id, fields: ['email'], keys: ['0123456789abcdef'] });

it('what a process that is killed leaves in doubt is what neither a record nor a withdrawal has settled', async () => {
  const disk = new MemoryDisk();
  const store = new Store({ disk, isKept: true, clock: lazyClock() });
  await Promise.all([1, 2, 3, 4].map((id) => store.log.begin(doubt(id))));
  store.setContact(1, Buffer.from([7]), [['0123456789', true]]);
  store.log.end(1); // its record says so
  store.setContact(2, Buffer.from([8]), [['9876543210', true]]);
  store.log.end(3); // withdrawn
  await new Promise(setImmediate);

  const next = new Store({ disk, isKept: true, clock: lazyClock() });
  expect(next.leftDoubts.map(({ id }) => id)).toEqual([2, 4]);
  expect([1, 2, 3].map((id) => next.contact(id)?.[0])).toEqual([7, 8, undefined]);
  expect([next.holders('0123456789'), next.holders('9876543210')]).toEqual([[1], [2]]);
});

it('of changes to one key of one contact that wait the last one counts', () => {
  const store = new Store({ disk: new MemoryDisk(), isKept: true, clock: lazyClock() });
  const set = (id: number, isHeld: boolean) =>
    store.setContact(id, Buffer.from([id]), [['0123456789', isHeld]]);
  set(1, true);
  set(2, true);
  set(1, false);
  expect(store.holders('0123456789')).toEqual([2]);
  set(1, true);
  expect(new Set(store.holders('0123456789'))).toEqual(new Set([1, 2]));
});
