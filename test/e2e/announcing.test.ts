import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lastSuccessIn } from '../../src/telemetry/open-metrics.ts';
import { cliHere } from '../helpers/cli-here.ts';
import { startCli } from '../helpers/cli-process.ts';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { type Script, scriptedServer } from '../helpers/scripted-server.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { numberedCsv, writeInput } from '../helpers/write-input.ts';

const SECRET_PATH = '/hooks/T0P53CR3T';

interface Notice {
  readonly event: string;
  readonly text: string;
}

/** A place that takes notices and answers with `scripts` in turn. */
async function listener(...scripts: Script[]) {
  const { url, seen } = await scriptedServer(...scripts);
  const notices = (): Notice[] => seen.map(({ body }) => JSON.parse(body));
  return { url: url + SECRET_PATH, notices, events: () => notices().map(({ event }) => event) };
}

const GOOD = numberedCsv(3);
const BAD = `${GOOD}one,1\n`;

/** Nights of one job, all with their run directories in one folder. */
async function nights(more: { readonly notifyUrl?: string; readonly metrics?: string } = {}) {
  const emulator = await emulatorHere({ contacts: 10 });
  const dir = tempDir();
  mkdirSync(join(dir, 'runs'));
  let n = 0;
  const env = {
    LIVEDESK_API_KEY: 'demo-key',
    LIVEDESK_API_SECRET: 'demo-secret',
    ...(more.notifyUrl ? { LIVEDESK_NOTIFY_URL: more.notifyUrl } : {}),
  };
  return {
    dir,
    run: (csv: string, ...args: string[]) => {
      n += 1;
      const input = [
        'run',
        writeInput('contacts.csv', csv),
        '--base-url',
        emulator.url,
        '--rate',
        'unlimited',
      ];
      const metrics = more.metrics ? ['--metrics-file', join(dir, more.metrics)] : [];
      return cliHere([...input, '--run-dir', join(dir, 'runs', `${n}`), ...metrics, ...args], { env });
    },
  };
}

describe('notices', () => {
  test('tell when a job begins to fail and when it recovers, once each', async () => {
    const { url, notices, events } = await listener();
    const { run } = await nights({ notifyUrl: url });
    const outputs = [];
    for (const csv of [GOOD, BAD, BAD, GOOD, GOOD]) outputs.push(await run(csv));
    expect(outputs.map(({ code }) => code)).toEqual([0, 1, 1, 0, 0]);
    expect(events()).toEqual(['failing', 'recovered']);
    expect(notices()[0]).toMatchObject({
      severity: 'bad_rows',
      text: expect.stringMatching(
        /^livedesk-sync has bad rows: exit code 1; 4 rows read, 1 bad row, which is new; \S+\. Next: correct rejects.csv and send it: livedesk-sync run --retry \S+ --corrected$/,
      ),
      bad_rows: { all: 1, new: 1 },
      exit_code: 1,
      summary: { rows_read: 4, statuses: { updated: 3, invalid: 1 } },
    });
    expect(notices()[1]).toMatchObject({ exit_code: 0, failing_since: expect.stringMatching(/Z$/) });
    expect(outputs.map(({ stderr }) => stderr).join('')).not.toContain('T0P53CR3T');
  });

  test('a dry run and a run told to stop say nothing of a job', async () => {
    const { url, events } = await listener();
    const { run } = await nights({ notifyUrl: url });
    await run(BAD, '--dry-run');
    expect((await run(BAD, '--stop-after', '0s')).code).toBe(3);
    expect(events()).toEqual([]);
  });

  test('a job that cannot even begin is told of, too, and what follows counts as its recovery', async () => {
    const { url, notices, events } = await listener();
    const { run } = await nights({ notifyUrl: url });
    const mapping = writeInput('mapping.yaml', 'version: 1\n');
    expect((await run(GOOD, '-m', mapping)).code).toBe(2);
    expect((await run(GOOD, '-m', mapping)).code).toBe(2);
    expect(notices()[0]).toMatchObject({
      event: 'failing',
      severity: 'could_not_begin',
      exit_code: 2,
      code: 'ERR_MAPPING',
      next: { words: 'put that right, then', command: expect.stringMatching(/^livedesk-sync run \S+ /) },
    });
    const mended =
      'version: 1\ncontact_id: contact_id\nfields:\n  custom_attributes.n: custom_attributes.n\n';
    writeFileSync(mapping, mended);
    expect((await run(GOOD, '-m', mapping)).code).toBe(0);
    expect((await run(GOOD, '-m', mapping)).code).toBe(0);
    expect(events()).toEqual(['failing', 'recovered']);
  });

  test('each shard is told of by itself', async () => {
    const { url, events } = await listener();
    const { run, dir } = await nights({ notifyUrl: url });
    // the unreadable id is that of row 4, of shard 1
    const shards = [];
    for (const csv of [BAD, BAD, GOOD])
      for (const shard of ['1/2', '2/2']) shards.push((await run(csv, '--shard', shard)).code);
    expect(shards).toEqual([1, 0, 1, 0, 0, 0]);
    expect(events()).toEqual(['failing', 'recovered']);
    const folder = join(dir, 'runs/.jobs');
    const kept = readdirSync(folder).map(
      (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')).shard,
    );
    expect(kept.sort()).toEqual(['1/2', '2/2']);
  });

  test('a notice that was not taken is tried again by the next run', async () => {
    const { url, events } = await listener([500], [204]);
    const { run } = await nights({ notifyUrl: url });
    const first = await run(BAD);
    expect(first.code).toBe(1);
    expect(first.stderr).toContain('was not taken: status 500');
    expect(first.stderr).not.toContain('T0P53CR3T');
    await run(BAD);
    await run(BAD);
    expect(events()).toEqual(['failing', 'failing']);
  });

  test('nobody there costs no run its exit code', async () => {
    const { run } = await nights({ notifyUrl: 'http://127.0.0.1:1/hooks/T0P53CR3T' });
    const { code, stderr } = await run(BAD);
    expect(code).toBe(1);
    expect(stderr).toContain('ECONNREFUSED');
  });

  test.each(['ftp://127.0.0.1/T0P53CR3T', 'http://example.com/T0P53CR3T', 'T0P53CR3T'])(
    '%s is refused before anything is sent, and not shown',
    async (notifyUrl) => {
      const { run } = await nights({ notifyUrl });
      const { code, stdout, stderr } = await run(GOOD);
      expect(code).toBe(2);
      expect(stderr).toContain('LIVEDESK_NOTIFY_URL must be a URL');
      expect(stdout + stderr).not.toContain('T0P53CR3T');
    },
  );

  test('a listener that never answers delays the end by ten seconds at most', async () => {
    const { url } = await listener(() => undefined);
    const emulator = await emulatorHere({ contacts: 10 });
    const input = writeInput('contacts.csv', BAD);
    const began = performance.now();
    const args = ['run', input, '--base-url', emulator.url, '--run-dir', join(tempDir(), 'runs', '1')];
    const { code, stderr } = await startCli(args, { env: { LIVEDESK_NOTIFY_URL: url } }).ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining('was not taken: ETIMEDOUT')]);
    expect(performance.now() - began).toBeLessThan(20_000);
  });
});

describe('metrics', () => {
  const account = (text: string): string => /account="(\w+)"/.exec(text)?.[1] ?? '';

  test('tell of the newest run, and when one last succeeded', async () => {
    const { dir, run } = await nights({ metrics: 'sync.prom' });
    const read = () => readFileSync(join(dir, 'sync.prom'), 'utf8');
    await run(GOOD);
    const first = read();
    expect(first).toMatch(/livedesk_sync_exit_code\{account="\w{16}",job="[\w-]+"\} 0\n/);
    expect(first).toMatch(/livedesk_sync_rows\{account="\w{16}",job="[\w-]+",status="updated"\} 3\n/);
    const success = lastSuccessIn(first, { account: account(first), job: 'sync' });
    expect(success).toBeGreaterThan(0);
    await run(BAD);
    const second = read();
    expect(second).toMatch(/livedesk_sync_exit_code\{account="\w{16}",job="[\w-]+"\} 1\n/);
    expect(lastSuccessIn(second, { account: account(second), job: 'sync' })).toBe(success);
    expect(readdirSync(dir).sort()).toEqual(['runs', 'sync.prom']);
    expect(statSync(join(dir, 'sync.prom')).mode & 0o777).toBe(0o644);
  });

  test('a run that cannot begin shows its exit code', async () => {
    const { dir, run } = await nights({ metrics: 'sync.prom' });
    await run(GOOD, '-m', '/not/there.yaml');
    expect(readFileSync(join(dir, 'sync.prom'), 'utf8')).toMatch(
      /livedesk_sync_exit_code\{account="\w{16}",job="[\w-]+"\} 2\n/,
    );
  });

  test('are written while the run goes on', async () => {
    const emulator = await emulatorHere({ contacts: 10, latencyMs: [2_000, 2_000] });
    const file = join(tempDir(), 'sync.prom');
    const args = [
      'run',
      writeInput('contacts.csv', GOOD),
      '--base-url',
      emulator.url,
      '--run-dir',
      join(tempDir(), 'r'),
    ];
    const { child, ended } = startCli([...args, '--metrics-file', file]);
    while (!statSync(file, { throwIfNoEntry: false })) await new Promise((next) => setTimeout(next, 20));
    expect(readFileSync(file, 'utf8')).toMatch(/livedesk_sync_running\{account="\w{16}",job="[\w-]+"\} 1\n/);
    child.kill('SIGTERM');
    await ended;
    expect(readFileSync(file, 'utf8')).toMatch(
      /livedesk_sync_exit_code\{account="\w{16}",job="[\w-]+"\} 143\n/,
    );
  });

  test('a folder that is not there is exit code 2', async () => {
    const { run } = await nights({ metrics: 'no/sync.prom' });
    const { code, stderr } = await run(GOOD);
    expect(code).toBe(2);
    expect(stderr).toContain('ERR_METRICS_FILE');
  });
});
