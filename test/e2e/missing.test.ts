import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { newSite, until } from '../crash/site.ts';
import { cliHere } from '../helpers/cli-here.ts';
import { type Nights, nights } from '../helpers/nights.ts';
import { mergeRuns, runShards } from '../helpers/shards.ts';
import type { Synced } from '../helpers/sync.ts';

const MAPPING = 'match: { email: email }\non_missing: skip\nfields: { custom_attributes.n: n }\n';
const FAST = ['--search-rate', 'unlimited'];
const people = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ id: i + 1, name: `P${i + 1}`, email: `p${i + 1}@example.com` }));
const csv = (ids: readonly number[]) => `email,n\n${ids.map((id) => `p${id}@example.com,${id}\n`).join('')}`;
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const later = (ms: number) => ({ clock: { ...systemClock, now: () => systemClock.now() + ms } });
const HOUR = 3_600_000;

/** The e-mails that a missing file lists. */
const listed = (text: string) =>
  text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',')[0]);
/** The rows that the journal says are missing, in its order. */
const missing = ({ rows }: Pick<Synced, 'rows'>) => rows.filter(({ reason }) => reason === 'missing');

/** Ten people of whom the state knows all. */
async function pulled(mapping = MAPPING): Promise<Nights> {
  const site = await nights(mapping, { contacts: 0, contactList: people(10) });
  await site.pull();
  return site;
}

describe('rows whose contact is not there', () => {
  it('are listed in missing.csv, which no other may read, and nowhere else', async () => {
    const site = await pulled();
    const { code, stdout, stderr, summary, file, files, runDir } = await site.run(
      `${csv([1, 11, 2, 12])}no-mail,5\n`,
      FAST,
    );
    expect(code).toBe(1);
    expect(file('missing.csv').replace(/@[0-9a-f-]{36}/g, '@…')).toBe(
      '\uFEFFemail,n,_row,_line,_status,_error_code,_error_message,_run\n' +
        [11, 12]
          .map(
            (id, i) =>
              `p${id}@example.com,${id},${2 * i + 2},${2 * i + 3},skipped,ERR_NO_MATCH,"no contact of the account has a key of the row; skipped, since the mapping says on_missing: skip",1/1/${2 * i + 2}@…\n`,
          )
          .join(''),
    );
    expect(statSync(join(runDir, 'missing.csv')).mode & 0o777).toBe(0o600);
    expect(listed(file('rejects.csv'))).toEqual(['no-mail']);
    expect(files).toContain('missing.csv');
    expect(summary).toMatchObject({ skip_reasons: { missing: 2 }, missing: [{ file: 'missing.csv' }] });
    expect(stdout).toContain('2   no such contact\n');
    expect(stdout).toContain('  rows without a contact are listed in missing.csv\n');
    expect(stdout + stderr + file('results.jsonl')).not.toContain('p11@');
  });

  it('of several inputs go each to a file of its form, and a night without any has none', async () => {
    const site = await pulled();
    const jsonl = site.write(
      'b.jsonl',
      '{"email":"p12@example.com","n":1}\n{"email":"p2@example.com","n":2}\n',
    );
    const first = site.write('a.csv', csv([1, 11]));
    const { file } = await site.runWith([first, jsonl, ...FAST]);
    expect(listed(file('missing.csv'))).toEqual(['p11@example.com']);
    expect(JSON.parse(file('missing-2.jsonl'))).toMatchObject({ email: 'p12@example.com', n: 1, _row: 1 });
    const { files, summary } = await site.run(csv([1, 2]), FAST);
    expect(files.filter((name) => name.startsWith('missing'))).toEqual([]);
    expect(summary).not.toHaveProperty('missing');
  });

  it('are sent from missing.csv once their contacts are made, without undoing what came after', async () => {
    const site = await pulled();
    const night = await site.run(csv([1, 11, 12]), FAST);
    site.emulator.edit(3, { email: 'p11@example.com' });
    site.emulator.edit(4, { email: 'p12@example.com' });
    await site.pull();
    await site.run('email,n\np12@example.com,newer\n', FAST);
    const again = await site.runWith([join(night.runDir, 'missing.csv'), ...FAST]);
    expect(again.sent).toEqual([{ contactId: 3, body: { custom_attributes: { n: '11' } } }]);
    expect(again.summary.statuses).toMatchObject({ updated: 1, superseded: 1 });
  });

  it('of a canary and of its rest stand in one file', async () => {
    const site = await pulled();
    const path = site.write('contacts.csv', csv([11, 1, 12, 2, 13]));
    const first = await site.runWith([path, '--limit', '2', ...FAST]);
    expect(listed(first.file('missing.csv'))).toEqual(['p11@example.com']);
    await site.runWith(['--resume', first.runDir, '--limit', 'all', ...FAST]);
    expect(listed(first.file('missing.csv')).sort()).toEqual([
      'p11@example.com',
      'p12@example.com',
      'p13@example.com',
    ]);
  });

  it('stay as they were edited when a stopped run goes on', async () => {
    const site = await pulled();
    const path = site.write('contacts.csv', csv([11, 1, 12]));
    const first = await site.runWith([path, '--limit', '1', ...FAST]);
    const file = join(first.runDir, 'missing.csv');
    chmodSync(file, 0o600);
    writeFileSync(file, readFileSync(file, 'utf8').replace('p11@', 'anna@'));
    const { stderr } = await site.runWith(['--resume', first.runDir, '--limit', 'all', ...FAST]);
    expect(stderr).toMatch(
      /missing\.csv was edited since the run stopped: it is now missing\.edited-\d+\.csv/,
    );
    expect(listed(first.file('missing.csv'))).toEqual(['p12@example.com']);
  });

  it('of shards are joined in the order of the rows', async () => {
    const site = await pulled();
    const path = site.write('contacts.csv', csv([11, 1, 12, 13, 2, 14, 15, 16]));
    const args = [path, '-m', join(site.dir, 'mapping.yaml'), '--state', join(site.dir, 'state')];
    const shards = await runShards(2, [...args, '--base-url', site.emulator.url, ...FAST]);
    expect(shards.map((shard) => missing(shard).length).every((rows) => rows > 0)).toBe(true);
    const merged = await mergeRuns(shards);
    expect(listed(merged.file('missing.csv'))).toEqual(
      [11, 12, 13, 14, 15, 16].map((id) => `p${id}@example.com`),
    );
    expect(merged.summary).toMatchObject({
      skip_reasons: { missing: 6 },
      missing: [{ file: 'missing.csv' }],
    });
  });

  it('are exactly those of the journal, also of a run that was killed and continued', {
    timeout: 180_000,
  }, async () => {
    const site = await newSite({ contacts: 0, contactList: people(150), latencyMs: [2, 6] });
    site.write('mapping.yaml', `version: 1\n${MAPPING}`);
    site.write('export.csv', csv(numbers(1, 300).map((i) => (i % 2 ? i : 200 + i))));
    for (const kill of [20, 45, 0]) {
      const before = site.emulator.journal.length;
      const { child, ended } = site.start([
        'export.csv',
        '-m',
        'mapping.yaml',
        '--continue',
        '--rate',
        '300',
        ...FAST,
      ]);
      if (kill > 0) {
        await until(() => site.emulator.journal.length >= before + kill, child);
        child.kill('SIGKILL');
      }
      await ended;
    }
    expect(site.runs()).toHaveLength(1);
    const { rows, summary } = site.kept();
    const text = readFileSync(join(site.dir, site.runs()[0] ?? '', 'missing.csv'), 'utf8');
    const own = text
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => Number(/,(\d+),\d+,skipped,/.exec(line)?.[1]));
    expect(own).toEqual(missing({ rows }).map(({ row }) => row));
    expect(new Set(own).size).toBe(own.length);
    expect(summary?.skip_reasons?.missing).toBe(own.length);
    expect(own.length).toBeGreaterThan(100);
  });
});

describe('the age of the pull', () => {
  const strangers = csv([1, ...numbers(1_001, 1_101)]);

  it('stands in the summary, and is a warning once contacts may have been made since', async () => {
    const site = await pulled();
    const fresh = await site.run(strangers, FAST, later(23 * HOUR));
    expect(fresh.stdout).toMatch(
      /contacts are known from the pull of [-\d]+ [:\d]+ UTC, 2[23] h before the end\n/,
    );
    expect(fresh.stderr).not.toContain('contacts that were made since');
    const old = await site.run(strangers, FAST, later(50 * HOUR));
    expect(old.stderr).toMatch(
      /"level":(?:40|"warn").*101 rows have no contact as of the pull of [-\dT:]+Z, 2 d ago; contacts that were made since are not known. Give the run --pull-every 24h, or pull again: livedesk-sync pull --state \S+ --rate unlimited --base-url [^\s"]+/,
    );
    expect(old.summary.warnings).toEqual([expect.stringContaining('101 rows have no contact')]);
    expect(Date.parse(old.summary.last_pull ?? '')).toBeGreaterThan(0);
    const [, command = ''] = /pull again: livedesk-sync ([^"\n]*)/.exec(old.stderr) ?? [];
    const { code, stdout } = await cliHere(command.split(' '));
    expect([code, stdout]).toEqual([0, expect.stringContaining('10 contacts read')]);
  });

  it('is none where each row was searched for', async () => {
    const site = await pulled();
    const { stderr, summary } = await site.run(csv([1, 11, 12]), FAST, later(50 * HOUR));
    expect(stderr).not.toContain('contacts that were made since');
    expect(summary.skip_reasons).toEqual({ missing: 2 });
    const without = await nights(MAPPING, { contacts: 0, contactList: people(3) });
    const { stdout, summary: own } = await without.run(csv([1, 9]), FAST);
    expect(own.last_pull).toBeNull();
    expect(stdout).toContain('contacts were looked up in the account: the state has no complete pull');
  });

  it('is no matter where contacts are named by their ids', async () => {
    const { run } = await nights('contact_id: id\nfields: { custom_attributes.n: n }\n');
    expect((await run('id,n\n1,1\n')).summary).not.toHaveProperty('last_pull');
  });
});

describe('--pull-every', () => {
  const lists = ({ emulator }: Nights) =>
    [...emulator.requests].filter(({ method }) => method === 'GET').length;

  it('pulls where there was no pull, not again while it is young, and again once it is old', async () => {
    const site = await nights(MAPPING, { contacts: 0, contactList: people(10) });
    const every = ['--pull-every', '24h', ...FAST];
    const strangers = csv([1, 11, ...numbers(1_001, 1_101)]);
    const first = await site.run(strangers, every);
    expect([first.code, first.summary.statuses.updated, lists(site)]).toEqual([0, 1, 2]);
    expect(first.stderr).toContain('pulling first (--pull-every): the state has no complete pull');
    site.emulator.edit(3, { email: 'p11@example.com' });
    const second = await site.run(strangers, every, later(23 * HOUR));
    expect([second.summary.skip_reasons?.missing, lists(site)]).toEqual([102, 0]);
    const third = await site.run(strangers, every, later(25 * HOUR));
    expect(third.sent).toEqual([{ contactId: 3, body: { custom_attributes: { n: '11' } } }]);
    expect(third.stderr).toContain('the last complete pull began 25 h ago');
    expect(third.summary.skip_reasons?.missing).toBe(101);
    expect(third.stderr).not.toContain('contacts that were made since');
  });

  it('is nothing for a dry run, a mapping by ids, and a run that may use a week-old pull', async () => {
    const site = await pulled();
    const week = await site.run(csv([1]), ['--pull-every', '7d', ...FAST], later(6 * 24 * HOUR));
    expect([week.code, lists(site)]).toEqual([0, 0]);
    const dry = await site.run(csv([1]), ['--pull-every', '1h', '--dry-run', ...FAST], later(50 * HOUR));
    expect([dry.code, lists(site)]).toEqual([0, 0]);
    const byId = await nights('contact_id: id\nfields: { custom_attributes.n: n }\n');
    expect((await byId.run('id,n\n1,1\n', ['--pull-every', '1h'])).code).toBe(0);
    expect(lists(byId)).toBe(0);
  });

  it.each([
    [['--no-state'], 'leave out one of --pull-every and --no-state'],
    [['--shard', '1/2'], 'run livedesk-sync pull before the shards instead'],
    [[], '--pull-every takes a duration'],
  ])('with %j is a mistake', async (more, message) => {
    const site = await nights(MAPPING, {}, false);
    const every = more.length > 0 ? '1h' : 'often';
    const { code, stderr } = await site.run(csv([1]), ['--pull-every', every, ...more]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('ends the run before its first row where the account cannot be read, and the next night begins there', async () => {
    const site = await nights(MAPPING, { contacts: 0, contactList: people(10) });
    site.emulator.setDown(true);
    const every = ['--pull-every', '24h', '--outage-budget', '0s', '--max-attempts', '1', ...FAST];
    const down = await site.run(csv([1]), every);
    expect([down.code, down.journal]).toEqual([3, []]);
    expect(down.stderr).toMatch(/the pull before the run \(--pull-every\) did not end: .* Nothing was sent/);
    site.emulator.setDown(false);
    const up = await site.run(csv([1]), every);
    expect([up.code, up.sent.length]).toEqual([0, 1]);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGKILL', null],
  ] as const)(
    '%s in the middle of the pull sends nothing, and the same command goes on with it',
    { timeout: 180_000 },
    async (signal, exit) => {
      const site = await newSite({ contacts: 3_000, latencyMs: [4, 6] });
      site.write('mapping.yaml', `version: 1\n${MAPPING}`);
      site.write('export.csv', 'email,n\ncontact5@example.com,1\n');
      const args = ['export.csv', '-m', 'mapping.yaml', '--continue', '--pull-every', '24h'];
      const { child, ended } = site.start([...args, '--rate', '60']);
      await until(() => site.emulator.requests.length >= 90, child);
      child.kill(signal);
      const first = await ended;
      expect([first.code, site.emulator.journal.length, site.runs()]).toEqual([exit, 0, []]);
      site.emulator.reset();
      const again = await site.run(args);
      expect(again.code).toBe(0);
      expect(again.stderr).toContain('Going on with an earlier pull');
      expect(site.emulator.requests.length).toBeLessThan(200);
      expect(site.kept().summary?.rows_read).toBe(1);
    },
  );
});
