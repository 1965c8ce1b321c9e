import { expect, it } from 'vitest';
import { runCli } from '../helpers/cli-process.ts';
import { newSite, type Site, until } from './site.ts';

const MAPPING = `version: 1
match: { email: email }
on_missing: create
inbox_id: 407
fields: { name: name, custom_attributes.n: n }
`;

/** A run that was killed while the answer to its POST was on the way. Contacts 1 and 2 were there before. */
async function killedInThePost(): Promise<{ site: Site; args: readonly string[] }> {
  const site = await newSite({
    contacts: 0,
    contactList: [
      { id: 1, email: 'not.ann@example.com' },
      { id: 2, email: 'ann@example.com.au' },
    ],
  });
  const state = ['--state', 'state', '--search-rate', 'unlimited'];
  const options = { cwd: site.dir, env: { LIVEDESK_BASE_URL: site.emulator.url } };
  await runCli(['pull', '--state', 'state', '--rate', 'unlimited'], options);
  site.emulator.set({ latencyMs: [3_000, 3_000] });
  const args = [
    site.write('new.csv', 'email,name,n\nann@example.com,Ann,1\n'),
    ...['-m', site.write('mapping.yaml', MAPPING), ...state],
  ];
  const { child, ended } = site.start(args);
  await until(() => site.emulator.journal.some(({ by }) => by === 'create'));
  child.kill('SIGKILL');
  await ended;
  site.emulator.set({ latencyMs: [0, 0] });
  expect(site.kept().journal.map(({ type }) => type)).toEqual(['run', 'intent']);
  return { site, args };
}

/** Ann is there once, as the row wants her, and nobody else was touched. */
function expectOneAnn({ emulator }: Site): void {
  expect(emulator.contact(3)).toMatchObject({ email: 'ann@example.com', custom_attributes: { n: '1' } });
  expect(emulator.contact(4)).toBeUndefined();
  expect(emulator.journal.every(({ contactId }) => contactId === 3)).toBe(true);
}

it('a contact whose creation was cut off is found by the run that goes on', async () => {
  const { site } = await killedInThePost();
  const more = ['--state', 'state', '--search-rate', 'unlimited'];
  const { code } = await site.run(['--resume', site.runs().at(-1) ?? '', ...more]);
  expect(code).toBe(0);
  expectOneAnn(site);
  expect(site.kept().rows).toMatchObject([{ row: 1, contact_id: 3, status: 'created' }]);
});

it('and by a new run that knows nothing of it', async () => {
  const { site, args } = await killedInThePost();
  const { code } = await site.run(args);
  expect(code).toBe(0);
  expectOneAnn(site);
  expect(site.kept().rows).toMatchObject([{ row: 1, contact_id: 3, status: 'updated' }]);
});
