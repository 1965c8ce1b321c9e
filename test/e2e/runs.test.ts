import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunsList } from '../../src/commands/runs/runs-model.ts';
import { newSite, type Site, until } from '../crash/site.ts';
import { runCli } from '../helpers/cli-process.ts';
import { numberedCsv } from '../helpers/write-input.ts';

const BAD = `${numberedCsv(3)}one,1\n`;

const runsOf = (site: Site, args: readonly string[] = []) =>
  runCli(['runs', ...args], { cwd: site.dir, env: { LIVEDESK_BASE_URL: site.emulator.url } });
const listOf = async (site: Site, args: readonly string[] = []): Promise<RunsList> =>
  JSON.parse((await runsOf(site, ['--json', ...args])).stdout);

/** Pastes a printed command; gives its exit code. */
async function paste(site: Site, command: string): Promise<number | null> {
  const [program, ...words] = command.replace(/^.*: (?=livedesk-sync)/, '').split(' ');
  expect(program).toBe('livedesk-sync');
  const { code } = await runCli(words, { cwd: site.dir, env: { LIVEDESK_BASE_URL: site.emulator.url } });
  return code;
}

describe('runs', () => {
  it('of a folder without any says so', async () => {
    const site = await newSite();
    const { code, stdout } = await runsOf(site);
    expect([code, stdout]).toEqual([0, 'No runs.\n\nNo state.\n']);
    expect(await listOf(site)).toEqual({ runs: [], more_runs: 0, states: [] });
  });

  it('tells plans and checks from dry runs, and `undo latest` passes all of them over', {
    timeout: 180_000,
  }, async () => {
    const site = await newSite();
    site.write('crm.csv', 'id,name\n1,Anna\n');
    site.write('m.yaml', 'version: 1\ncontact_id: id\nfields: { name: name }\n');
    const name = site.emulator.contact(1)?.['name'];
    const env = { LIVEDESK_BASE_URL: site.emulator.url };
    const call = (...words: string[]) => runCli([...words, '--rate', 'unlimited'], { cwd: site.dir, env });
    await call('plan', 'crm.csv', '-m', 'm.yaml', '--run-dir', 'runs/a-plan');
    await call('run', 'crm.csv', '-m', 'm.yaml', '--undoable', '--run-dir', 'runs/written');
    await call('plan', '--check', 'runs/a-plan/plan.jsonl', '--run-dir', 'runs/checked');
    expect((await call('undo', 'latest', '--dry-run')).code).toBe(0);
    const { stdout } = await runsOf(site);
    for (const kind of ['plan crm.csv', 'check plan.jsonl', 'dry undo.jsonl']) expect(stdout).toContain(kind);
    expect(site.emulator.contact(1)?.['name']).toBe('Anna');
    const undone = await call('undo', 'latest');
    expect([undone.code, site.emulator.contact(1)?.['name']]).toEqual([0, name]);
  });

  it('shows how each ended, what to type next, and what is kept', { timeout: 180_000 }, async () => {
    const site = await newSite();
    site.write('good.csv', numberedCsv(3));
    site.write('bad.csv', BAD);
    await site.run(['good.csv']);
    await site.run(['bad.csv', '--full']);
    await site.run(['bad.csv', '--full', '--accept-bad-rows', '1']);
    await site.run(['good.csv', '--limit', '2', '--full']);
    await site.run(['good.csv', '--dry-run']);
    await site.run(['good.csv', '--stop-after', '0s', '--full']);
    const { runs, states } = await listOf(site);
    expect(
      runs.map(({ state, rows, bad_rows, exit_code, number }) => [state, rows, bad_rows, exit_code, number]),
    ).toEqual([
      ['stopped', 0, 0, 3, 5],
      ['complete', 3, 0, 0, null],
      ['canary', 2, 0, 0, 4],
      ['accepted', 4, 1, 0, 3],
      ['bad rows', 4, 1, 1, 2],
      ['complete', 3, 0, 0, 1],
    ]);
    expect(states).toMatchObject([{ contacts: 3, last_number: 5, last_pull: null, dir: 'runs/.state' }]);
    expect(states[0]?.bytes).toBeGreaterThan(1_000);

    const { stdout } = await runsOf(site);
    const [head = '', ...lines] = stdout.split('\n');
    expect(head).toBe('WHEN (UTC)        JOB OR INPUT         STATE                    ROWS    BAD  NEW');
    expect(lines[0]).toMatch(/^[-\d]{10} [:\d]{5} {2}good\.csv {13}ERR_STOP_AFTER {14}0 {6}0 {4}0$/);
    expect(stdout).toMatch(/ {2}dry good\.csv {9}complete/);
    // commands and names may be longer
    expect(lines.filter((line) => line.length > 80 && !/^ {2}(?:\S|next:| {6})/.test(line))).toEqual([]);
    expect(stdout).toMatch(
      /\nState \w{16} of account \w{16} in runs\/\.state\n {2}3 contacts, \d+ kB, no complete pull, last run number 5\n$/,
    );

    const canary = runs[2]?.next ?? '';
    expect(await paste(site, canary)).toBe(0);
    const now = await listOf(site, ['--limit', '3']);
    expect([now.runs.length, now.more_runs]).toEqual([3, 3]);
    expect(now.runs[2]).toMatchObject({ state: 'complete', rows: 3, next: null });
  });

  it('names the retry of a run, and then nothing is left to type', async () => {
    const site = await newSite();
    site.write('bad.csv', BAD);
    await site.run(['bad.csv']);
    const [first] = (await listOf(site)).runs;
    const [correct = '', again = ''] = first?.next?.split('\n').map((way) => way.trim()) ?? [];
    expect(correct).toContain('--corrected');
    const rejects = join(site.dir, 'runs', first?.name ?? '', 'rejects.csv');
    writeFileSync(rejects, readFileSync(rejects, 'utf8').replace('one,1', '4,1'));
    expect(await paste(site, correct)).toBe(0);
    const { runs } = await listOf(site);
    expect(runs[1]).toMatchObject({ state: 'bad rows', retried_by: runs[0]?.name, next: null });
    expect(again).toContain('--retry');
  });

  it('tells one that goes on from one that was killed, whose command goes on', {
    timeout: 180_000,
  }, async () => {
    const site = await newSite({ latencyMs: [4, 6] });
    site.write('contacts.csv', numberedCsv(300));
    const { child, ended } = site.start(['contacts.csv', '--rate', '100']);
    await until(() => site.emulator.journal.length >= 30, child);
    const [going] = (await listOf(site)).runs;
    expect(going).toMatchObject({ state: 'running', next: null, exit_code: null });
    expect(going?.rows).toBeGreaterThan(20);
    child.kill('SIGKILL');
    await ended;
    const [killed] = (await listOf(site)).runs;
    expect(killed).toMatchObject({ state: 'unfinished', exit_code: null });
    expect(await paste(site, `${killed?.next} --rate unlimited`)).toBe(0);
    expect((await listOf(site)).runs).toMatchObject([{ state: 'complete', rows: 300 }]);
  });

  it('a journal that cannot be read hides no other run', async () => {
    const site = await newSite();
    site.write('contacts.csv', numberedCsv(3));
    await site.run(['contacts.csv']);
    await site.run(['contacts.csv', '--full']);
    const path = join(site.dir, site.runs()[0] ?? '', 'results.jsonl');
    writeFileSync(
      path,
      `${readFileSync(path, 'utf8').split('\n').with(2, '{"type":"ro').slice(0, -2).join('\n')}\n`,
    );
    const { runs } = await listOf(site);
    expect(runs.map(({ state }) => state)).toEqual(['complete', 'damaged']);
    expect((await runsOf(site)).stdout).toContain('damaged');
  });

  it('takes a number of runs, or all', async () => {
    const site = await newSite();
    const { code, stderr } = await runsOf(site, ['--limit', 'none']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--limit takes a whole number')]);
  });
});
