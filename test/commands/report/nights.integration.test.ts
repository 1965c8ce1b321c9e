import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { NightsReport } from '../../../src/commands/report/nights-model.ts';
import { cliHere } from '../../helpers/cli-here.ts';
import { tempDir } from '../../helpers/temp-dir.ts';
import { HEADER, HOSTILE, nightOf, rowAt, writeRun } from './sample.ts';

async function nightsIn(root: string, ...args: string[]): Promise<NightsReport['jobs']> {
  const { code, stdout, stderr } = await cliHere(['report', '--all', root, '--format', 'json', ...args]);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout).jobs;
}

/** A week of one job and two nights of another. */
function twoJobs(): string {
  const root = tempDir();
  writeRun(root, 'a1', nightOf('crm', 1, { bad: 2 }));
  writeRun(root, 'a2', nightOf('crm', 2, { bad: 3, fresh: 1, exit_code: 1 }));
  writeRun(root, 'a3', nightOf('crm', 3, { pending: 60, stopped: { code: 'ERR_OUTAGE', message: 'down' } }));
  writeRun(root, 'b1', nightOf('leads', 4, {}));
  writeRun(root, 'b2', nightOf('leads', 5, {}));
  return root;
}

describe('a page over nights', () => {
  test('has the runs of each job, the oldest first, the job with the newest run first', async () => {
    const jobs = await nightsIn(twoJobs());
    expect(
      jobs.map(({ job, nights }) => [job, nights.map(({ state, is_good }) => `${state} ${is_good}`)]),
    ).toEqual([
      ['leads', ['complete true', 'complete true']],
      ['crm', ['accepted true', 'bad rows false', 'ERR_OUTAGE false']],
    ]);
    expect(
      jobs[1]?.nights.map((night) => [night.rows, night.bad_rows, night.new_bad_rows, night.pending]),
    ).toEqual([
      [100, 2, null, 0],
      [100, 3, 1, 0],
      [40, 0, null, 60],
    ]);
    expect(jobs[1]?.nights[0]).toMatchObject({ minutes: 2, rate: 7.5 });
  });

  test('leaves out dry runs, shards, retries and what cannot be read, and says which night was retried', async () => {
    const root = twoJobs();
    const [, end] = nightOf('crm', 9, {});
    writeRun(root, 'dry', [{ ...HEADER, run_id: 'dry', job: 'crm', dry_run: true }, end ?? {}]);
    writeRun(root, 'shard', [{ ...HEADER, run_id: 's', job: 'crm', shard: { index: 1, of: 2 } }, end ?? {}]);
    const parent_run = { run_id: 'crm-2', dir: join(root, 'a2') };
    writeRun(root, 'retry', [{ ...HEADER, run_id: 'r', job: 'crm', parent_run }, end ?? {}]);
    writeRun(root, 'damaged', [{ ...HEADER, run_id: 'd', job: 'crm' }, { type: 'row' }, { type: 1 }], '\0');
    const [crm] = await nightsIn(root, '--job', 'crm');
    expect(
      crm?.nights
        .filter(({ name }) => /a\d$/.test(name))
        .map(({ retried_by: by }) => by && /\w+$/.exec(by)?.[0]),
    ).toEqual([null, 'retry', null]);
    expect(crm?.nights.some(({ name }) => /(dry|shard|retry)$/.test(name))).toBe(false);
  });

  test('has a night that did not end, and names runs of no job by their input', async () => {
    const root = tempDir();
    writeRun(root, 'x', [HEADER, rowAt(1, 1), rowAt(2, 2)]);
    expect(await nightsIn(root)).toMatchObject([
      { job: 'contacts.csv', nights: [{ state: 'unfinished', rows: 2, minutes: null, rate: null }] },
    ]);
  });

  test('as Markdown: a sentence and a table for each job, without foreign markup', async () => {
    const root = twoJobs();
    writeRun(root, 'c1', nightOf(HOSTILE, 1, {}));
    const { stdout } = await cliHere(['report', '--all', root, '--format', 'markdown']);
    expect(stdout).toContain(
      '1 of 3 nights went well; the last one: ERR_OUTAGE, 60 rows pending; 40 rows, no bad rows.',
    );
    expect(stdout).toContain('All 2 nights went well; the last one: 100 rows, no bad rows.');
    expect(stdout).toContain('| 2026-11-02 02:00 | bad rows | 100 | 3 | 1 | 2 | 7.5 |');
    expect(stdout).not.toMatch(/<|`/);
  });

  test('lies beside the runs, for its owner only', async () => {
    const root = twoJobs();
    expect(await cliHere(['report', '--all', root])).toMatchObject({ code: 0, stderr: '' });
    expect(statSync(join(root, 'nights.html')).mode & 0o777).toBe(0o600);
  });

  test.each<[what: string, args: readonly string[], message: string]>([
    ['no runs', ['--all'], 'ERR_NO_RUN'],
    ['no such job', ['--all', '--job', 'nope'], 'of job "nope"'],
    ['a job without --all', ['--job', 'crm'], 'give --all, too'],
  ])('%s', async (what, args, message) => {
    const root = what === 'no runs' ? tempDir() : twoJobs();
    const { code, stderr } = await cliHere(['report', root, ...args]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(existsSync(join(root, 'nights.html'))).toBe(false);
  });
});
