import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { numberedCsv } from '../helpers/write-input.ts';
import { newSite, type Site, until } from './site.ts';

/** A run of `rows` rows that was killed once `after` of them were written. */
async function killed(site: Site, rows = 300, after = 40, args: readonly string[] = []): Promise<string> {
  const input = site.write('contacts.csv', numberedCsv(rows));
  const { child, ended } = site.start([input, '--rate', '400', ...args]);
  await until(() => site.emulator.journal.length >= after, child);
  child.kill('SIGKILL');
  await ended;
  return site.runs().at(-1) ?? '';
}

/** Rows in flight at `--rate 400`: of so many, at most, the state may know what the journal of a killed run does not. */
const IN_FLIGHT = 200;

/**
 * Every row has one outcome, and the run says so; `unchanged` is how many of them an earlier run had sent. Default: what the
 * process that was killed had sent and not logged.
 */
function expectWhole(site: Site, runDir: string, rows: number, unchanged?: number): void {
  const kept = site.kept(runDir);
  expect(kept.rows.map(({ row }) => row).sort((a, b) => a - b)).toEqual(
    Array.from({ length: rows }, (_, i) => i + 1),
  );
  const known = unchanged ?? kept.summary?.statuses.unchanged ?? 0;
  expect(known).toBeLessThanOrEqual(unchanged ?? IN_FLIGHT);
  const statuses = { updated: rows - known, unchanged: known };
  expect(kept.summary).toMatchObject({ rows_read: rows, pending: 0, statuses });
}

it('goes on where the crash was, sending at most the rows in flight again', async () => {
  const site = await newSite();
  const dir = await killed(site, 300, 40, ['--concurrency', '10']);
  const before = site.kept(dir);
  const { code, stdout } = await site.run(['--resume', dir]);
  expect(code).toBe(0);
  expect(stdout).toContain('Sync complete');
  expectWhole(site, dir, 300);
  expect(site.kept(dir).journal[before.journal.length]).toMatchObject({
    type: 'resume',
    rows_done: before.rows.length,
    torn_bytes: 0,
    limit: 'all',
  });
  expect(site.emulator.journal.length - 300).toBeLessThanOrEqual(10);
});

it.each([
  ['half a line', '{"type":"row","row":299,"li'],
  ['padding', '\0'.repeat(4_000)],
  ['half a line and padding', `{"type":"ro${'\0'.repeat(500)}`],
  ['a whole line of padding', `${'\0'.repeat(500)}\n`],
])('cuts a tail of %s', async (_what, tail) => {
  const site = await newSite();
  const dir = await killed(site);
  appendFileSync(join(site.dir, dir, 'results.jsonl'), tail);
  expect((await site.run(['--resume', dir])).code).toBe(0);
  expectWhole(site, dir, 300);
  const text = readFileSync(join(site.dir, dir, 'results.jsonl'), 'utf8');
  expect(text.includes('\0')).toBe(false);
  expect(site.kept(dir).journal.find(({ type }) => type === 'resume')).toMatchObject({
    torn_bytes: tail.length,
  });
});

it('does not go on with a journal that is damaged in the middle', async () => {
  const site = await newSite();
  const dir = await killed(site);
  const path = join(site.dir, dir, 'results.jsonl');
  const lines = readFileSync(path, 'utf8').split('\n');
  writeFileSync(path, lines.with(3, '{"type":"ro').join('\n'));
  const { code, stderr } = await site.run(['--resume', dir]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/results\.jsonl: line 4 is not readable, but later ones are\..*ERR_JOURNAL_DAMAGED/);
});

it('has nothing left to do once the run is whole', async () => {
  const site = await newSite();
  site.write('contacts.csv', numberedCsv(5));
  await site.run(['contacts.csv']);
  const { code } = await site.run(['--resume', 'runs/latest']);
  expect(code).toBe(0);
  expectWhole(site, 'runs/latest', 5);
  expect(site.emulator.journal).toHaveLength(5);
});

describe('the input', () => {
  it.each([
    ['grew', (path: string) => appendFileSync(path, '301,301\n'), /it had \d+ bytes, now it has \d+/],
    ['has another cell', (path: string) => swap(path, '\n300,300', '\n300,999'), /its content differs/],
    [
      'is gone',
      (path: string) => rmSync(path),
      /contacts\.csv, an input of \S+, is gone.*where they are now before --resume \S+-contacts-/,
    ],
  ])('that %s is refused', async (_what, change, message) => {
    const site = await newSite();
    const dir = await killed(site);
    change(join(site.dir, 'contacts.csv'));
    const writes = site.emulator.journal.length;
    const { code, stderr } = await site.run(['--resume', dir]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(site.emulator.journal).toHaveLength(writes);
  });

  it('may be touched, and may be elsewhere if that is said', async () => {
    const site = await newSite();
    const dir = await killed(site);
    renameSync(join(site.dir, 'contacts.csv'), join(site.dir, 'moved.csv'));
    const { code } = await site.run(['moved.csv', '--resume', dir]);
    expect(code).toBe(0);
    expectWhole(site, dir, 300);
  });

  it('from stdin cannot be read again, which is said at the start and at the end', async () => {
    const site = await newSite();
    const { child, ended } = site.start(['-', '--rate', '400'], { stdin: 'pipe' });
    child.stdin?.write(numberedCsv(300));
    await until(() => site.emulator.journal.length >= 20);
    child.kill('SIGTERM');
    const { stdout, stderr } = await ended;
    expect(stderr).toMatch(/stdin cannot be read twice.*--spool/);
    expect(stdout).toMatch(/Next: .*begin a new run.*livedesk-sync run - -m \S+ --spool/);
    const refused = await site.run(['--resume', 'runs/latest']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/read a pipe, of which no copy was kept.*ERR_NOT_RESUMABLE/);
  });

  it('from stdin is read from its copy with --spool', async () => {
    const site = await newSite();
    const { child, ended } = site.start(['-', '--spool', '--rate', '400'], { stdin: numberedCsv(300) });
    await until(() => site.emulator.journal.length >= 20);
    child.kill('SIGKILL');
    await ended;
    const [dir = ''] = site.runs();
    expect((await site.run(['--resume', dir])).code).toBe(0);
    expectWhole(site, dir, 300);
  });
});

describe('the account', () => {
  const otherKey = { env: { LIVEDESK_API_KEY: 'rotated' } };

  it('must be the one of the run', async () => {
    const site = await newSite();
    const dir = await killed(site);
    const { code, stderr } = await site.run(['--resume', dir], otherKey);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /belongs to account [0-9a-f]{16} at \S+, but .* account [0-9a-f]{16}.*--same-account/,
    );
  });

  it('may have another key if that is said, but no other address', async () => {
    const site = await newSite();
    const dir = await killed(site);
    const staging = await newSite({ apiKey: 'rotated' });
    const env = { ...otherKey.env, LIVEDESK_BASE_URL: staging.emulator.url };
    const elsewhere = await site.run(['--resume', dir, '--same-account'], { env });
    expect(elsewhere.code).toBe(2);
    expect(elsewhere.stderr).toContain('ERR_OTHER_ACCOUNT');
    expect(staging.emulator.journal).toHaveLength(0);
  });
});

describe('the newest data', () => {
  it('stays: an older unfinished run sends its rest and leaves alone what a later one sent', async () => {
    const site = await newSite();
    const monday = await killed(site);
    const wednesday = 'contact_id,custom_attributes.n\n299,wednesday\n300,wednesday\n';
    await site.run([site.write('wednesday.csv', wednesday)]);

    expect((await site.run(['--resume', monday])).code).toBe(0);
    expect(site.emulator.contact(300)?.['custom_attributes']).toMatchObject({ n: 'wednesday' });
    expect(site.emulator.contact(298)?.['custom_attributes']).toMatchObject({ n: '298' });
    const superseded = site.kept(monday).rows.filter(({ status }) => status === 'superseded');
    expect(superseded.map(({ row }) => row).sort()).toEqual([299, 300]);
  });

  it('stays: where it cannot be told what a later run sent, an older one is refused', async () => {
    const site = await newSite();
    const monday = await killed(site);
    const wednesday = 'contact_id,custom_attributes.n\n299,wednesday\n300,wednesday\n';
    await site.run([site.write('wednesday.csv', wednesday)]);
    const journal = join(site.dir, site.runs().at(-1) ?? '', 'results.jsonl');
    writeFileSync(journal, readFileSync(journal, 'utf8').replace('\n{', '\n!'));

    const refused = await site.run(['--resume', monday]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/older values could be put over newer ones.*--older-data.*ERR_NEWER_RUN/);
    expect(site.emulator.contact(300)?.['custom_attributes']).toMatchObject({ n: 'wednesday' });

    // told that it is wanted, it does
    expect((await site.run(['--resume', monday, '--older-data'])).code).toBe(0);
    expect(site.emulator.contact(300)?.['custom_attributes']).toMatchObject({ n: '300' });
  });

  it('stays after the key was rotated, too', async () => {
    const site = await newSite();
    const monday = await killed(site);
    // the same address with a new key
    const { port } = site.emulator;
    await site.emulator.close();
    const after = await newSite({ apiKey: 'rotated', port });
    const env = { LIVEDESK_API_KEY: 'rotated', LIVEDESK_BASE_URL: after.emulator.url };
    await site.run([site.write('wednesday.csv', 'contact_id,custom_attributes.n\n300,wednesday\n')], { env });

    const refused = await site.run(['--resume', monday, '--same-account'], { env });
    expect(refused.stderr).toContain('ERR_NEWER_RUN');
    expect(after.emulator.contact(300)?.['custom_attributes']).toMatchObject({ n: 'wednesday' });
  });

  it('is not said to be newer where the later run delivered nothing', async () => {
    const site = await newSite();
    const monday = await killed(site);
    await site.run([site.write('none.csv', 'contact_id,custom_attributes.n\nx,1\n')]);
    await site.run([site.write('wednesday.csv', 'contact_id,custom_attributes.n\n300,1\n'), '--dry-run']);
    expect((await site.run(['--resume', monday])).code).toBe(0);
  });
});

describe('--limit', () => {
  it('given to a canary is remembered, even by a crash', async () => {
    const site = await newSite();
    site.write('contacts.csv', numberedCsv(300));
    const canary = await site.run(['contacts.csv', '--limit', '10']);
    expect(canary.stdout).toMatch(/Next: +livedesk-sync run --resume \S+ --limit all/);
    const { child, ended } = site.start(['--resume', 'runs/latest', '--limit', 'all', '--rate', '400']);
    await until(() => site.emulator.journal.length >= 60);
    child.kill('SIGKILL');
    await ended;
    expect((await site.run(['--resume', 'runs/latest'])).code).toBe(0);
    expectWhole(site, 'runs/latest', 300);
  });

  it('cannot be lowered', async () => {
    const site = await newSite();
    const dir = await killed(site);
    const { code, stderr } = await site.run(['--resume', dir, '--limit', '5']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/--limit 5 is lower than that of \S+, which is all/);
  });
});

describe('--continue', () => {
  it('goes on with an unfinished run, and begins one where there is none', async () => {
    const site = await newSite();
    const dir = await killed(site);
    expect((await site.run(['contacts.csv', '--continue'])).code).toBe(0);
    expect(site.runs()).toEqual([dir]);
    expectWhole(site, dir, 300);
    expect((await site.run(['contacts.csv', '--continue'])).code).toBe(0);
    expect(site.runs()).toHaveLength(2);
  });

  it('sends a file anew when a later run made its unfinished one stale', async () => {
    const site = await newSite();
    await killed(site);
    const reached = site.emulator.journal.length;
    await site.run([site.write('wednesday.csv', 'contact_id,custom_attributes.n\n300,wednesday\n')]);
    expect((await site.run(['contacts.csv', '--continue'])).code).toBe(0);
    expect(site.runs()).toHaveLength(3);
    const { statuses } = site.kept().summary ?? {};
    // what was on its way when it was killed is sent again; what the state knows may be a row ahead of the journal
    expect(statuses?.unchanged).toBeGreaterThan(0);
    expect(statuses?.unchanged).toBeLessThanOrEqual(reached);
    expectWhole(site, site.runs().at(-1) ?? '', 300, statuses?.unchanged);
    expect(site.emulator.contact(300)?.['custom_attributes']).toMatchObject({ n: '300' });
  });

  it('does not stumble over a damaged journal night after night', async () => {
    const site = await newSite();
    const dir = await killed(site);
    const path = join(site.dir, dir, 'results.jsonl');
    writeFileSync(path, readFileSync(path, 'utf8').split('\n').with(3, 'x').join('\n'));
    const { code, stderr } = await site.run(['contacts.csv', '--continue']);
    expect(code).toBe(0);
    expect(stderr).toMatch(/not going on with .*line 4 is not readable/);
  });

  it('goes on in a fixed directory, and begins anew where its process died before the first line', async () => {
    const site = await newSite();
    const dir = await killed(site, 300, 40, ['--run-dir', 'runs/fixed']);
    expect((await site.run(['contacts.csv', '--run-dir', dir, '--continue'])).code).toBe(0);
    expectWhole(site, dir, 300);

    writeFileSync(join(site.dir, dir, 'results.jsonl'), '{"type":"run","vers');
    expect((await site.run(['contacts.csv', '--run-dir', dir, '--continue'])).code).toBe(0);
    expectWhole(site, dir, 300, 300);
  });
});

describe('the rejects file', () => {
  it('loses rejects that no journal line tells of', async () => {
    const site = await newSite();
    const dir = await killed(site);
    appendFileSync(join(site.dir, dir, 'rejects.csv'), '300,300,300,301,failed,ERR_SERVER,crash\n');
    expect((await site.run(['--resume', dir])).code).toBe(0);
    expectWhole(site, dir, 300);
    expect(readFileSync(join(site.dir, dir, 'rejects.csv'), 'utf8')).toBe('');
  });

  it('is kept aside where it was corrected since the run stopped', async () => {
    const site = await newSite({ contacts: 299 });
    site.write('contacts.csv', `${numberedCsv(20)}x,1\n`);
    await site.run(['contacts.csv', '--limit', '21']);
    const [dir = ''] = site.runs();
    const rejects = join(site.dir, dir, 'rejects.csv');
    writeFileSync(rejects, readFileSync(rejects, 'utf8').replace('x,1', '21,1'));
    const { stderr } = await site.run(['--resume', dir, '--limit', 'all']);
    const kept =
      /is now rejects\.edited-\d+\.csv\. To send the corrections: livedesk-sync run (--retry \S+ --corrected)/;
    const [, command = ''] =
      kept.exec(JSON.parse(stderr.split('\n').find((line) => kept.test(line)) ?? '{}').msg) ?? [];
    expect((await site.run(command.split(' '))).code).toBe(0);
    expect(site.emulator.contact(21)?.['custom_attributes']).toMatchObject({ n: '1' });
  });
});

// --- internal ---

function swap(path: string, from: string, to: string): void {
  writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
}
