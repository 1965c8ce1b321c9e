import { expect, test } from 'vitest';
import { listRequest } from '../../../src/client/http/requests.ts';
import { listContacts } from '../../../src/client/lookup/list-contacts.ts';
import { postgresList, type Row } from '../../helpers/postgres-list.ts';
import { lookupsAt } from './lookups.ts';

// what a database does with ties is its own: here it answers itself

/** `size` contacts, made one by one three seconds apart, except that those of an import share its time. */
function account(size: number, imports: readonly number[], withEmail: (n: number) => boolean): Row[] {
  const times = imports.flatMap((count, i) => Array<number>(count).fill(1_700_000_000 + i * 100_000));
  return Array.from({ length: size }, (_, n) => ({
    name: `Name ${(n * 31) % 997}`,
    email: withEmail(n) ? `c${(n * 7_919) % size}@example.com` : null,
    phone_number: n % 10 === 2 ? null : `+1555${1_000_000 + ((n * 104_729) % size)}`,
    identifier: `crm-${n}`,
    created_at: times[n] ?? 1_800_000_000 + n * 3 + n / 1e6,
    last_activity_at: n < times.length ? null : 1_800_000_000 + n,
  }));
}

const most = (n: number) => n % 20 !== 1;
const twoThirds = (n: number) => n % 3 !== 0;

test.each<[what: string, rows: Row[], requests: number]>([
  ['one import of 600 among 750', account(750, [600], most), 75],
  ['five imports of 150, a third without e-mail', account(750, Array(5).fill(150), twoThirds), 125],
])('%s: PostgreSQL shows everybody', { timeout: 180_000 }, async (_what, rows, requests) => {
  const server = await postgresList(rows);
  const { ask } = lookupsAt(server);
  const byAge = new Set<unknown>();
  for (let page = 1; page <= 50; page += 1) {
    const asked = await ask(listRequest(page, 15));
    if (asked !== 'pending' && asked.kind === 'page') for (const { id } of asked.page.contacts) byAge.add(id);
  }
  expect(byAge.size).toBeLessThan(750); // or nothing would be shown here

  for (const [several, bound] of [
    [true, 51],
    [false, requests],
  ] as const) {
    server.takeSortKeys(several);
    const met = new Set<unknown>();
    const listed = await listContacts({
      ask,
      width: 8,
      meet(contacts) {
        const before = met.size;
        for (const { id } of contacts) met.add(id);
        return met.size - before;
      },
    });
    expect(listed).toEqual({ kind: 'listed', count: 750, met: 750, isComplete: true });
    expect(server.requests).toBeLessThanOrEqual(bound + 16);
  }
});
