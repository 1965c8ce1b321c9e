import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { markdown } from '../../../src/commands/report/markdown.ts';
import type { Report } from '../../../src/commands/report/report-model.ts';
import { plainSentence } from '../../../src/commands/report/standing.ts';
import { TimeSketch } from '../../../src/commands/report/time-sketch.ts';
import { Timeline } from '../../../src/commands/report/timeline.ts';
import { cliHere } from '../../helpers/cli-here.ts';
import { tempDir } from '../../helpers/temp-dir.ts';
import { busyRun, HEADER, HOSTILE, rowAt, writeRun } from './sample.ts';

async function figures(dir: string): Promise<Report> {
  const { code, stdout, stderr } = await cliHere(['report', dir, '--format', 'json']);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

test('a run that goes on, torn at its end: drawn as of its last line, breaks left out', async () => {
  const report = await figures(writeRun(tempDir(), 'run', busyRun(), '{"type":"row","ro'));
  expect(report).toMatchObject({ report_version: 1, state: 'unfinished', rows: 300, bad: 17 + 10 });
  expect(report.as_of).toBe('2026-11-22T03:00:29.900Z');
  expect(report.stints.map(({ idle_s }) => Math.round(idle_s))).toEqual([0, 3570]);
  expect(report.over_time.at_s.length).toBeLessThan(65);
  const sum = (values: readonly (number | null)[] = []) =>
    values.reduce<number>((all, value) => all + (value ?? 0), 0);
  expect(sum(report.over_time.statuses.updated)).toBe(report.statuses.updated);
  expect(sum(report.over_time.throttled)).toBeCloseTo(24, 0);
  expect(sum(report.over_time.paused_s)).toBeCloseTo(9.6, 0);
  expect(report.causes.map(({ code, count, examples }) => [code, count, examples.length])).toEqual([
    ['ERR_EMAIL', 17, 17],
    ['ERR_NOT_FOUND', 10, 10],
  ]);
  expect(report.not_applied).toEqual({ name: report.conflicts['email'] });
});

test('a row told of twice counts once; a run without rows has a page', async () => {
  const root = tempDir();
  expect((await figures(writeRun(root, 'twice', [HEADER, rowAt(1, 1), rowAt(1, 2)]))).rows).toBe(1);
  const dir = writeRun(root, 'none', [HEADER]);
  expect((await cliHere(['report', dir])).code).toBe(0);
  expect(readFileSync(join(dir, 'report.html'), 'utf8')).toContain('No row has an outcome');
  expect(statSync(join(dir, 'report.html')).mode & 0o777).toBe(0o600);
});

test.each<[name: string, header: object, expected: object]>([
  [
    'files that can be read again',
    {
      inputs: [{ name: 'c.csv', path: '/c.csv', format: 'csv', size: 1, sha256: 'x' }],
      options: { rate: 25 },
    },
    { state: 'unfinished', next: expect.stringMatching(/^livedesk-sync run --resume \S+run$/), allowed: 25 },
  ],
  [
    'a pipe without a copy, no limit',
    { options: { rate: 'unlimited' } },
    { next: expect.stringContaining('--spool'), allowed: null },
  ],
])('a run that died has a next command, and the limit it began with: %s', async (_name, header, expected) => {
  const lines = [{ ...HEADER, ...header }, rowAt(1, 1), rowAt(2, 2)];
  const dir = writeRun(tempDir(), 'run', lines);
  const report = await figures(dir);
  expect(report).toMatchObject(expected);
  expect(markdown(report)).toContain('#### What to do next, if no process works on it any more');
  const resume = { type: 'resume', tool_version: '0.1.0', at: '2026-11-22T02:01:00.000Z', rows_done: 2 };
  expect(await figures(writeRun(tempDir(), 'run', [...lines, resume]))).not.toHaveProperty('allowed');
});

test('earlier runs are those of the same account and mapping that have a summary', async () => {
  const root = tempDir();
  const summary = { duration_s: 5, requests: 7, statuses: { updated: 6, failed: 1 }, rate: { achieved: 2 } };
  for (const [name, more] of Object.entries({
    old: {},
    other: { mapping_hash: 'x' },
    foreign: { account: 'x' },
    later: { started_at: '2026-12-01T00:00:00.000Z' },
    lost: {},
  })) {
    const dir = writeRun(root, name, [
      { ...HEADER, run_id: name, started_at: '2026-11-21T00:00:00.000Z', ...more },
    ]);
    if (name !== 'lost') writeFileSync(join(dir, 'summary.json'), JSON.stringify(summary));
  }
  const { earlier_runs: runs } = await figures(writeRun(root, 'run', busyRun()));
  expect(runs.map(({ run_id, rows, bad }) => [run_id, rows, bad])).toEqual([['old', 7, 1]]);
});

test('what retries repaired is good now, whether they sent the rows or the rejects file', async () => {
  const root = tempDir();
  const bad = { status: 'invalid', error: { code: 'ERR_EMAIL', message: 'no address' } };
  const other = { status: 'rejected', error: { code: 'ERR_NOT_FOUND', message: 'no such contact' } };
  const first = { ...HEADER, number: 7 };
  const dir = writeRun(root, 'night', [
    first,
    rowAt(1, 1),
    ...[2, 3, 4].map((row) => rowAt(row, row, bad)),
    rowAt(5, 5, other),
  ]);
  const retry = (run_id: string, parent: string, started_at: string) => ({
    ...HEADER,
    run_id,
    started_at,
    number: 7,
    parent_run: { run_id: parent, dir },
  });
  writeRun(root, 'again', [
    retry('again', 'run-1', '2026-11-23T00:00:00.000Z'),
    rowAt(2, 1),
    rowAt(3, 2, bad),
    rowAt(4, 3, bad),
    rowAt(5, 4, other),
  ]);
  writeRun(root, 'corrected', [
    retry('corrected', 'again', '2026-11-24T00:00:00.000Z'),
    rowAt(1, 1, { position: [7, 0, 3] }),
    rowAt(2, 2, { position: [7, 0, 4] }),
    rowAt(3, 3, { position: [6, 0, 5] }), // of another run: repairs nothing here
  ]);
  const dry = { ...retry('dry', 'run-1', '2026-11-25T00:00:00.000Z'), dry_run: true };
  writeRun(root, 'dry', [dry, rowAt(5, 1, { status: 'planned' })]);

  const report = await figures(dir);
  expect(report.repaired).toMatchObject({
    rows: 3,
    runs: [
      { run_id: 'again', rows: 4, good: 1 },
      { run_id: 'corrected', rows: 3, good: 3 },
    ],
  });
  expect(report.causes.map(({ code, count, repaired }) => [code, count, repaired])).toEqual([
    ['ERR_NOT_FOUND', 1, 0],
    ['ERR_EMAIL', 3, 3],
  ]);
  expect(plainSentence(report)).toBe(
    'So far: 4 of 5 rows are up to date in LiveDesk, 3 of them since a retry; 1 row needs a person.',
  );
  expect(markdown(report)).toMatch(
    /Retried by `\S+again`: 1 of 4 rows is good now\.\n\nRetried by `\S+corrected`: 3 of 3/,
  );
  expect(markdown(await figures(join(root, 'again')))).toMatch(/Sent the bad rows of `\S+night` again\./);
});

test('new bad rows come first: their causes, and they among the rows of a cause', async () => {
  const invalid = (code: string, isNew: boolean) => ({
    status: 'invalid',
    error: { code, message: 'refused' },
    fault: 'f',
    new: isNew,
  });
  const known = Array.from({ length: 30 }, (_, i) => rowAt(i + 1, i, invalid('ERR_KNOWN', false)));
  const mixed = Array.from({ length: 25 }, (_, i) => rowAt(i + 31, i, invalid('ERR_MIXED', i > 22)));
  const { causes } = await figures(writeRun(tempDir(), 'run', [HEADER, ...known, ...mixed]));
  expect(causes.map(({ code, count, new: fresh }) => [code, count, fresh])).toEqual([
    ['ERR_MIXED', 25, 2],
    ['ERR_KNOWN', 30, 0],
  ]);
  expect(causes[0]?.examples.map(({ row }) => row).slice(0, 4)).toEqual([54, 55, 31, 32]);
  expect(causes.map(({ examples }) => examples.length)).toEqual([20, 20]);
});

test('Markdown has no markup but its own', async () => {
  const text = markdown(await figures(writeRun(tempDir(), 'run', busyRun())));
  expect(text).toContain('| updated | 273 | 91.0 % |');
  expect(text).not.toContain(HOSTILE.slice(0, 9));
  expect(text.match(/<[^>]*>/g)).toEqual(['<details>', '<summary>', '</summary>', '</details>']);
  expect(text).toMatch(/\n~~~~sh\nlivedesk-sync run .*\n~~~~\n/);
});

test('mistakes: no directory, no run, a place that cannot be written', async () => {
  expect(await cliHere(['report'])).toMatchObject({ code: 2, stderr: expect.stringContaining('which run?') });
  expect(await cliHere(['report', tempDir()])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('ERR_NO_RUN'),
  });
  const dir = writeRun(tempDir(), 'run', busyRun());
  const { code, stderr } = await cliHere(['report', dir, '-o', join(dir, 'no', 'where.html')]);
  expect([code, stderr]).toEqual([2, expect.stringContaining('--output')]);
});

test('slices stay few however long a run is, and lose nothing', () => {
  const timeline = new Timeline('2026-11-22T00:00:00.000Z');
  const began = Date.parse('2026-11-22T00:00:00.000Z');
  for (let i = 0; i < 50_000; i += 1) {
    timeline.addRow({ row: i, line: i, status: 'updated', at: new Date(began + i * 1000).toISOString() });
  }
  const slices = timeline.slices();
  expect(slices.length).toBeLessThanOrEqual(240);
  expect(slices.reduce((sum, { statuses }) => sum + statuses.updated, 0)).toBe(50_000);
});

test('percentiles are within 5 %', () => {
  const sketch = new TimeSketch();
  for (let ms = 1; ms <= 10_000; ms += 1) sketch.add(ms);
  for (const share of [0.01, 0.1, 0.5, 0.95, 0.99]) {
    const exact = share * 10_000;
    expect(Math.abs((sketch.percentile(share) ?? 0) - exact) / exact).toBeLessThan(0.055);
  }
  expect(sketch.percentile(1)).toBe(10_000);
});
