import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cliHere } from '../helpers/cli-here.ts';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { mergeRuns, runShard, runShards } from '../helpers/shards.ts';
import { readBack, type Synced } from '../helpers/sync.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { numberedCsv, writeInput } from '../helpers/write-input.ts';

const places = ({ rows }: Pick<Synced, 'rows'>): string[] =>
  rows.map(({ input = 0, row }) => `${input}:${row}`);
const inOrder = (names: readonly string[]): string[] =>
  [...names].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));

it('joins the rows of all shards in order of completion, and adds up what they counted', async () => {
  const emulator = await emulatorHere({ contacts: 100 });
  const input = writeInput('contacts.csv', `${numberedCsv(90)}x,1\n91,${'2'}\n500,3\n`);
  const runs = await runShards(3, [input, '--base-url', emulator.url]);
  const merged = await mergeRuns([...runs].reverse());
  expect(merged.code).toBe(0);
  expect(merged.stdout).toMatch(/^Merged 3 shards: each of 93 rows has exactly one outcome\./);
  expect(inOrder(places(merged))).toEqual(Array.from({ length: 93 }, (_, i) => `0:${i + 1}`));
  expect(merged.rows.map(({ at }) => at)).toEqual(merged.rows.map(({ at }) => at).sort());
  expect(merged.summary).toMatchObject({
    exit_code: 1,
    rows_read: 93,
    pending: 0,
    statuses: { updated: 91, invalid: 1, rejected: 1 },
    requests: runs.reduce((sum, { summary }) => sum + summary.requests, 0),
  });
  expect(merged.summary.causes.map(({ count, example }) => [count, example.row]).sort()).toEqual([
    [1, 91],
    [1, 93],
  ]);
  const [header, last] = [merged.journal[0], merged.journal.at(-1)];
  expect(last).toEqual({ type: 'end', summary: merged.summary });
  expect(header).toMatchObject({
    type: 'run',
    shards: runs.map(({ runDir }, i) => ({ index: i + 1, of: 3, dir: runDir })),
  });
  expect(header).not.toHaveProperty('shard');
  expect(merged.files).toEqual(['mapping.json', 'rejects.csv', 'results.jsonl', 'summary.json']);
});

it('joins the rejects of every input in row order, each once and under one header', async () => {
  const csv = Array.from({ length: 40 }, (_, i) => `${i % 3 === 0 ? i + 1 : '"x ""y"'},${i + 1}`).join('\n');
  const jsonl = Array.from({ length: 40 }, (_, i) =>
    i % 10 === 9 ? '{oops' : JSON.stringify({ contact_id: i % 2 ? i : -i, 'custom_attributes.n': i }),
  ).join('\n');
  const inputs = [
    writeInput('a.csv', `contact_id,custom_attributes.n\n${csv}\n`),
    writeInput('b.jsonl', `${jsonl}\n`),
  ];
  const whole = join(tempDir(), 'whole');
  const args = [...inputs, '--dry-run', '--max-errors', '100%'];
  const alone = readBack({ ...(await cliHere(['run', ...args, '-o', whole])), signal: null }, whole);
  const runs = await runShards(4, [...args, '--limit', '9']);
  for (const { runDir } of runs) {
    await cliHere(['run', '--resume', runDir, '--limit', 'all', '--max-errors', '100%']);
  }
  const merged = await mergeRuns(runs);
  expect(merged.code).toBe(0);
  for (const name of ['rejects.csv', 'rejects-2.jsonl', 'rejects-unreadable.txt']) {
    expect(merged.file(name), name).not.toBe('');
    expect(withoutRun(merged.file(name)), name).toBe(withoutRun(alone.file(name)));
  }
  const sizes = ({ summary }: Synced) => summary.rejects.map(({ file, bytes }) => ({ file, bytes }));
  expect(sizes(merged)).toEqual(sizes(alone));
  // all were written at once, so that each is within what the journal tells of
  for (const { reject } of merged.rows)
    if (reject) expect(reject.end).toBe(Buffer.byteLength(merged.file(reject.file)));
  expect(merged.summary.statuses).toEqual(alone.summary.statuses);
});

it('leaves out a reject that was corrected since, and says where it is', async () => {
  const runs = await runShards(2, [writeInput('a.csv', 'contact_id,name\nx,a\ny,b\n1,c\n'), '--dry-run']);
  const edited = runs.find(({ file }) => file('rejects.csv').includes('\nx,'));
  const path = join(edited?.runDir ?? '', 'rejects.csv');
  writeFileSync(path, readFileSync(path, 'utf8').replace('\nx,a,1,2', '\n7,corrected'));
  const merged = await mergeRuns(runs);
  expect(merged.code).toBe(0);
  expect(merged.file('rejects.csv').split('\n').filter(Boolean)).toHaveLength(
    1 + 2 - (edited?.summary.statuses.invalid ?? 0),
  );
  expect(merged.summary.warnings.join()).toContain(`${path} was changed since its run`);
});

describe('what lacks is found, named, and can be mended', () => {
  const args = [writeInputLater('contacts.csv', numberedCsv(200)), '--dry-run'] as const;
  const shards = () => runShards(4, [args[0](), args[1]]);

  it('a line deleted from a journal', async () => {
    const runs = await shards();
    const [run] = runs.slice(2);
    const gone = run?.rows[10]?.row ?? 0;
    editJournal(run, (lines) => lines.filter((line) => !line.startsWith(`{"type":"row","row":${gone},`)));
    const merged = await mergeRuns(runs, ['--json']);
    expect(merged.code).toBe(1);
    expect(merged.stderr).toMatch(new RegExp(`1 row without an outcome: row ${gone}\n`));
    expect(merged.stderr).toMatch(/journal of shard 3\/4 \(.*\) has \d+ row lines, and its end counts \d+/);
    expect(merged.stderr).toContain(`Next: livedesk-sync run --resume ${run?.runDir}`);
    expect(JSON.parse(merged.stdout)).toMatchObject({
      merged: false,
      exit_code: 1,
      code: 'ERR_MERGE_GAPS',
      rows: 200,
      rows_with_outcome: 199,
      missing: 1,
      gaps: [{ from: gone, to: gone }],
      missing_shards: [],
    });
    expect(merged.files).toEqual([]);
    expect((await cliHere(['run', '--resume', run?.runDir ?? ''])).code).toBe(0);
    expect((await mergeRuns(runs)).code).toBe(0);
  });

  it('a line that is there twice', async () => {
    const runs = await shards();
    const [run] = runs;
    const row = run?.rows[3]?.row;
    editJournal(run, (lines) => lines.flatMap((line, i) => (i === 4 ? [line, line] : [line])));
    const merged = await mergeRuns(runs, ['--json']);
    expect(merged.code).toBe(1);
    expect(merged.stderr).toMatch(/1 row with several outcomes: row \d+\n.*told of by \S+1of4\n/);
    expect(JSON.parse(merged.stdout)).toMatchObject({
      code: 'ERR_MERGE_DOUBLES',
      doubled: 1,
      doubles: [{ row, run_dirs: [run?.runDir, run?.runDir] }],
    });
  });

  it('a shard that is not there', async () => {
    const runs = await shards();
    const merged = await mergeRuns(
      runs.filter((_, i) => i !== 1),
      ['--json'],
    );
    expect(merged.code).toBe(1);
    expect(merged.stderr).toMatch(
      /shard 2\/4 is not among them[\s\S]*livedesk-sync run \S+ -m \S+ --no-state --shard 2\/4/,
    );
    expect(JSON.parse(merged.stdout)).toMatchObject({
      missing: runs[1]?.summary.rows_read,
      missing_shards: [2],
    });
  });

  it('a shard that is there twice', async () => {
    const runs = await shards();
    const copy = { runDir: join(tempDir(), 'copy') };
    cpSync(runs[0]?.runDir ?? '', copy.runDir, { recursive: true });
    const merged = await mergeRuns([...runs, copy]);
    expect(merged.code).toBe(1);
    expect(merged.stderr).toMatch(/shard 1\/4 is there twice: \S+1of4 and \S+copy\n[\s\S]*ERR_MERGE_DOUBLES/);
    // one directory under two names is there once
    expect((await mergeRuns([...runs, ...runs])).code).toBe(0);
  });

  it('a shard that was cut off', async () => {
    const runs = await shards();
    const [run] = runs;
    editJournal(run, (lines) => [...lines.slice(0, 9), lines[9]?.slice(0, 20) ?? '']);
    const merged = await mergeRuns(runs);
    expect(merged.code).toBe(1);
    expect(merged.stderr).toMatch(
      /shard 1\/4 \(.*\) has not ended: it was cut off after 8 rows, or still runs/,
    );
    expect((await cliHere(['run', '--resume', run?.runDir ?? ''])).code).toBe(0);
    expect((await mergeRuns(runs)).code).toBe(0);
  });

  it('a canary', async () => {
    const input = args[0]();
    const runs = await runShards(2, [input, '--dry-run', '--limit', '5']);
    const merged = await mergeRuns(runs, ['--json']);
    expect(merged.stderr).toMatch(/no shard has read input 1 \(.*\) to its end[\s\S]*ended at its --limit/);
    expect(merged.stderr).toContain(`--resume ${runs[1]?.runDir} --limit all`);
    expect(JSON.parse(merged.stdout)).toMatchObject({ rows: null, rows_with_outcome: 10 });
    for (const { runDir } of runs) {
      expect((await cliHere(['run', '--resume', runDir, '--limit', 'all'])).code).toBe(0);
    }
    expect((await mergeRuns(runs)).summary.rows_read).toBe(200);
  });
});

describe('runs that are no shards of one job are refused, and both are named', () => {
  const csv = numberedCsv(20);
  const key = { LIVEDESK_API_KEY: 'other-key', LIVEDESK_API_SECRET: 's' };
  const dry = (text: string, shard = '2/2', ...args: string[]) =>
    runShard(shard, [writeInput('a.csv', text), '--dry-run', ...args]);

  it.each<[what: string, other: () => Promise<Synced>, says: RegExp]>([
    [
      'the account',
      () => runShard('2/2', [writeInput('a.csv', csv), '--dry-run'], undefined, { env: key }),
      /the account differs/,
    ],
    [
      'the mapping',
      () =>
        dry(
          csv,
          '2/2',
          '-m',
          writeInput('m.yaml', 'version: 1\ncontact_id: contact_id\nfields:\n  name: custom_attributes.n\n'),
        ),
      /the mapping differs/,
    ],
    ['an input', () => dry(csv.replace('20,20', '20,21')), /input 1 differs/],
    ['the number of inputs', () => dry(csv, '2/2', writeInput('b.csv', csv)), /the number of inputs differs/],
    ['the number of shards', () => dry(csv, '2/3'), /the number of shards differs. \S+ has 2, \S+ has 3/],
    ['the encoding', () => dry(csv, '2/2', '--encoding', 'windows-1252'), /--encoding differs/],
  ])('by %s', async (_what, other, says) => {
    const one = await dry(csv, '1/2');
    const two = await other();
    const merged = await mergeRuns([one, two]);
    expect(merged.stderr).toMatch(says);
    expect(merged.stderr).toContain(one.runDir);
    expect(merged.stderr).toContain(two.runDir);
    expect(merged.code).toBe(2);
    expect(merged.files).toEqual([]);
  });

  it('a dry run among real ones', async () => {
    const emulator = await emulatorHere({ contacts: 20 });
    const args = [writeInput('a.csv', csv), '--base-url', emulator.url];
    const merged = await mergeRuns([
      await runShard('1/2', args),
      await runShard('2/2', [...args, '--dry-run']),
    ]);
    expect(merged.stderr).toMatch(/whether it is a dry run differs. \S+ has a real run, \S+ has a dry run/);
    expect(merged.code).toBe(2);
  });

  it('a run of all rows, a merged one, a directory without a run', async () => {
    const dir = join(tempDir(), 'all');
    await cliHere(['run', writeInput('a.csv', csv), '--dry-run', '-o', dir]);
    const runs = await runShards(2, [writeInput('a.csv', csv), '--dry-run']);
    const merged = await mergeRuns(runs);
    const cases: [string, RegExp][] = [
      [dir, /is a run of all rows/],
      [merged.runDir, /was merged from shards already/],
      [tempDir(), /is not a run directory/],
    ];
    for (const [runDir, says] of cases) {
      const refused = await mergeRuns([{ runDir }]);
      expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(says)]);
    }
    expect((await cliHere(['merge'])).stderr).toMatch(/which runs\?/);
    const again = await mergeRuns(runs, [], merged.runDir);
    expect([again.code, again.stderr]).toEqual([2, expect.stringMatching(/already holds a run/)]);
  });
});

it('a merged run is retried as a whole, and cannot be resumed', async () => {
  const emulator = await emulatorHere({ contacts: 40 });
  const input = writeInput(
    'a.csv',
    `contact_id,custom_attributes.n\n${Array.from({ length: 60 }, (_, i) => `${i + 1},${i}\n`).join('')}`,
  );
  const root = tempDir();
  const url = ['--base-url', emulator.url];
  const runs: Synced[] = [];
  for (const shard of ['1/2', '2/2'])
    runs.push(await runShard(shard, [input, ...url], join(root, shard.replace('/', 'of'))));
  const merged = await mergeRuns(runs, [], join(root, 'merged'));
  expect(merged.summary.statuses).toMatchObject({ updated: 40, rejected: 20 });
  expect(merged.summary.next).toContain(`livedesk-sync run --retry ${merged.runDir}`);

  const before = merged.file('rejects.csv');
  const resumed = await cliHere(['run', '--resume', merged.runDir]);
  expect([resumed.code, resumed.stderr]).toEqual([2, expect.stringMatching(/was merged from shards/)]);
  const dir = join(root, 'retry');
  const ended = await cliHere(['run', '--retry', merged.runDir, ...url, '-o', dir, '--rate', 'unlimited']);
  const retried = readBack({ ...ended, signal: null }, dir);
  expect(ended.code).toBe(1);
  expect(retried.summary).toMatchObject({ rows_read: 20, statuses: { rejected: 20 } });
  expect(readFileSync(join(merged.runDir, 'rejects.csv'), 'utf8')).toBe(before);
});

it('shards that read a pipe are merged by what their ends tell of it', async () => {
  const csv = numberedCsv(50);
  const piped = (shard: string, text: string) =>
    runShard(shard, ['-', '--dry-run'], undefined, { stdin: text });
  const one = await piped('1/2', csv);
  const merged = await mergeRuns([one, await piped('2/2', csv)]);
  expect(merged.code).toBe(0);
  expect(merged.summary.rows_read).toBe(50);
  const mixed = await mergeRuns([one, await piped('2/2', csv.replace('50,50', '50,51'))]);
  expect([mixed.code, mixed.stderr]).toEqual([2, expect.stringMatching(/input 1 differs/)]);
  const filed = await mergeRuns([one, await runShard('2/2', [writeInput('a.csv', csv), '--dry-run'])]);
  expect(filed.code).toBe(0);
});

// --- internal ---

/** A rejects file, whatever the runs that its rows name. */
function withoutRun(text: string): string {
  return text.replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'RUN');
}

/** Writes the input when the test runs, so that it goes away with it. */
function writeInputLater(name: string, text: string): () => string {
  return () => writeInput(name, text);
}

function editJournal(run: Synced | undefined, edit: (lines: string[]) => string[]): void {
  const path = join(run?.runDir ?? '', 'results.jsonl');
  cpSync(path, `${path}.before`);
  writeFileSync(path, edit(readFileSync(path, 'utf8').split('\n')).join('\n'));
}
