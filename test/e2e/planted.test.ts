import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cliHere } from '../helpers/cli-here.ts';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { writeInput } from '../helpers/write-input.ts';

const CSV = 'contact_id,name\n1,Anna\nx,Bert\n';

/** A run in a folder where others may write, in which they have planted links to what is precious. */
async function plantedRun(plant: (dir: string, precious: string) => void, ...args: string[]) {
  const emulator = await emulatorHere({ contacts: 3 });
  const dir = tempDir();
  const precious = join(dir, 'precious');
  writeFileSync(precious, 'precious\n');
  plant(dir, precious);
  const own = args.map((arg) => arg.replace('DIR', dir));
  const input = writeInput('contacts.csv', CSV);
  const ended = await cliHere(['run', input, '--base-url', emulator.url, '--rate', 'unlimited', ...own]);
  expect(readFileSync(precious, 'utf8')).toBe('precious\n');
  return { dir, ended };
}

test('links beside --metrics-file and in its place are not followed', async () => {
  const { dir, ended } = await plantedRun(
    (at, precious) => {
      symlinkSync(precious, join(at, '.x.prom.new'));
      symlinkSync(precious, join(at, 'x.prom'));
    },
    ...['--metrics-file', 'DIR/x.prom', '-o', 'DIR/run'],
  );
  expect(ended.code).toBe(1);
  expect(readFileSync(join(dir, 'x.prom'), 'utf8')).toContain('livedesk_sync_exit_code');
  expect(() => readlinkSync(join(dir, 'x.prom'))).toThrow('EINVAL');
});

test('a pipe in place of --metrics-file does not hold the run', async () => {
  const { dir, ended } = await plantedRun(
    (at) => void execFileSync('mkfifo', [join(at, 'x.prom')]),
    ...['--metrics-file', 'DIR/x.prom', '-o', 'DIR/run'],
  );
  expect(ended.code).toBe(1);
  expect(readFileSync(join(dir, 'x.prom'), 'utf8')).toContain('livedesk_sync_exit_code');
});

test.each(['mapping.json', 'summary.json', '.summary.json'])(
  'a link called %s in the run directory',
  async (name) => {
    const { ended } = await plantedRun(
      (at, precious) => {
        mkdirSync(join(at, 'run'));
        symlinkSync(precious, join(at, 'run', name));
      },
      ...['-o', 'DIR/run'],
    );
    expect(ended.code).toBe(1);
  },
);

test('a link in place of the rejects file stops the run', async () => {
  const { ended } = await plantedRun(
    (at, precious) => {
      mkdirSync(join(at, 'run'));
      symlinkSync(precious, join(at, 'run', 'rejects.csv'));
    },
    ...['-o', 'DIR/run'],
  );
  expect([ended.code, ended.stdout]).toEqual([3, expect.stringContaining('ERR_JOURNAL')]);
});

test('a link beside the report', async () => {
  const { dir } = await plantedRun(() => {}, ...['-o', 'DIR/run']);
  const precious = join(dir, 'precious');
  symlinkSync(precious, join(dir, 'run', 'report.html.new'));
  symlinkSync(precious, join(dir, 'run', 'report.html'));
  expect((await cliHere(['report', join(dir, 'run')])).code).toBe(0);
  expect(readFileSync(precious, 'utf8')).toBe('precious\n');
});

test.each([
  ['a device', '/dev/zero', 'it is a device'],
  ['a pipe that no process writes to', 'PIPE', 'no process writes to it'],
])('a mapping from %s is refused at once', async (_what, path, why) => {
  const pipe = join(tempDir(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  const mapping = path.replace('PIPE', pipe);
  const ended = await cliHere(['run', writeInput('contacts.csv', CSV), '-m', mapping, '--dry-run']);
  expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining(why)]);
});
