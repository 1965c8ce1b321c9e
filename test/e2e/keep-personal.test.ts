import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunsList } from '../../src/commands/runs/runs-model.ts';
import { systemClock } from '../../src/core/clock.ts';
import { cliHere } from '../helpers/cli-here.ts';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const DAY = 24 * 3_600_000;
const MAPPING = 'version: 1\ncontact_id: id\nfields:\n  custom_attributes.n: { column: n, type: integer }\n';
const BAD = 'id,n\n1,1\n2,secret@example.com\n3,3,3\n';
const GOOD = 'id,n\n1,1\n';
const KEEP = ['--keep-personal', '7d'];

async function place() {
  const emulator = await emulatorHere({ contacts: 100 });
  const dir = tempDir();
  mkdirSync(join(dir, 'runs'));
  const path = (...names: string[]) => join(dir, ...names);
  writeFileSync(path('mapping.yaml'), MAPPING);
  const run = (name: string, days: number, args: readonly string[], stdin?: string) =>
    cliHere(
      [
        'run',
        ...args,
        '-o',
        path('runs', name),
        '--base-url',
        emulator.url,
        '--rate',
        'unlimited',
        '--no-state',
      ],
      {
        clock: { ...systemClock, now: () => systemClock.now() + days * DAY },
        ...(stdin === undefined ? {} : { stdin }),
      },
    );
  const input = (name: string, text: string): string[] => {
    writeFileSync(path(name), text);
    return [path(name), '-m', path('mapping.yaml')];
  };
  const files = (name: string) => readdirSync(path('runs', name)).sort();
  const list = async (): Promise<RunsList> =>
    JSON.parse((await cliHere(['runs', path('runs'), '--json'])).stdout);
  return { emulator, path, run, input, files, list };
}

const REJECTS = ['rejects-unreadable.txt', 'rejects.csv'];

describe('--keep-personal', () => {
  it('deletes what holds rows of finished runs that ended longer ago, and nothing else', async () => {
    const { run, input, files, path, list } = await place();
    await run('old', 0, input('bad.csv', BAD));
    await run('young', 2, input('bad.csv', BAD));
    const before = files('old');
    expect(before).toEqual(expect.arrayContaining(['rejects.csv']));
    const dry = await run('dry', 8, [...input('good.csv', GOOD), ...KEEP, '--dry-run']);
    expect([dry.code, files('old')], 'a dry run changes nothing').toEqual([0, before]);
    const now = await run('now', 8, [...input('bad.csv', BAD), ...KEEP]);
    expect(now.stderr).toContain('deleted personal data of old runs (--keep-personal)');
    const personal = before.filter((name) => REJECTS.includes(name));
    expect(files('old')).toEqual(
      [...before.filter((name) => !personal.includes(name)), 'deleted.json'].sort(),
    );
    expect(JSON.parse(readFileSync(path('runs/old/deleted.json'), 'utf8'))).toMatchObject({
      files: personal,
    });
    for (const name of ['young', 'now']) expect(files(name)).toContain('rejects.csv');
    const { runs } = await list();
    expect(runs.map(({ personal_deleted_at: at }) => at !== null)).toEqual([false, false, false, true]);
  });

  it('says what commands that were printed cannot do any more, and leaves them out of lists', async () => {
    const { run, input, path, list } = await place();
    await run('old', 0, input('bad.csv', BAD));
    await run('now', 8, [...input('good.csv', GOOD), ...KEEP]);
    const old = path('runs/old');
    const refused = await run('retry', 8, ['--retry', old, '--corrected']);
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringMatching(
        /the rejects files of \S+ were deleted on \S+Z \(--keep-personal\)\. .* send the bad rows again as they are: livedesk-sync run --retry \S+ \(ERR_NOTHING_TO_RETRY\)/,
      ),
    ]);
    const { runs } = await list();
    expect(runs.at(-1)?.next).toMatch(/^send the bad rows again as they are: livedesk-sync run --retry \S+$/);
    const { stdout } = await cliHere(['report', old, '--format', 'markdown']);
    expect(stdout).not.toContain('--corrected');
    const again = await run('retry', 8, ['--retry', old]);
    expect([again.code, existsSync(path('runs/retry/rejects.csv'))]).toEqual([1, true]);
  });

  it('keeps a copy of stdin as long as its run may go on, and no longer', async () => {
    const { run, input, path, files } = await place();
    const piped = ['-', '--spool', '-m', path('mapping.yaml')];
    await run('stopped', 0, [...piped, '--stop-after', '0s'], BAD);
    await run('done', 0, piped, BAD);
    await run('now', 8, [...input('good.csv', GOOD), ...KEEP]);
    expect([files('stopped').includes('spool'), files('done').includes('spool')]).toEqual([true, false]);
    const retry = await run('retry', 8, ['--retry', path('runs/done')]);
    expect([retry.code, retry.stderr]).toEqual([
      2,
      expect.stringMatching(
        /the copy of stdin that \S+ read was deleted on .* Pipe the input in again, as a new run/,
      ),
    ]);
  });

  it('keeps the rejects that an unfinished retry reads', async () => {
    const { run, input, path, files } = await place();
    await run('old', 0, input('bad.csv', BAD));
    await run('retry', 0, ['--retry', path('runs/old'), '--corrected', '--stop-after', '0s']);
    await run('now', 8, [...input('good.csv', GOOD), ...KEEP]);
    expect(files('old')).toContain('rejects.csv');
  });

  it('deletes at the end of a run that stopped, too', async () => {
    const { emulator, run, input, files } = await place();
    await run('old', 0, input('bad.csv', BAD));
    emulator.setDown(true);
    const down = await run('now', 8, [
      ...input('good.csv', GOOD),
      ...KEEP,
      '--outage-budget',
      '0s',
      '--max-attempts',
      '1',
    ]);
    expect([down.code, files('old').includes('rejects.csv')]).toEqual([3, false]);
  });

  it('takes a duration of any length', async () => {
    const { run, input } = await place();
    expect((await run('a', 0, [...input('good.csv', GOOD), '--keep-personal', '365d'])).code).toBe(0);
    const { code, stderr } = await run('b', 0, [...input('good.csv', GOOD), '--keep-personal', '3']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--keep-personal takes a duration')]);
  });
});
