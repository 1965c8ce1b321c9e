import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { newSite, type Site, until } from '../crash/site.ts';
import { runCli } from '../helpers/cli-process.ts';
import { nights } from '../helpers/nights.ts';

const GUARD = 'guard: { columns: same, rows: -50%, fill: -10% }\n';
const MAPPING = `contact_id: id\nfields: { custom_attributes.n: n, custom_attributes.tier: tier }\n${GUARD}`;

/** Rows with a number that differs from round to round; `tier` has a value in the first `filled` of them. */
function csv(rows: number, round: number, filled = rows, header = 'id,n,tier'): string {
  return `${header}\n${Array.from({ length: rows }, (_, i) => `${i + 1},${round}-${i},${i < filled ? 'gold' : ''}\n`).join('')}`;
}

describe('the guard of a mapping', () => {
  it('records the first night, passes healthy ones, and stops before an emptied column', async () => {
    const site = await nights(MAPPING);
    const first = await site.run(csv(40, 1));
    expect([first.code, first.sent.length]).toEqual([0, 40]);
    expect(first.summary.warnings).toEqual([
      expect.stringContaining('the guard has no earlier run of this job to compare with'),
    ]);
    const second = await site.run(csv(38, 2, 37));
    expect([second.code, second.sent.length, second.summary.warnings]).toEqual([0, 38, []]);
    const third = await site.run(csv(39, 3, 0));
    expect([third.code, third.sent, third.rows]).toEqual([3, [], []]);
    expect(third.summary.stopped).toEqual({
      code: 'ERR_DRIFT',
      message: expect.stringMatching(
        /^the input is not like that of the last good run \([-\d]+T[:\d]+Z\): column "tier" has a value in 0\.0 % of the rows, 97\.4 % before \(guard: fill -10%\)\. Nothing was sent$/,
      ),
    });
    expect(third.summary.next).toMatch(
      /^look at the changes: livedesk-sync run \S+ .*--dry-run\n +or, if the input is right, send it this once: livedesk-sync run --resume \S+ --accept-drift$/,
    );
  });

  it.each([
    ['half of the rows and more gone', csv(19, 2), '19 rows, 40 before (guard: rows -50%)'],
    [
      'a column that is new',
      csv(40, 2, 40, 'id,n,tier,x').replaceAll('gold', 'gold,1'),
      'column "x" is new; 4 columns, 3 before (guard: columns same)',
    ],
  ])('stops before %s', async (_what, text, message) => {
    const site = await nights(MAPPING);
    await site.run(csv(40, 1));
    const { code, sent, summary } = await site.run(text);
    expect([code, sent.length, summary.stopped?.message]).toEqual([3, 0, expect.stringContaining(message)]);
  });

  it('lets an input pass once where that is said, which is what the next night is compared with', async () => {
    const site = await nights(MAPPING);
    await site.run(csv(40, 1));
    const drifted = await site.run(csv(40, 2, 5));
    expect(drifted.code).toBe(3);
    const again = await site.runWith(['--resume', drifted.runDir]);
    expect([again.code, again.sent.length]).toEqual([3, 0]);
    const accepted = await site.runWith(['--resume', drifted.runDir, '--accept-drift']);
    expect([accepted.code, accepted.sent.length]).toEqual([0, 40]);
    expect(accepted.stderr).toContain(
      '12.5 % of the rows, 100.0 % before (guard: fill -10%); accepted this once (--accept-drift)',
    );
    expect((await site.run(csv(40, 3, 5))).code).toBe(0);
    expect((await site.run(csv(40, 4, 40))).code, 'more is no drift').toBe(0);
    expect((await site.run(csv(40, 5, 5))).code).toBe(3);
  });

  it('compares each shard with the last run of all rows, and says where there is none', async () => {
    const site = await nights(MAPPING);
    const alone = await site.run(csv(40, 1), ['--shard', '1/2']);
    expect([alone.code, alone.summary.warnings]).toEqual([
      0,
      [expect.stringContaining('shards record none: run the job once without --shard')],
    ]);
    await site.run(csv(40, 2));
    for (const shard of ['1/2', '2/2']) {
      expect((await site.run(csv(40, 3), ['--shard', shard])).summary.warnings).toEqual([]);
      const drifted = await site.run(csv(40, 4, 0), ['--shard', shard]);
      expect([drifted.code, drifted.sent.length, drifted.summary.stopped?.code]).toEqual([3, 0, 'ERR_DRIFT']);
    }
  });

  it('is compared with runs of all rows that ended well: not with a canary, a dry run, or a night of bad rows', async () => {
    const site = await nights(MAPPING);
    const small = csv(10, 1);
    await site.run(small, ['--dry-run']);
    await site.run(small, ['--limit', '5']);
    const bad = await site.run(`${small}x,1,gold\n`);
    expect(bad.code).toBe(1);
    const first = await site.run(csv(40, 2));
    expect(first.summary.warnings).toEqual([expect.stringContaining('no earlier run of this job')]);
    await site.run(csv(10, 3), ['--dry-run']);
    const dry = await site.run(csv(10, 3), ['--dry-run']);
    expect([dry.code, dry.stderr]).toEqual([
      0,
      expect.stringContaining('10 rows, 40 before (guard: rows -50%); a run would stop here'),
    ]);
    const canary = await site.run(csv(10, 3), ['--limit', '5']);
    expect([canary.code, canary.sent.length]).toEqual([3, 0]);
  });

  it.each([
    ['the guard of the mapping', MAPPING, []],
    ['--max-changes', MAPPING.replace(GUARD, ''), ['--max-changes', '50%']],
    ['--min-rows', MAPPING.replace(GUARD, ''), ['--min-rows', '5']],
  ])('%s refuses a pipe, and reads a copy of it', async (what, mapping, args) => {
    const site = await nights(mapping);
    await site.run(csv(40, 1));
    const stdin = csv(40, 2);
    const piped = await site.runWith(['-', ...args], { stdin });
    expect([piped.code, piped.sent.length, piped.stderr]).toEqual([
      2,
      0,
      expect.stringContaining(
        `${what} has to read the input twice, and a pipe can be read once; add --spool`,
      ),
    ]);
    const allowed = args[0] === '--max-changes' ? ['--max-changes', '100%'] : args;
    const copied = await site.runWith(['-', '--spool', ...allowed], { stdin });
    expect([copied.code, copied.sent.length]).toEqual([0, 40]);
    const few = await site.runWith(['-', '--spool', ...args], { stdin: csv(4, 3) });
    expect([few.code, few.sent.length]).toEqual([args[0] === '--min-rows' ? 2 : 3, 0]);
  });

  it('does not judge anew what a killed run has begun to send, and records it when it is done', {
    timeout: 180_000,
  }, async () => {
    const site: Site = await newSite({ latencyMs: [4, 6] });
    site.write('mapping.yaml', `version: 1\n${MAPPING}`);
    const args = ['export.csv', '-m', 'mapping.yaml', '--continue'];
    site.write('export.csv', csv(200, 1));
    await site.run(args);
    site.write('export.csv', csv(200, 2, 20));
    const before = site.emulator.journal.length;
    const { child, ended } = site.start([...args, '--accept-drift', '--rate', '200']);
    await until(() => site.emulator.journal.length >= before + 60, child);
    child.kill('SIGKILL');
    await ended;
    const rest = await site.run(args);
    expect([rest.code, site.runs().length]).toEqual([0, 2]);
    site.write('export.csv', csv(200, 3, 20));
    expect((await site.run(args)).code).toBe(0);
    site.write('export.csv', csv(200, 4, 0));
    const stopped = await site.run(args);
    expect(stopped.code).toBe(3);
    const { code: again } = await site.run(args);
    expect([again, site.runs().length], 'the same command looks again').toEqual([3, 4]);
    const next =
      site
        .kept()
        .summary?.next?.split('\n')
        .at(-1)
        ?.replace(/^.*: livedesk-sync /, '')
        .split(' ') ?? [];
    const { code } = await runCli(next, { cwd: site.dir, env: { LIVEDESK_BASE_URL: site.emulator.url } });
    expect(code).toBe(0);
  });

  it('counts cells that stand for no value as empty, and rare keys of JSON lines not at all', async () => {
    const site = await nights(MAPPING.replace('fields:', "defaults: { empty_values: ['#N/A'] }\nfields:"));
    await site.run(csv(40, 1));
    expect((await site.run(csv(40, 2).replaceAll('gold', '#N/A'))).code).toBe(3);
    const lines = (rare: string) =>
      Array.from(
        { length: 40 },
        (_, i) => `{"id":${i + 1},"n":"${i}${rare}","tier":"a"${i === 3 ? `,"${rare}":1` : ''}}\n`,
      ).join('');
    const json = await nights(MAPPING);
    const path = json.write('a.jsonl', lines('x'));
    await json.runWith([path]);
    writeFileSync(path, lines('y'));
    expect((await json.runWith([path])).code).toBe(0);
  });
});
