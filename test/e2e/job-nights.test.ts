import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newSite, until } from '../crash/site.ts';
import { cliHere } from '../helpers/cli-here.ts';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { scriptedServer } from '../helpers/scripted-server.ts';
import { mergeRuns } from '../helpers/shards.ts';
import { readBack, type Synced } from '../helpers/sync.ts';
import { tempDir } from '../helpers/temp-dir.ts';

interface Notice {
  readonly event: string;
  readonly severity: string;
  readonly text: string;
  readonly next?: { readonly words?: string; readonly command?: string };
}

const MAPPING = 'version: 1\ncontact_id: id\nfields:\n  custom_attributes.n: { column: n, type: integer }\n';
/** Ten rows, of which those in `bad` have no number; what is good differs from night to night. */
function night(bad: readonly number[], round = 0): string {
  const rows = Array.from(
    { length: 10 },
    (_, i) => `${i + 1},${bad.includes(i + 1) ? 'secret@example.com' : i + round}`,
  );
  return `id,n\n${rows.join('\n')}\n`;
}

/** The nights of one job in one folder, and the notices that came of them. */
async function nightsOf(env: Record<string, string> = {}) {
  const emulator = await emulatorHere({ contacts: 100 });
  const { url, seen } = await scriptedServer();
  const dir = tempDir();
  mkdirSync(join(dir, 'runs'));
  const path = (name: string) => join(dir, name);
  writeFileSync(path('mapping.yaml'), MAPPING);
  let n = 0;
  let told = 0;
  const run = async (
    csv: string | undefined,
    args: readonly string[] = [],
    more: Record<string, string> = {},
  ) => {
    n += 1;
    if (csv !== undefined) writeFileSync(path('export.csv'), csv);
    const goesOn = args.includes('--resume');
    const inputs = goesOn || args.includes('--retry') ? [] : [path('export.csv'), '-m', path('mapping.yaml')];
    const runDir = path(`runs/${n}`);
    const place = goesOn ? [] : ['-o', runDir];
    const ended = await cliHere(
      ['run', ...inputs, ...args, ...place, '--base-url', emulator.url, '--rate', 'unlimited', '--no-state'],
      {
        env: {
          LIVEDESK_API_KEY: 'demo-key',
          LIVEDESK_API_SECRET: 'demo-secret',
          LIVEDESK_NOTIFY_URL: url,
          ...env,
          ...more,
        },
      },
    );
    const fresh = seen.slice(told).map(({ body }): Notice => JSON.parse(body));
    told = seen.length;
    const notices = fresh.map(({ event, severity }) => (event === 'failing' ? severity : event));
    return { ...readBack({ ...ended, signal: null }, runDir), notices, bodies: fresh };
  };
  return { emulator, dir, path, run, url };
}

const ACCEPT = ['--accept-bad-rows', '3'];
const fresh = ({ summary }: Synced) => summary.new_bad_rows;

describe('a job from night to night', () => {
  it('tells new bad rows from known ones, and what is news from what is not', async () => {
    const { emulator, run } = await nightsOf();
    const first = await run(night([1, 2]), ACCEPT);
    expect([first.code, first.notices, fresh(first)]).toEqual([0, [], undefined]);
    expect(first.stdout).toContain('complete with 2 accepted bad rows, in');
    const same = await run(night([1, 2], 1), ACCEPT);
    expect([same.code, same.notices, fresh(same)]).toEqual([0, [], 0]);
    expect(same.stdout).toContain('complete with 2 accepted bad rows, none of them new, in');
    const more = await run(night([1, 2, 5], 2), ACCEPT);
    expect([more.code, more.notices, fresh(more)]).toEqual([0, ['new_bad_rows'], 1]);
    expect(more.bodies[0]?.text).toMatch(
      /^livedesk-sync has new bad rows: exit code 0; 10 rows read, 3 bad rows, 1 of them new/,
    );
    expect(more.bodies[0]?.next?.command).toMatch(/^livedesk-sync run --retry \S+ --corrected$/);

    emulator.setDown(true);
    const outage = ['--outage-budget', '0s', '--max-attempts', '1'];
    const down = await run(night([1, 2, 5], 3), [...ACCEPT, ...outage]);
    expect([down.code, down.notices]).toEqual([3, ['stopped']]);
    expect(down.bodies[0]?.next?.command).toMatch(/^livedesk-sync run --resume \S+$/);
    expect((await run(undefined, [...ACCEPT, ...outage])).notices, 'that is known').toEqual([]);
    emulator.setDown(false);
    const back = await run(undefined, ['--resume', down.runDir, '--same-account']);
    expect([back.code, back.notices]).toEqual([0, ['recovered']]);

    const worse = await run(night([1, 2, 5, 6, 7], 4), ACCEPT);
    expect([worse.code, worse.notices, fresh(worse)]).toEqual([1, ['bad_rows'], 2]);
    const still = await run(night([1, 2, 5, 6, 7], 5), ACCEPT);
    expect([still.code, still.notices, fresh(still)]).toEqual([1, [], 0]);
    const evenMore = await run(night([1, 2, 5, 6, 7, 8], 6), ACCEPT);
    expect([evenMore.code, evenMore.notices]).toEqual([1, ['new_bad_rows']]);
    const misspelt = await run(night([1]).replace('id,n', 'id,number'), ACCEPT);
    expect([misspelt.code, misspelt.notices]).toEqual([2, ['could_not_begin']]);
    const good = await run(night([1], 7), ACCEPT);
    expect([good.code, good.notices, good.bodies[0]?.text]).toEqual([
      0,
      ['recovered'],
      expect.stringMatching(
        /^livedesk-sync has recovered: exit code 0; 10 rows read, 1 bad row, known from before/,
      ),
    ]);
  });

  it('compares with the last run of all rows: not with a canary, a dry run or a retry', async () => {
    const { run } = await nightsOf();
    const first = await run(night([1, 9]), ACCEPT);
    const retry = await run(undefined, ['--retry', first.runDir]);
    expect([retry.code, fresh(retry)]).toEqual([0, 0]);
    await run(night([1, 9], 1), [...ACCEPT, '--limit', '5']);
    await run(night([1, 9], 1), [...ACCEPT, '--dry-run']);
    const next = await run(night([1, 9], 2), ACCEPT);
    expect([next.code, fresh(next)]).toEqual([0, 0]);
    const cause = await run(night([1], 3).replace('\n9,', '\n9,1.5'), ACCEPT);
    expect(fresh(cause), 'the same contact with the same code').toBe(0);
  });

  it('knows rows without a usable id by their cells, and unreadable ones by their text', async () => {
    const { run } = await nightsOf();
    const odd = (n: string) => `${night([])}x1,${n}\n,7\n,8\n1,2,3\n`;
    await run(odd('1'));
    const again = await run(odd('2'));
    expect([again.summary.statuses.invalid, fresh(again)]).toEqual([4, 0]);
    expect(fresh(await run(`${odd('2')}x2,1\n4,5,6\n,9\n`))).toBe(3);
  });

  it('is told of before its credentials are there, too', async () => {
    const { run } = await nightsOf();
    const without = await run(night([]), [], { LIVEDESK_API_KEY: '' });
    expect([without.code, without.notices]).toEqual([2, ['could_not_begin']]);
    expect((await run(night([]), [], { LIVEDESK_API_KEY: '' })).notices).toEqual([]);
    expect((await run(night([]))).notices).toEqual(['recovered']);
    expect((await run(night([], 1))).notices).toEqual([]);
  });

  it('stays the same job under a rotated key where that is said', async () => {
    const { run, emulator } = await nightsOf();
    await run(night([1, 2]), ACCEPT);
    const bad = await run(night([1, 2, 3, 4], 1), ACCEPT);
    expect(bad.notices).toEqual(['bad_rows']);
    const rotated = { LIVEDESK_API_KEY: 'demo-key-2' };
    await emulator.close();
    await emulatorHere({ contacts: 100, port: emulator.port, apiKey: 'demo-key-2' });
    const after = await run(night([1, 5], 2), [...ACCEPT, '--same-account'], rotated);
    expect([after.code, after.notices, fresh(after)]).toEqual([0, ['recovered'], 1]);
    expect(fresh(await run(night([1, 5], 3), ACCEPT, rotated))).toBe(0);
  });

  it('has notices in the form of Slack where that is asked for', async () => {
    const { run } = await nightsOf();
    const { bodies } = await run(night([1, 2]), ['--notify-format', 'slack']);
    expect(bodies).toEqual([
      {
        text: expect.stringMatching(/^livedesk-sync has bad rows: exit code 1; /),
        blocks: [
          {
            type: 'section',
            text: {
              type: 'mrkdwn',
              text: expect.stringMatching(
                /^\*livedesk-sync has bad rows\*\n.*\nNext: correct rejects\.csv and send it\n```livedesk-sync run --retry \S+ --corrected```$/,
              ),
            },
          },
        ],
      },
    ]);
  });

  it('keeps nothing of what is in a row', async () => {
    const { run, path } = await nightsOf();
    const { file } = await run(`${night([1, 2])}secret@example.com,1\n`);
    const kept = readdirSync(path('runs/.jobs')).map((name) =>
      readFileSync(path(`runs/.jobs/${name}`), 'utf8'),
    );
    expect(kept.join('')).toMatch(/"hashes":\["[0-9a-f]{16}",/);
    expect(kept.join('') + file('results.jsonl') + file('summary.json')).not.toContain('secret');
  });

  it('counts the new bad rows of all shards together', async () => {
    const { run } = await nightsOf();
    const both = async (csv: string) => [
      await run(csv, ['--shard', '1/2']),
      await run(csv, ['--shard', '2/2']),
    ];
    await both(night([1, 2]));
    const shards = await both(night([1, 2, 3, 4], 1));
    const { summary, stdout } = await mergeRuns(shards);
    expect(summary.new_bad_rows).toBe(2);
    expect(stdout).toContain('finished with 4 bad rows, 2 of them new');
  });

  it('shows new bad rows in the metrics and in the report', async () => {
    const { run, path } = await nightsOf();
    const metrics = ['--metrics-file', path('sync.prom')];
    await run(night([1]), metrics);
    expect(readFileSync(path('sync.prom'), 'utf8')).not.toContain('livedesk_sync_rows_bad_new');
    const { runDir } = await run(night([1, 2, 3], 1), metrics);
    expect(readFileSync(path('sync.prom'), 'utf8')).toMatch(/livedesk_sync_rows_bad_new\{[^}]*\} 2\n/);
    const { stdout } = await cliHere(['report', runDir, '--format', 'markdown']);
    expect(stdout).toContain('10 rows, 3 bad rows, 2 new');
    expect(stdout).toContain(
      '### 7 of 10 rows are up to date in LiveDesk; 3 rows need a person, 2 of them new.',
    );
    expect(stdout).toContain('| 3 | 2 | `ERR_NUMBER`');
  });

  it('counts the bad rows of a run that was killed and continued once', { timeout: 180_000 }, async () => {
    const site = await newSite({ latencyMs: [4, 6] });
    site.write('mapping.yaml', MAPPING);
    const rows = (bad: (i: number) => boolean, round: number) =>
      `id,n\n${Array.from({ length: 300 }, (_, i) => `${i + 1},${bad(i + 1) ? 'x' : i + round}\n`).join('')}`;
    const args = ['export.csv', '-m', 'mapping.yaml', '--continue', '--accept-bad-rows', '60'];
    site.write(
      'export.csv',
      rows((i) => i % 30 === 0, 0),
    );
    await site.run(args);
    site.write(
      'export.csv',
      rows((i) => i % 15 === 0, 1),
    );
    const before = site.emulator.journal.length;
    const { child, ended } = site.start([...args, '--rate', '200']);
    await until(() => site.emulator.journal.length >= before + 100, child);
    child.kill('SIGKILL');
    await ended;
    const { code, stdout } = await site.run(args);
    expect([code, site.runs().length]).toEqual([0, 2]);
    expect(stdout).toContain('20 accepted bad rows, 10 of them new');
    expect(site.kept().summary).toMatchObject({ new_bad_rows: 10, statuses: { invalid: 20 } });
  });
});
