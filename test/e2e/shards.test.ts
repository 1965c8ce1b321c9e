import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { shardOfContact } from '../../src/commands/run/plan/shard-filter.ts';
import { cliHere } from '../helpers/cli-here.ts';
import { startCli } from '../helpers/cli-process.ts';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { emulatorProcess } from '../helpers/emulator-process.ts';
import { mergeRuns, runShard, runShards } from '../helpers/shards.ts';
import { readBack, type Synced } from '../helpers/sync.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { numberedCsv, writeInput } from '../helpers/write-input.ts';

const ROWS = 2_000;
const CONTACTS = 150;

it('2,000 rows in 4 shards at once: each is delivered once, and those of a contact in order', async () => {
  const { url, ...emulator } = await emulatorProcess([
    '--contacts',
    `${CONTACTS}`,
    '--latency',
    '0-8ms',
    '--limit',
    'none',
  ]);
  const rows = Array.from(
    { length: ROWS },
    (_, i) => `${i % 40 === 39 ? 'x' : 1 + ((i * 7) % CONTACTS)},${i + 1}\n`,
  );
  const input = writeInput('contacts.csv', `contact_id,custom_attributes.n\n${rows.join('')}`);
  const root = tempDir();
  const dirs = [1, 2, 3, 4].map((i) => join(root, `${i}of4`));
  const ended = await Promise.all(
    dirs.map((dir, i) => {
      const args = ['run', input, '--base-url', url, '--rate', 'unlimited', '--concurrency', '20', '-o', dir];
      return startCli([...args, '--shard', `${i + 1}/4`]).ended;
    }),
  );
  expect(
    ended.map(({ stderr }) => /shard \d\/4 sends at its own --rate unlimited/.test(stderr)),
  ).not.toContain(false);

  const merged = await mergeRuns(dirs.map((runDir) => ({ runDir })));
  expect(merged.stderr).toBe('');
  expect(merged.code).toBe(0);
  expect(new Set(merged.rows.map(({ row }) => row)).size).toBe(ROWS);
  expect(merged.summary).toMatchObject({ rows_read: ROWS, statuses: { updated: ROWS - 50, invalid: 50 } });

  const writes = await emulator.writes();
  expect(writes).toHaveLength(ROWS - 50);
  const sent = new Map<number, number[]>();
  for (const { contactId, body } of writes) {
    const n = Number(/"n":"?(\d+)/.exec(JSON.stringify(body))?.[1]);
    sent.set(contactId, [...(sent.get(contactId) ?? []), n]);
  }
  for (const [contact, ns] of sent) expect(ns, `contact ${contact}`).toEqual([...ns].sort((a, b) => a - b));
  expect((await emulator.stats()).overlaps).toBe(0);
});

it('a shard counts its own rows only', async () => {
  const input = writeInput('contacts.csv', numberedCsv(400));
  const runs = await runShards(3, [input, '--dry-run']);
  const own = runs.map((_, i) =>
    Array.from({ length: 400 }, (_n, n) => n + 1).filter((n) => shardOfContact(String(n), 3) === i + 1),
  );
  expect(runs.map(({ rows }) => rows.map(({ row }) => row))).toEqual(own);
  expect(runs.map(({ summary }) => summary.rows_read)).toEqual(own.map(({ length }) => length));
  expect(runs.map(({ summary }) => summary.shard)).toEqual([1, 2, 3].map((index) => ({ index, of: 3 })));
  expect(runs[1]?.stdout).toMatch(/^Dry run of shard 2\/3 complete/);
  expect(runs[1]?.summary.next).toContain(
    'once all 3 shards are done, join their runs: livedesk-sync merge ',
  );
  expect(runs[1]?.journal.at(-1)).toMatchObject({ inputs: [{ rows: 400, sha256: expect.any(String) }] });

  const canary = await runShard('2/3', [input, '--dry-run', '--limit', '7']);
  expect(canary.rows.map(({ row }) => row)).toEqual(own[1]?.slice(0, 7));
  const few = await runShard('2/3', [input, '--dry-run', '--min-rows', '400']);
  expect(few.code).toBe(0);
  const all = own[1]?.length ?? 0;
  const changes = ['--state', join(tempDir(), 'state'), '--max-changes'];
  const many = await runShard('2/3', [input, '--dry-run', ...changes, `${all - 1}`]);
  expect(many.summary.stopped?.message).toMatch(new RegExp(`^${all} of ${all} rows would change`));
  expect((await runShard('2/3', [input, '--dry-run', ...changes, `${all}`])).code).toBe(0);
});

it('finds a value given to two contacts, whichever shards they are in', async () => {
  const [one = 0, other = 0] = [1, 2].map((shard) =>
    [1, 2, 3, 4, 5, 6, 7].find((id) => shardOfContact(String(id), 2) === shard),
  );
  const csv = `contact_id,email\n${one},anna@example.com\n${other},Anna@example.com\n`;
  const runs = await runShards(2, [writeInput('contacts.csv', csv), '--dry-run']);
  expect(runs.map(({ rows }) => rows.map(({ row, error }) => [row, error?.code]))).toEqual([
    [[1, 'ERR_DUPLICATE_VALUE']],
    [[2, 'ERR_DUPLICATE_VALUE']],
  ]);
});

it('refuses a mapping with several keys', async () => {
  const mapping = writeInput(
    'm.yaml',
    'version: 1\nmatch: [{ email: e }, { identifier: i }]\nfields:\n  name: n\n',
  );
  const run = await runShard('1/2', [writeInput('a.csv', 'e,i,n\na@b.c,1,x\n'), '-m', mapping, '--dry-run']);
  expect([run.code, run.stderr]).toEqual([2, expect.stringMatching(/ERR_SHARD_KEYS/)]);
});

it('each shard has a state of its own', async () => {
  const emulator = await emulatorHere({ contacts: 30 });
  const state = join(tempDir(), 'state');
  const args = [writeInput('contacts.csv', numberedCsv(30)), '--base-url', emulator.url, '--state', state];
  expect((await runShards(2, args)).map(({ summary }) => summary.statuses.unchanged)).toEqual([0, 0]);
  const states = readdirSync(state).filter((name) => !name.startsWith('.'));
  expect(states.map((name) => name.slice(16))).toEqual(['-1of2', '-2of2']);
  const again = await runShards(2, args);
  expect(again.map(({ summary }) => summary.statuses.updated)).toEqual([0, 0]);
  expect(again.reduce((sum, { summary }) => sum + summary.statuses.unchanged, 0)).toBe(30);
});

describe('going on', () => {
  /** Two shards of one job beside each other, the first stopped midway. */
  async function twoShards() {
    const emulator = await emulatorHere({ contacts: 60 });
    const root = tempDir();
    const input = writeInput('contacts.csv', numberedCsv(70));
    const url = ['--base-url', emulator.url, '--rate', 'unlimited'];
    const one = await runShard('1/2', [input, ...url, '--limit', '5'], join(root, 'one'));
    const two = await runShard('2/2', [input, ...url], join(root, 'two'));
    const go = async (args: readonly string[], dir: string): Promise<Synced> =>
      readBack({ ...(await cliHere(['run', ...args, ...url])), signal: null }, dir);
    return { emulator, root, input, one, two, go };
  }

  it('--resume takes the shard from the journal, and no delivery of another shard is newer', async () => {
    const { one, two, go } = await twoShards();
    for (const shard of ['2/2', '1/3']) {
      const other = await go(['--resume', one.runDir, '--shard', shard], one.runDir);
      expect([other.code, other.stderr]).toEqual([
        2,
        expect.stringMatching(/is shard 1\/2, and --shard says/),
      ]);
    }
    const rest = await go(['--resume', one.runDir, '--shard', '1/2', '--limit', 'all'], one.runDir);
    expect(rest.stderr).not.toContain('ERR_NEWER_RUN');
    expect((await mergeRuns([rest, two])).summary.rows_read).toBe(70);
  });

  it('--retry of a shard takes the bad rows of that shard', async () => {
    const { two, go, root } = await twoShards();
    const dir = join(root, 'retry');
    const wrong = await go(['--retry', two.runDir, '--shard', '1/2', '-o', dir], dir);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(/ERR_OTHER_SHARD/)]);
    const again = await go(['--retry', two.runDir, '-o', dir], dir);
    const bad = two.rows.filter(({ status }) => status === 'rejected').map(({ row }) => row);
    expect(bad.length).toBeGreaterThan(0);
    expect(again.summary.shard).toEqual({ index: 2, of: 2 });
    expect(inOrder(again.rows.map(({ row }) => row))).toEqual(inOrder(bad));
    const refused = await mergeRuns([again]);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/is a retry of/)]);
  });

  it('--retry of a shard takes its bad rows, even where another mapping gives them other contacts', async () => {
    const { root, go } = await twoShards();
    const rows = Array.from({ length: 30 }, (_, i) => `x,${i + 1},${i}\n`).join('');
    const input = writeInput('a.csv', `wrong,right,custom_attributes.n\n${rows}`);
    const mapping = (column: string) =>
      writeInput(
        `${column}.yaml`,
        `version: 1\ncontact_id: ${column}\nfields:\n  custom_attributes.n: custom_attributes.n\n`,
      );
    const bad = await go(
      [input, '-m', mapping('wrong'), '--shard', '2/3', '-o', join(root, 'bad')],
      join(root, 'bad'),
    );
    expect(bad.summary.statuses.invalid).toBe(10);
    const dir = join(root, 'retry');
    const some = ['--retry', bad.runDir, '-m', mapping('right'), '--limit', '2', '-o', dir];
    const dry = join(root, 'dry');
    const all = await go([...some.slice(0, 4), '--dry-run', '-o', dry], dry);
    expect(all.summary.statuses.planned).toBe(10);
    expect((await go(some, dir)).summary.statuses.updated).toBe(2);
    expect((await go(['--resume', dir, '--limit', 'all'], dir)).summary.statuses.updated).toBe(10);
  });

  it('the bad rows of a merged run can be retried in shards, side by side', async () => {
    const { root, emulator } = await twoShards();
    const rows = Array.from({ length: 50 }, (_, i) => `${i + 1},${i % 5 === 0 ? 'x' : i}\n`).join('');
    const input = writeInput('a.csv', `contact_id,n\n${rows}`);
    const mapping = (type: string) =>
      writeInput(
        `${type}.yaml`,
        `version: 1\ncontact_id: contact_id\nfields:\n  custom_attributes.n: { column: n, type: ${type} }\n`,
      );
    const url = ['--base-url', emulator.url];
    const runs = await runShards(2, [input, '-m', mapping('integer'), ...url]);
    const merged = await mergeRuns(runs, [], join(root, 'merged'));
    const bad = merged.rows.filter(({ status }) => status === 'invalid').map(({ row }) => row);
    const again = ['--retry', merged.runDir, '-m', mapping('string'), ...url];
    const parts = [
      await runShard('1/2', again, join(root, 'retry-1')),
      await runShard('2/2', again, join(root, 'retry-2')),
    ];
    expect(parts.map(({ code }) => code)).toEqual([0, 0]);
    expect(inOrder(parts.flatMap((part) => part.rows.map(({ row }) => row)))).toEqual(inOrder(bad));
    const more = await runShard('2/2', again, join(root, 'retry-3'));
    expect([more.code, more.stderr]).toEqual([
      2,
      expect.stringMatching(/retry-2 has retried these rows since/),
    ]);
  });

  it('--continue goes on with the newest run of the same shard', async () => {
    const { input, two, go, root } = await twoShards();
    const dir = join(root, 'new');
    const cut = await go([input, '--shard', '2/2', '--stop-after', '1ms', '-o', dir], dir);
    expect(cut.summary.stopped?.code).toBe('ERR_STOP_AFTER');
    const place = ['--continue', '-o', join(root, 'next')];
    const other = await go([input, '--shard', '1/2', ...place], join(root, 'next'));
    expect(other.summary).toMatchObject({ shard: { index: 1, of: 2 }, run_dir: join(root, 'next') });
    const on = await go([input, '--shard', '2/2', '--continue', '-o', join(root, 'unused')], dir);
    expect(existsSync(join(root, 'unused', 'results.jsonl'))).toBe(false);
    expect(on.summary.rows_read).toBe(two.summary.rows_read);
  });

  it('--keep deletes older runs of the same shard only', async () => {
    const { input, one, two, go, root } = await twoShards();
    const dir = join(root, 'again');
    await go([input, '--shard', '2/2', '--keep', '1', '-o', dir, '--max-errors', '100%'], dir);
    expect([one.runDir, two.runDir, dir].map((path) => existsSync(path))).toEqual([true, false, true]);
    expect(dirname(dir)).toBe(dirname(one.runDir));
  });
});

// --- internal ---

function inOrder(rows: readonly number[]): number[] {
  return [...rows].sort((a, b) => a - b);
}
