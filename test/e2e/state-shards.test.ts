import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Night, type Nights, nights } from '../helpers/nights.ts';

const BY_ID = 'contact_id: id\nfields: { name: name, email: email }\n';
const BY_KEY = 'match: [{ email: email }]\nfields: { name: name }\n';
const CONTACTS = 12;

/** One night of all rows, or of so many shards one after the other; gives what was sent, and how many requests. */
async function night(site: Nights, of: number, csv: string, args: readonly string[] = []) {
  const runs: Night[] = [];
  for (let shard = 1; shard <= of; shard++) {
    const share = of === 1 ? [] : ['--shard', `${shard}/${of}`];
    runs.push(await site.run(csv, [...share, ...args]));
  }
  expect(runs.map(({ code, stderr }) => [code, code === 0 ? '' : stderr])).toEqual(runs.map(() => [0, '']));
  return {
    sent: runs.flatMap(({ sent }) => sent),
    requests: runs.reduce((sum, { requests }) => sum + requests, 0),
    stderr: runs.map(({ stderr }) => stderr).join(''),
  };
}

const csv = (name: string): string =>
  `id,name,email\n${Array.from({ length: CONTACTS }, (_, i) => `${i + 1},${name},${i + 1}@x.de\n`).join('')}`;

const namesIn = (site: Nights) =>
  new Set(Array.from({ length: CONTACTS }, (_, i) => site.emulator.contact(i + 1)?.name));

it('all rows, two shards, three, all rows, two: what changed is sent once, and nothing else', async () => {
  const site = await nights(BY_ID);
  await night(site, 1, csv('One'));
  for (const [i, of] of [2, 3, 1, 2, 1].entries()) {
    const name = i % 2 === 0 ? 'Two' : 'One';
    const changed = await night(site, of, csv(name));
    expect(changed.sent).toHaveLength(CONTACTS);
    expect(changed.sent.map(({ body }) => body)).toEqual(changed.sent.map(() => ({ name })));
    expect(namesIn(site)).toEqual(new Set([name]));
    for (const again of [1, 3]) expect((await night(site, again, csv(name))).sent).toEqual([]);
  }
});

it('what a pull read serves shards that find contacts by a key, and what they send serves all others', async () => {
  const site = await nights(BY_KEY);
  for (let id = 1; id <= CONTACTS; id++) site.emulator.edit(id, { email: `${id}@x.de`, name: 'One' });
  await site.pull();
  expect((await night(site, 2, csv('One'))).requests).toBe(0);
  expect((await night(site, 3, csv('Two'))).requests).toBe(CONTACTS);
  expect((await night(site, 1, csv('Two'))).requests).toBe(0);
  expect((await night(site, 2, csv('Two'), ['--dry-run'])).requests).toBe(0);
});

it("an agent's edit survives where the rows are shared out in another way", async () => {
  const site = await nights(BY_ID);
  await night(site, 1, csv('One'));
  site.emulator.edit(7, { name: 'Agent' });
  await site.pull();
  expect((await night(site, 3, csv('One'))).sent).toEqual([]);
  expect(site.emulator.contact(7)?.name).toBe('Agent');
});

it('a store that is damaged costs one night in which more is sent', async () => {
  const site = await nights(BY_ID);
  await night(site, 1, csv('One'));
  await night(site, 2, csv('Two'));
  const state = join(site.dir, 'state');
  const store = readdirSync(state).find((name) => name.endsWith('-1of2')) ?? '';
  const data = join(state, store, 'data.mdb');
  writeFileSync(data, Buffer.alloc(readFileSync(data).length, 7));
  const next = await night(site, 1, csv('One'));
  expect(next.stderr).toContain(`${store} cannot be read`);
  expect([next.sent.length, namesIn(site)]).toEqual([CONTACTS, new Set(['One'])]);
  expect((await night(site, 1, csv('One'))).sent).toEqual([]);
  // the shard itself begins anew, and knows what the others sent since
  expect((await night(site, 2, csv('One'))).stderr).toContain('moved to');
  expect((await night(site, 1, csv('One'))).sent.length).toBeLessThanOrEqual(CONTACTS);
  for (const of of [1, 2, 1]) expect((await night(site, of, csv('One'))).sent).toEqual([]);
});
