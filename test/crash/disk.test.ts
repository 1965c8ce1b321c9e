import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { smallDisk } from '../helpers/small-disk.ts';
import { numberedCsv } from '../helpers/write-input.ts';
import { newSite, until } from './site.ts';

describe('a full disk', () => {
  it('ends the run with 3, keeps what is written, and lets it go on', async (context) => {
    const disk = smallDisk(context);
    const site = await newSite();
    const input = site.write('contacts.csv', numberedCsv(1_000));
    const dir = join(disk, 'run');
    const { code, stdout } = await site.run([
      input,
      '--run-dir',
      dir,
      '--concurrency',
      '20',
      '--rate',
      '500',
    ]);
    expect(code).toBe(3);
    expect(stdout).toMatch(/no space left on the device.*ERR_JOURNAL/);
    const text = readFileSync(join(dir, 'results.jsonl'), 'utf8');
    expect(text.endsWith('\n')).toBe(true);
    const rows = text.split('\n').filter((line) => line.includes('"type":"row"')).length;
    expect(rows).toBeGreaterThan(50);
    // nothing more was sent than what was in flight
    expect(site.emulator.journal.length - rows).toBeLessThanOrEqual(20);

    execFileSync('mount', ['-o', 'remount,size=4m', disk]);
    const [, command = ''] = /Next: +livedesk-sync run (--resume \S+)/.exec(stdout) ?? [];
    expect((await site.run(command.split(' '))).code).toBe(0);
    const summary = JSON.parse(readFileSync(join(dir, 'summary.json'), 'utf8'));
    // the state knows what was delivered and has no line
    const { updated, unchanged = 0 } = summary.statuses;
    expect([summary.rows_read, updated + unchanged]).toEqual([1_000, 1_000]);
    expect(unchanged).toBeLessThanOrEqual(20);
  });

  it('on which a run cannot even begin sends nothing', async (context) => {
    const disk = smallDisk(context);
    const site = await newSite();
    const input = site.write('contacts.csv', numberedCsv(10));
    execFileSync('sh', ['-c', `head -c 65536 /dev/zero > ${disk}/rest || true`], { stdio: 'ignore' });
    const { code, stderr } = await site.run([input, '--run-dir', join(disk, 'run')]);
    expect([2, 3]).toContain(code);
    expect(stderr).toMatch(/no space left|ENOSPC/);
    expect(stderr).toMatch(
      /The run sent nothing\. Make room, and give the same command again|Choose a writable one/,
    );
    expect(stderr).not.toMatch(/bug of ours|--resume/);
    expect(site.emulator.journal).toEqual([]);
    // once there is room, the same command works
    rmSync(join(disk, 'rest'));
    expect((await site.run([input, '--run-dir', join(disk, 'run')])).code).toBe(0);
  });
});

describe('a full disk that only the state is on', () => {
  it('ends the run with 3, its rows pending, and the next command goes on once there is room', {
    timeout: 180_000,
  }, async (context) => {
    const disk = smallDisk(context);
    execFileSync('mount', ['-o', 'remount,size=120k', disk]);
    const site = await newSite({ contacts: 1_500 });
    const input = site.write('contacts.csv', numberedCsv(1_500));
    const { code, stdout, stderr } = await site.run([input, '--state', disk, '--run-dir', 'runs/full']);
    expect(stderr).not.toContain('bug of ours');
    expect(code).toBe(3);
    expect(stdout).toMatch(/no space left on the device.*ERR_STATE_WRITE/s);
    const { statuses, pending, rows_read } = site.kept('runs/full').summary ?? {};
    expect(Object.values(statuses ?? {}).reduce((sum, n) => sum + n, 0) + (pending ?? 0)).toBe(rows_read);

    execFileSync('mount', ['-o', 'remount,size=16m', disk]);
    const [, command = ''] = /Next: +livedesk-sync run (--resume \S+)/.exec(stdout) ?? [];
    const next = await site.run([...command.split(' '), '--state', disk]);
    expect([next.code, next.stderr.includes('moved to')]).toEqual([0, false]);
    expect(site.emulator.contact(1_500)?.['custom_attributes']).toMatchObject({ n: '1500' });
  });
});

describe('a run directory', () => {
  it('that vanishes ends the run with 3 and sends no more', async () => {
    const site = await newSite({ latencyMs: [5, 10] });
    const input = site.write('contacts.csv', numberedCsv(1_000));
    const { ended } = site.start([input, '--rate', '100', '--concurrency', '10']);
    await until(() => site.emulator.journal.length >= 30);
    rmSync(join(site.dir, site.runs()[0] ?? 'runs'), { recursive: true });
    const sentBefore = site.emulator.journal.length;
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(3);
    expect(stderr + stdout).not.toContain('bug of ours');
    expect(stdout).toMatch(/it was deleted during the run/);
    expect(stdout).toMatch(/Next: +begin a new run: livedesk-sync run /);
    // the deletion is seen at the next sync
    expect(site.emulator.journal.length - sentBefore).toBeLessThan(100);
  });

  it('that takes no rejects file ends the run with 3, its rows pending', async () => {
    const site = await newSite();
    const input = site.write('contacts.csv', `${numberedCsv(200)}x,1\n${numberedCsv(5).split('\n', 2)[1]}\n`);
    const dir = join(site.dir, 'runs', 'run');
    mkdirSync(join(dir, 'rejects.csv'), { recursive: true }); // a directory in its place cannot be opened
    const { code, stdout } = await site.run([input, '--run-dir', dir]);
    expect(code).toBe(3);
    expect(stdout).toContain('EISDIR');
    rmSync(join(dir, 'rejects.csv'), { recursive: true });
    expect((await site.run(['--resume', dir])).code).toBe(1);
    const { rows_read, statuses } = site.kept('runs/run').summary ?? {};
    // the last row says what the first one did; what was delivered and has no line is known, too
    expect([rows_read, statuses?.invalid, (statuses?.updated ?? 0) + (statuses?.unchanged ?? 0)]).toEqual([
      202, 1, 201,
    ]);
    expect(statuses?.unchanged).toBeGreaterThan(0);
  });

  it('that may not be written is exit 2, nothing sent', async () => {
    const site = await newSite();
    const input = site.write('contacts.csv', numberedCsv(5));
    writeFileSync(join(site.dir, 'file'), '');
    const { code, stderr } = await site.run([input, '--run-dir', join(site.dir, 'file', 'run')]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/cannot make the run directory .*ENOTDIR.*--run-dir/);
    expect(site.emulator.requests.length).toBe(0);
  });
});

it('too few file descriptors end the run with 3 and burn no row', async () => {
  const site = await newSite({ latencyMs: [60, 90] });
  const input = site.write('contacts.csv', numberedCsv(300));
  const script = join(site.dir, 'few.sh');
  const main = join(import.meta.dirname, '../../dist/main.js');
  writeFileSync(script, `ulimit -n 160; exec "${process.execPath}" "${main}" "$@"\n`);
  const args = ['run', input, '--rate', 'unlimited', '--concurrency', '250'];
  const env = { ...process.env, LIVEDESK_API_KEY: 'demo-key', LIVEDESK_API_SECRET: 'demo-secret' };
  const child = spawn('sh', [script, ...args], {
    cwd: site.dir,
    env: { ...env, LIVEDESK_BASE_URL: site.emulator.url },
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect(code).toBe(3);
  expect(site.kept().summary).toMatchObject({
    stopped: { code: 'ERR_OUT_OF_FILES' },
    statuses: { failed: 0 },
  });
  expect((await site.run(['--resume', 'runs/latest', '--concurrency', '10'])).code).toBe(0);
});

describe('--keep', () => {
  it('deletes older finished runs only, and none whose rows a kept one retries', async () => {
    const site = await newSite();
    site.write('contacts.csv', numberedCsv(3));
    site.write('bad.csv', 'contact_id,name\n1,a\nx,b\n');
    const done = async (args: readonly string[]): Promise<string> => {
      await site.run(args);
      return site.runs().at(-1) ?? '';
    };
    await done(['contacts.csv']);
    const unfinished = await done(['contacts.csv', '--stop-after', '0s']);
    const parent = await done(['bad.csv']);
    await done(['contacts.csv']);
    const retry = await done(['--retry', parent, '--older-data']);
    const last = await done(['contacts.csv', '--keep', '2']);
    expect(site.runs()).toEqual([unfinished, parent, retry, last]);
  });
});
