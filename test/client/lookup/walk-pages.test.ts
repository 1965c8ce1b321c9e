import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { walkPages } from '../../../src/client/lookup/walk-pages.ts';

it('a fault of a page that was asked for ahead is not left unhandled when one before it ends the listing', async () => {
  const unhandled: unknown[] = [];
  const note = (fault: unknown) => unhandled.push(fault);
  process.on('unhandledRejection', note);
  let asked = 0;
  const walk = walkPages(
    {
      ask: async () => {
        asked += 1;
        const first = asked * 15;
        await turn();
        if (asked > 20) throw new Error('the disk is full');
        const contacts = Array.from({ length: 15 }, (_, i) => ({
          id: first + i,
          name: `${9_999 - first - i}`,
        }));
        return { kind: 'page', page: { contacts, count: 600 } };
      },
      width: 4,
      meet: (contacts) => contacts.length,
    },
    { order: { sort: 'name', direction: 'asc' }, pageSize: 15, top: 40, isTail: false },
    { met: 0, count: 600, arrived: 0, left: 0 },
  );
  await expect(walk).rejects.toThrow('the disk is full');
  for (let i = 0; i < 5; i += 1) await turn();
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});
