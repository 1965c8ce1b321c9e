import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Emulator } from '../../src/emulator/emulator.ts';
import type { JournalLine } from '../../src/journal/journal-lines.ts';
import { type CliOptions, startCli } from '../helpers/cli-process.ts';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { numberedCsv } from '../helpers/write-input.ts';

const MAPPING = 'version: 1\ncontact_id: contact_id\nfields: { custom_attributes.n: custom_attributes.n }\n';

/** A folder with jobs of two accounts, each with a LiveDesk of its own. */
async function site(options: { readonly rows?: number; readonly rate?: string } = {}) {
  const dir = tempDir();
  const [emea, apac] = [await emulatorHere({ contacts: 200 }), await emulatorHere({ contacts: 200 })];
  mkdirSync(join(dir, 'secrets'));
  const write = (name: string, text: string): void => writeFileSync(join(dir, name), text);
  write('secrets/key', 'demo-key\n');
  write('secrets/secret', 'demo-secret\n');
  write('mapping.yaml', MAPPING);
  write('in.csv', numberedCsv(options.rows ?? 5));
  const account = ({ url }: Emulator): string =>
    `{ api_key_file: secrets/key, api_secret_file: secrets/secret, base_url: '${url}', rate: ${options.rate ?? 'unlimited'} }`;
  write(
    'livedesk-sync.yaml',
    `version: 1
accounts:
  emea: ${account(emea)}
  apac: ${account(apac)}
jobs:
  crm: { account: emea, input: in.csv, mapping: mapping.yaml, continue: true }
  shop: { account: emea, input: in.csv, mapping: mapping.yaml, full: true, continue: true }
  b2b: { account: apac, input: in.csv, mapping: mapping.yaml, continue: true }
`,
  );
  const start = (words: readonly string[], more: CliOptions = {}) =>
    startCli(['run', ...words], {
      ...more,
      cwd: dir,
      env: { LIVEDESK_API_KEY: undefined, LIVEDESK_API_SECRET: undefined, ...more.env },
    });
  const runs = (): string[] =>
    (existsSync(join(dir, 'runs')) ? readdirSync(join(dir, 'runs')) : [])
      .filter((name) => existsSync(join(dir, 'runs', name, 'results.jsonl')) && name !== 'latest')
      .sort();
  const journal = (run: string): JournalLine[] =>
    readFileSync(join(dir, 'runs', run, 'results.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => line.endsWith('}'))
      .map((line) => JSON.parse(line) as JournalLine);
  const rowsOf = (run: string): number[] =>
    journal(run).flatMap((line) => (line.type === 'row' ? [line.row] : []));
  return { dir, write, start, runs, journal, rowsOf, emea, apac };
}

const jobOf = (run: string): string => /Z-(\w+)-\w{4}$/.exec(run)?.[1] ?? run;
const childrenOf = (pid: number | undefined): string[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
const until = async (isTrue: () => boolean): Promise<void> => {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 20));
};

test('all jobs: accounts side by side, those of one in order, one summary', async () => {
  const { start, runs, journal } = await site({ rows: 40, rate: '80' });
  const { code, stdout, stderr } = await start(['--all-jobs', '--json']).ended;
  const told = JSON.parse(stdout);
  expect([code, told.exit_code]).toEqual([0, 0]);
  expect(told.jobs).toMatchObject([
    { job: 'crm', account: 'emea', exit_code: 0, summary: { job: 'crm', rows_read: 40 } },
    { job: 'shop', account: 'emea', exit_code: 0, summary: { job: 'shop', rows_read: 40 } },
    { job: 'b2b', account: 'apac', exit_code: 0, summary: { job: 'b2b', rows_read: 40 } },
  ]);
  const spans = new Map(
    runs().map((run) => {
      const lines = journal(run);
      const [first, last] = [lines[0], lines.at(-1)];
      if (first?.type !== 'run' || last?.type !== 'end') throw new Error(`${run} is not finished`);
      return [jobOf(run), { began: first.started_at, ended: last.summary.ended_at }];
    }),
  );
  const span = (job: string) => spans.get(job) ?? { began: '', ended: '' };
  expect(span('crm').ended <= span('shop').began).toBe(true);
  expect(span('b2b').began < span('shop').began).toBe(true);
  const jobs = stderr
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).job);
  expect(new Set(jobs)).toEqual(new Set(['crm', 'shop', 'b2b']));
});

test('all jobs: one that fails, and one that cannot begin, keep no other from its work', async () => {
  const { start, write, dir, apac } = await site();
  apac.set({ down: true });
  const file = readFileSync(join(dir, 'livedesk-sync.yaml'), 'utf8');
  write(
    'livedesk-sync.yaml',
    file.replace('crm: { account: emea, input: in.csv', 'crm: { account: emea, input: gone.csv'),
  );
  const { code, stdout, stderr } = await start(['--all-jobs', '--outage-budget', '0s', '--max-attempts', '1'])
    .ended;
  expect(code).toBe(2);
  expect(stdout).toMatch(/^1 of 3 jobs of livedesk-sync\.yaml ended well; exit code 2\n/);
  expect(stdout).toMatch(/ crm +emea +2 +- /);
  expect(stdout).toMatch(/ shop +emea +0 +5 +0 +0 /);
  expect(stdout).toMatch(/ b2b +apac +3 /);
  expect(stdout).toMatch(/ crm: .*gone\.csv.* \(ERR_INPUT\w*\)/);
  expect(stdout).toMatch(/ b2b: next: livedesk-sync run --resume \S+-b2b-\w{4}\n/);
  expect(stderr).toMatch(/^\[crm\] livedesk-sync: .*gone\.csv/m);
});

test('all jobs: a signal is passed on, rows in flight are finished, and nothing further begins; the same command goes on', async () => {
  const { start, runs, rowsOf, emea, apac } = await site({ rows: 100, rate: '15' });
  const { child, ended } = start(['--all-jobs']);
  await until(() => emea.journal.length > 5 && apac.journal.length > 5);
  child.kill('SIGTERM');
  const { code, stdout } = await ended;
  expect(code).toBe(143);
  expect(stdout).toMatch(/ crm +emea +143 /);
  expect(stdout).toMatch(/ b2b +apac +143 /);
  expect(stdout).toContain('  shop: not begun\n');
  expect(runs().map(jobOf).sort()).toEqual(['b2b', 'crm']);
  const again = await start(['--all-jobs', '--rate', 'unlimited']).ended;
  expect(again.code).toBe(0);
  expect(runs().map(jobOf).sort()).toEqual(['b2b', 'crm', 'shop']);
  for (const run of runs())
    expect(rowsOf(run).sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
});

test('all jobs: a second signal stops each process at once, and leaves none behind', async () => {
  const { start, emea, apac } = await site({ rows: 100, rate: '15' });
  for (const desk of [emea, apac]) desk.set({ writeDelayMs: 5_000 });
  const { child, ended } = start(['--all-jobs']);
  await until(() => emea.stats().inFlight > 3 && apac.stats().inFlight > 3);
  const children = childrenOf(child.pid);
  expect(children).toHaveLength(2);
  child.kill('SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 500));
  child.kill('SIGTERM');
  expect((await ended).code).toBe(143);
  await until(() => children.every((pid) => !existsSync(`/proc/${pid}`)));
});

test('all jobs: a process that is killed is one that was stopped, and the next command goes on with it', async () => {
  const { start, runs, journal, rowsOf, apac } = await site({ rows: 100, rate: '15' });
  const { child, ended } = start(['--all-jobs']);
  await until(() => apac.journal.length > 5);
  const killed = childrenOf(child.pid).find((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes('b2b'),
  );
  process.kill(Number(killed), 'SIGKILL');
  const { code, stdout } = await ended;
  expect(code).toBe(3);
  expect(stdout).toContain('  b2b: its process was ended by SIGKILL\n');
  const again = await start(['--job', 'b2b', '--rate', 'unlimited']).ended;
  expect(again.code).toBe(0);
  const own = runs().filter((run) => jobOf(run) === 'b2b');
  expect(own).toHaveLength(1);
  expect(journal(own[0] ?? '').filter(({ type }) => type === 'resume')).toHaveLength(1);
  expect(rowsOf(own[0] ?? '').sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
});

test('two jobs at once by hand: the second one of an account waits for the lock, or exits 4', async () => {
  const { start, emea } = await site({ rows: 100, rate: '5' });
  const first = start(['--job', 'crm']);
  await until(() => emea.journal.length > 2);
  expect((await start(['--job', 'shop']).ended).code).toBe(4);
  first.child.kill('SIGTERM');
  expect((await first.ended).code).toBe(143);
});
