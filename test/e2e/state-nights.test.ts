import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newPlace, type Place } from '../helpers/place.ts';

// what a user types who has never heard of the state: no command here names one

const RATE = ['--rate', 'unlimited'];
const CONTACTS = 40;

const csv = (name: string, from = 1): string =>
  `contact_id,name\n${Array.from({ length: CONTACTS }, (_, i) => `${from + i},${name}\n`).join('')}`;

async function begin(): Promise<Place> {
  const place = await newPlace();
  place.write('a.csv', csv('Monday'));
  place.write('b.csv', csv('Tuesday'));
  return place;
}

const namesIn = ({ emulator }: Place) =>
  [...new Set(Array.from({ length: CONTACTS }, (_, i) => emulator.contact(i + 1)?.name))].join();

/** Everything that the file says is in the account, and the next nights have nothing to do. */
async function expectDone(place: Place, file: string, name: string): Promise<void> {
  expect(namesIn(place)).toBe(name);
  for (const more of [['--continue'], [], ['--shard', '1/2'], ['--shard', '2/2'], []]) {
    const night = await place.run([file, ...RATE, ...more]);
    expect([night.code, night.sent, /ERR_|lost|outdated/.test(night.stderr)]).toEqual([0, 0, false]);
  }
}

it('stopped, and gone on with', async () => {
  const place = await begin();
  await place.run(['b.csv', ...RATE]);
  const stopped = await place.stopped(['a.csv']);
  const [next] = stopped.commands;
  expect(next).toMatch(/^run --resume \S+$/);
  const rest = await place.paste(next, { env: { LIVEDESK_RATE: 'unlimited' } });
  expect([rest.code, stopped.sent + rest.sent]).toEqual([0, CONTACTS]);
  await expectDone(place, 'a.csv', 'Monday');
});

it('stopped, and continued by the command of every night', async () => {
  const place = await begin();
  await place.run(['b.csv', ...RATE]);
  const stopped = await place.stopped(['a.csv', '--continue']);
  const rest = await place.run(['a.csv', '--continue', ...RATE]);
  expect([rest.code, stopped.sent + rest.sent, place.runs().length]).toEqual([0, CONTACTS, 2]);
  await expectDone(place, 'a.csv', 'Monday');
});

it('a canary, and the rest by the printed command', async () => {
  const place = await begin();
  const canary = await place.run(['a.csv', '--limit', '10', ...RATE]);
  expect(canary.sent).toBe(10);
  const rest = await place.paste(canary.commands[0]);
  expect([rest.code, rest.sent]).toEqual([0, CONTACTS - 10]);
  await expectDone(place, 'a.csv', 'Monday');
});

it('a canary, and then all rows as a new run', async () => {
  const place = await begin();
  await place.run(['a.csv', '--limit', '10', ...RATE]);
  const all = await place.run(['a.csv', '--continue', ...RATE]);
  expect([all.code, all.sent]).toEqual([0, CONTACTS - 10]);
  await expectDone(place, 'a.csv', 'Monday');
});

it('bad rows are corrected and sent again by the printed command', async () => {
  const place = await begin();
  await place.run(['b.csv', ...RATE]);
  place.write('bad.csv', csv('Monday').replace('40,Monday', `40,${'x'.repeat(300)}`));
  const night = await place.run(['bad.csv', ...RATE]);
  expect([night.code, night.sent]).toEqual([1, CONTACTS - 1]);
  const rejects = join('runs', place.runs().at(-1) ?? '', 'rejects.csv');
  writeFileSync(rejects, readFileSync(rejects, 'utf8').replace(/x{300}/, 'Monday'));
  const retried = await place.paste(night.commands.find((line) => line.includes('--corrected')));
  expect([retried.code, retried.sent]).toEqual([0, 1]);
  await expectDone(place, 'a.csv', 'Monday');
});

it('bad rows are sent again as they were, once an agent has made room', async () => {
  const place = await begin();
  place.emulator.edit(90, { email: 'taken@example.com' });
  const rows = csv('Monday').replaceAll('Monday\n', 'Monday,\n').replace('name\n', 'name,email\n');
  place.write('a.csv', rows.replace('40,Monday,', '40,Monday,taken@example.com'));
  const night = await place.run(['a.csv', ...RATE]);
  expect([night.code, night.sent]).toEqual([1, CONTACTS - 1]);
  place.emulator.edit(90, { email: 'other@example.com' });
  const command = night.commands.find((line) => line.includes('--retry') && !line.includes('--corrected'));
  const retried = await place.paste(command);
  expect([retried.code, retried.sent]).toEqual([0, 1]);
  await expectDone(place, 'a.csv', 'Monday');
});

it('shards, and then all rows; all rows, and then shards of another number', async () => {
  const place = await begin();
  let sent = 0;
  for (const shard of ['1/2', '2/2']) sent += (await place.run(['a.csv', '--shard', shard, ...RATE])).sent;
  expect(sent).toBe(CONTACTS);
  await expectDone(place, 'a.csv', 'Monday');
  expect((await place.run(['b.csv', ...RATE])).sent).toBe(CONTACTS);
  sent = 0;
  for (const shard of ['1/3', '2/3', '3/3'])
    sent += (await place.run(['a.csv', '--shard', shard, ...RATE])).sent;
  expect(sent).toBe(CONTACTS);
  await expectDone(place, 'a.csv', 'Monday');
});

it('--full sends all, and puts back what an agent changed; else it stays', async () => {
  const place = await begin();
  await place.run(['a.csv', ...RATE]);
  place.emulator.edit(7, { name: 'Agent' });
  expect((await place.run(['a.csv', ...RATE])).sent).toBe(0);
  expect(place.emulator.contact(7)?.name).toBe('Agent');
  expect((await place.run(['a.csv', '--full', ...RATE])).sent).toBe(CONTACTS);
  await expectDone(place, 'a.csv', 'Monday');
});

it('a pull, and then a run, which then sends only what differs', async () => {
  const place = await begin();
  for (let id = 1; id < CONTACTS; id++) place.emulator.edit(id, { name: 'Monday' });
  const pulled = await place.type(['pull', ...RATE]);
  expect([pulled.code, pulled.stdout]).toEqual([
    0,
    expect.stringMatching(/State: runs\/\.state\/[0-9a-f]{16}\n/),
  ]);
  const night = await place.run(['a.csv', ...RATE]);
  expect([night.code, night.sent]).toEqual([0, 1]);
  await expectDone(place, 'a.csv', 'Monday');
});

it('a pull after a run without the state: what it read counts', async () => {
  const place = await begin();
  await place.run(['a.csv', ...RATE]);
  await place.run(['b.csv', '--no-state', ...RATE]);
  expect((await place.type(['pull', ...RATE])).stderr).toMatch(/a run without the state/);
  expect((await place.run(['b.csv', ...RATE])).sent).toBe(0);
  expect((await place.run(['a.csv', ...RATE])).sent).toBe(CONTACTS);
  await expectDone(place, 'a.csv', 'Monday');
});

it('a probe leaves what it found beside the state, if there is one', async () => {
  const place = await begin();
  place.emulator.edit(1, { custom_attributes: { plan: 'gold' } });
  const env = { XDG_STATE_HOME: join(place.dir, 'home') };
  const probe = ['probe', '--contact', '1', '--read-only', ...RATE];
  await place.type(probe, { env });
  expect([existsSync('home/livedesk-contact-sync'), existsSync('runs')]).toEqual([true, false]);
  const first = await place.run(['a.csv', ...RATE], { env });
  expect(first.stderr).toMatch(/remembered in runs\/\.state/);
  expect((await place.type(probe, { env: {} })).stderr).not.toMatch(/ERR_/);
  const { account } = place.kept().header;
  expect(existsSync(join('runs', '.state', `probe-${account}`, 'findings.json'))).toBe(true);
});

it('the first run says where the state is, also where a pull has made it, and no later one', async () => {
  const place = await begin();
  await place.type(['pull', ...RATE]);
  const said = async (...args: string[]) =>
    /remembered in runs\/\.state/.test((await place.run(['a.csv', ...RATE, ...args])).stderr);
  expect(await said('--dry-run')).toBe(false);
  expect([await said(), await said(), await said('--shard', '1/2')]).toEqual([true, false, false]);
});

it.each([
  ['a word of the environment', [], { LIVEDESK_NO_STATE: 'yes' }, 2 * CONTACTS],
  ['one that says no', [], { LIVEDESK_NO_STATE: 'no' }, CONTACTS],
  ['a flag that wins', ['--state', 'mine'], { LIVEDESK_NO_STATE: '1' }, CONTACTS],
  ['a flag that wins over a name', ['--no-state'], { LIVEDESK_STATE: 'mine' }, 2 * CONTACTS],
])('none: %s', async (_what, args, env, sent) => {
  const place = await begin();
  const nights = [];
  for (let night = 0; night < 2; night++) nights.push(await place.run(['a.csv', ...RATE, ...args], { env }));
  expect(nights.map(({ code, stderr }) => [code, /warning/.test(stderr)])).toEqual(
    nights.map(() => [0, false]),
  );
  expect(nights.reduce((sum, night) => sum + night.sent, 0)).toBe(sent);
});

it.each([
  [
    'LIVEDESK_STATE and LIVEDESK_NO_STATE exclude',
    ['run', 'a.csv'],
    { LIVEDESK_STATE: 'a', LIVEDESK_NO_STATE: '1' },
  ],
  ['LIVEDESK_NO_STATE takes true or false', ['run', 'a.csv'], { LIVEDESK_NO_STATE: 'runs' }],
  ['--state was given more than once', ['run', 'a.csv', '--state', 'a', '--no-state'], {}],
  ['leave out --no-state', ['pull', '--no-state'], {}],
])('a mistake: %s', async (says, words, env) => {
  const place = await begin();
  const { code, stderr } = await place.type([...words, ...RATE], { env: env as Record<string, string> });
  expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
  expect(existsSync('runs')).toBe(false);
});

it('the environment of a run may be that of a pull', async () => {
  const place = await begin();
  const { code, stderr } = await place.type(['pull', ...RATE], { env: { LIVEDESK_NO_STATE: '1' } });
  expect([code, stderr.includes('warning')]).toEqual([0, false]);
});

it('an old run without a state goes on without, and its printed command says nothing of it', async () => {
  const place = await begin();
  const canary = await place.run(['a.csv', '--limit', '10', '--no-state', ...RATE]);
  expect(canary.commands[0]).not.toMatch(/state/);
  expect((await place.paste(canary.commands[0])).sent).toBe(CONTACTS - 10);
  expect(existsSync('runs/.state')).toBe(false);
});

describe('after the API key was rotated', () => {
  const env = { LIVEDESK_API_KEY: 'rotated' };
  /** The same account with another key, in the same folder. */
  const rotate = async (place: Place): Promise<Place> => {
    const { port } = place.emulator;
    await place.emulator.close();
    const after = await newPlace({ apiKey: 'rotated', port });
    process.chdir(place.dir);
    return after;
  };
  const accountsOf = (place: Place) => new Set(place.runs().map((run) => place.kept(run).header.account));

  it('a resume with --same-account goes on with the state, which remembers the key', async () => {
    const place = await begin();
    const stopped = await place.stopped(['a.csv']);
    const after = await rotate(place);
    const [run = ''] = place.runs();
    const rest = await after.run(['--resume', run, '--same-account', ...RATE], { env });
    expect([rest.code, stopped.sent + rest.sent]).toEqual([0, CONTACTS]);
    expect(rest.stderr).not.toMatch(/another API key|counts as lost|remembered in/);
    const nights = [];
    for (let night = 0; night < 2; night++) nights.push(await after.run(['a.csv', ...RATE], { env }));
    expect(nights.map(({ sent, stderr }) => [sent, /another API key/.test(stderr)])).toEqual([
      [0, false],
      [0, false],
    ]);
    expect(accountsOf(after).size).toBe(1);
  });

  it('a new run with --same-account sends only what changed, and so does every later one; a pull joins in', async () => {
    const place = await begin();
    await place.run(['a.csv', ...RATE]);
    const after = await rotate(place);
    const look = await after.run(['a.csv', '--same-account', '--dry-run'], { env });
    expect([look.code, after.kept().summary.statuses.unchanged]).toEqual([0, CONTACTS]);
    expect(existsSync('runs/.state/.keys.json')).toBe(false); // a dry run remembers nothing
    expect((await after.run(['a.csv', '--same-account', ...RATE], { env })).sent).toBe(0);
    expect((await after.run(['a.csv', ...RATE], { env })).sent).toBe(0);
    expect((await after.type(['pull', '--rate', 'unlimited'], { env })).code).toBe(0);
    expect(accountsOf(after).size).toBe(1);
    const stores = readdirSync('runs/.state').filter((name) => /^[0-9a-f]{16}$/.test(name));
    expect(stores).toHaveLength(1);
  });

  it('without the word every row is sent, by an account of its own, and that is said once; then it is too late', async () => {
    const place = await begin();
    await place.run(['a.csv', ...RATE]);
    const after = await rotate(place);
    const first = await after.run(['a.csv', ...RATE], { env });
    expect(first.sent).toBe(CONTACTS);
    expect(first.stderr).toMatch(/if the key was rotated, stop now and say --same-account once/);
    const second = await after.run(['a.csv', '--same-account', ...RATE], { env });
    expect([second.sent, accountsOf(after).size]).toEqual([0, 2]);
    expect(second.stderr).not.toMatch(/another API key/);
  });
});
