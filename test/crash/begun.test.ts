import { describe, expect, it } from 'vitest';
import { runCli } from '../helpers/cli-process.ts';
import { newSite, type Site, until } from './site.ts';

const MOVING = (onMissing: string) => `version: 1
match: { email: old }
on_missing: ${onMissing}
${onMissing === 'create' ? 'inbox_id: 407\n' : ''}fields: { name: name, email: mail }
`;
const FAST = ['--search-rate', 'unlimited'];

/** Kills a run by SIGKILL once so many writes have arrived, while their answers are on the way, and goes on with it. */
async function killedAfter(site: Site, writes: number, args: readonly string[]): Promise<void> {
  site.emulator.set({ latencyMs: [1_200, 1_200] });
  const { child, ended } = site.start([...args, ...FAST]);
  await until(() => site.emulator.journal.length >= writes, child);
  child.kill('SIGKILL');
  await ended;
  expect(site.kept().rows.length).toBeLessThan(4);
  site.emulator.set({ latencyMs: [0, 0] });
  const { code, stderr } = await site.run(['--resume', site.runs().at(-1) ?? '', ...FAST]);
  expect([code, stderr]).toEqual([0, expect.anything()]);
}

describe.each(['error', 'skip', 'create'])(
  'rows that change the key they name their contact by, on_missing: %s',
  (onMissing) => {
    it.each([false, true])('go to the same contact after a kill (after a pull: %s)', async (isPulled) => {
      const ids = [1, 2, 3, 4];
      const site = await newSite({
        contacts: 0,
        contactList: ids.map((id) => ({ id, email: `old${id}@example.com` })),
      });
      const state = isPulled ? ['--state', 'state'] : [];
      const env = { LIVEDESK_BASE_URL: site.emulator.url };
      if (isPulled) await runCli(['pull', ...state, '--rate', 'unlimited'], { cwd: site.dir, env });
      const lines = ids.map((id) => `old${id}@example.com,new${id}@example.com,New ${id}`);
      const input = site.write('moves.csv', `old,mail,name\n${lines.join('\n')}\n`);
      await killedAfter(site, ids.length, [
        input,
        '-m',
        site.write('mapping.yaml', MOVING(onMissing)),
        ...state,
      ]);

      expect(
        site
          .kept()
          .rows.map(({ row, contact_id, status }) => [row, contact_id, status])
          .sort(),
      ).toEqual(ids.map((id) => [id, id, 'updated']));
      for (const id of ids) {
        expect(site.emulator.contact(id)).toMatchObject({ name: `New ${id}`, email: `new${id}@example.com` });
      }
      expect(site.emulator.contact(5)).toBeUndefined();
    });
  },
);

it('a key that another row has taken meanwhile names nobody else', async () => {
  const site = await newSite({
    contacts: 0,
    contactList: [
      { id: 1, email: 'a@example.com' },
      { id: 2, email: 'b@example.com' },
    ],
  });
  const input = site.write('chain.csv', 'old,mail,name\na@example.com,c@example.com,One\n');
  site.emulator.set({ latencyMs: [1_200, 1_200] });
  const { child, ended } = site.start([input, '-m', site.write('mapping.yaml', MOVING('error')), ...FAST]);
  await until(() => site.emulator.journal.length > 0, child);
  child.kill('SIGKILL');
  await ended;
  site.emulator.set({ latencyMs: [0, 0] });
  site.emulator.edit(2, { email: 'a@example.com' });
  const { code } = await site.run(['--resume', site.runs().at(-1) ?? '', ...FAST]);
  expect(code).toBe(0);
  expect(site.emulator.contact(1)).toMatchObject({ name: 'One', email: 'c@example.com' });
  expect(site.emulator.contact(2)).toMatchObject({ email: 'a@example.com' });
  expect(site.emulator.contact(2)?.name).not.toBe('One');
});

describe('contacts that were made and not finished', () => {
  const MAKING = `version: 1
match: { email: email }
on_missing: create
inbox_id: 407
fields: { name: name, custom_attributes.n: n }
`;
  it.each([
    ['while the rest of their fields was on the way', 5],
    ['while they were made', 4],
  ])('count as created by the run that goes on: %s', async (_when, writes) => {
    const site = await newSite({ contacts: 0, contactList: [] });
    const ids = [1, 2, 3, 4];
    const lines = ids.map((id) => `new${id}@example.com,New ${id},${id}`);
    const input = site.write('new.csv', `email,name,n\n${lines.join('\n')}\n`);
    await killedAfter(site, writes, [input, '-m', site.write('mapping.yaml', MAKING)]);

    expect(site.kept().summary?.statuses).toMatchObject({ created: 4, updated: 0 });
    for (const id of ids) {
      const { email } = site.emulator.contact(id) ?? {};
      const n = /\d/.exec(String(email))?.[0];
      expect(site.emulator.contact(id)).toMatchObject({ name: `New ${n}`, custom_attributes: { n } });
    }
    expect(site.emulator.contact(5)).toBeUndefined();
  });

  it('one that another program made meanwhile, with other values, is updated', async () => {
    const site = await newSite({ contacts: 0, contactList: [], faults: { 'reset-before': 1 } });
    const mapping = site.write('mapping.yaml', MAKING);
    const begin = site.start([
      site.write('new.csv', 'email,name,n\nann@example.com,Ann,1\n'),
      '-m',
      mapping,
      ...FAST,
    ]);
    await until(() => site.emulator.stats().requests > 2, begin.child);
    begin.child.kill('SIGKILL');
    await begin.ended;
    const [first = ''] = site.runs();
    site.emulator.set({ faults: {} });
    const other = site.write('other.csv', 'email,name,n\nann@example.com,Somebody,2\n');
    expect((await site.run([other, '-m', mapping, '--no-state', '-o', 'other', ...FAST])).code).toBe(0);
    expect(site.emulator.contact(1)).toMatchObject({ name: 'Somebody' });
    expect((await site.run(['--resume', first, '--older-data', ...FAST])).code).toBe(0);
    expect(site.kept(first).rows).toMatchObject([{ status: 'updated', contact_id: 1 }]);
    expect(site.emulator.contact(1)).toMatchObject({ name: 'Ann', custom_attributes: { n: '1' } });
  });
});
