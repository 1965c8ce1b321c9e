import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { newPlace, type Place } from '../helpers/place.ts';
import { smallDisk } from '../helpers/small-disk.ts';

const RATE = ['--rate', 'unlimited'];

async function begin(): Promise<Place> {
  const place = await newPlace();
  place.write('a.csv', 'contact_id,name\n1,Ann\n2,Bob\n');
  return place;
}

it('is kept beside the runs, which the first run says, and stays whatever is deleted there', async () => {
  const place = await begin();
  const first = await place.run(['a.csv', ...RATE]);
  expect([first.code, first.sent]).toEqual([0, 2]);
  expect(first.stderr).toMatch(/remembered in runs\/\.state/);
  const second = await place.run(['a.csv', ...RATE, '--keep', '1']);
  expect([second.sent, second.stderr.includes('remembered')]).toEqual([0, false]);
  expect((await place.run(['a.csv', '--dry-run'])).stdout).toMatch(/unchanged +2/);
  expect((await place.run(['a.csv', ...RATE, '--continue', '--keep', '1'])).sent).toBe(0);
  expect([place.runs().length, existsSync('runs/.state')]).toEqual([1, true]);
});

it('--no-state keeps none', async () => {
  const place = await begin();
  await place.run(['a.csv', ...RATE, '--no-state']);
  expect([(await place.run(['a.csv', ...RATE, '--no-state'])).sent, existsSync('runs/.state')]).toEqual([
    2,
    false,
  ]);
});

it('a dry run makes none', async () => {
  const place = await begin();
  expect((await place.run(['a.csv', '--dry-run'])).code).toBe(0);
  expect(existsSync('runs/.state')).toBe(false);
});

it('that cannot be made is a warning, and one that was named is a mistake', async () => {
  const place = await begin();
  mkdirSync('runs');
  writeFileSync('runs/.state', 'a file');
  const run = await place.run(['a.csv', ...RATE]);
  expect([run.code, run.sent]).toEqual([0, 2]);
  expect(run.stderr).toMatch(/there can be no state in runs\/\.state \(a file is in its place\)/);
  expect((await place.run(['a.csv', ...RATE, '--state', 'runs/.state'])).code).toBe(2);
});

it('where runs may only be read, a run that is kept elsewhere has none, which is said; a pull has nowhere to go', async (context) => {
  const place = await begin();
  const disk = smallDisk(context);
  execFileSync('mount', ['-o', 'remount,ro', disk]);
  symlinkSync(disk, 'runs');
  const run = await place.run(['a.csv', ...RATE, '--run-dir', 'elsewhere/run']);
  expect([run.code, run.sent]).toEqual([0, 2]);
  expect(run.stderr).toMatch(/there can be no state in runs\/\.state \(EROFS\)/);
  const pull = await place.type(['pull', ...RATE]);
  expect([pull.code, pull.stderr]).toEqual([
    2,
    expect.stringMatching(/runs\/\.state \(EROFS\): name a .*--state/),
  ]);
});

it('a resume finds it by its id, also where another one was named by mistake', async () => {
  const place = await begin();
  await place.run(['a.csv', ...RATE, '--limit', '1']);
  const [run = ''] = place.runs();
  const rest = await place.run(['--resume', run, '--limit', 'all', '--state', 'elsewhere', ...RATE]);
  expect([rest.code, rest.sent, existsSync('elsewhere')]).toEqual([0, 1, false]);
  expect((await place.run(['a.csv', ...RATE])).sent).toBe(0);
});
