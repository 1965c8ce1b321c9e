import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newPlace, type Place } from '../helpers/place.ts';

const RATE = ['--rate', 'unlimited'];
const CONTACTS = 6;
const OUTDATED = /a run without the state in \S+ has sent to the account/;

const csv = (name: string): string =>
  `contact_id,name\n${Array.from({ length: CONTACTS }, (_, i) => `${i + 1},${name}\n`).join('')}`;

/** A place with two files of the same contacts, of which the first has been sent with the state. */
async function begin(): Promise<Place> {
  const place = await newPlace();
  place.write('a.csv', csv('Monday'));
  place.write('b.csv', csv('Tuesday'));
  expect((await place.run(['a.csv', ...RATE])).sent).toBe(CONTACTS);
  return place;
}

const namesIn = ({ emulator }: Place) =>
  [...new Set(Array.from({ length: CONTACTS }, (_, i) => emulator.contact(i + 1)?.name))].join();

/** The first file is sent whole, which is said, and then nothing is left to send. */
async function expectAllSent(place: Place, args: readonly string[] = []): Promise<void> {
  const look = await place.run(['a.csv', ...RATE, ...args, '--dry-run']);
  expect(look.stdout).toMatch(new RegExp(`planned +${CONTACTS}`));
  const again = await place.run(['a.csv', ...RATE, ...args]);
  expect([again.code, again.sent, namesIn(place)]).toEqual([0, CONTACTS, 'Monday']);
  expect(again.stderr).toMatch(OUTDATED);
  const third = await place.run(['a.csv', ...RATE, ...args]);
  expect([third.code, third.sent]).toEqual([0, 0]);
  expect(third.stderr).not.toMatch(OUTDATED);
}

describe('what a state knows counts no more once something else has sent to the account:', () => {
  it('a run without a state', async () => {
    const place = await begin();
    expect((await place.run(['b.csv', ...RATE, '--no-state'])).sent).toBe(CONTACTS);
    await expectAllSent(place);
  });

  it('a run with another state, and then the other way round', async () => {
    const place = await begin();
    await place.run(['b.csv', ...RATE, '--state', 'other']);
    await expectAllSent(place);
    const other = await place.run(['b.csv', ...RATE, '--state', 'other']);
    expect([other.sent, namesIn(place)]).toEqual([CONTACTS, 'Tuesday']);
  });

  it('a run without a state that goes on later, with its number of long ago', async () => {
    const place = await begin();
    await place.run(['b.csv', ...RATE, '--no-state', '--limit', '3']);
    const [, canary = ''] = place.runs();
    await place.run(['a.csv', ...RATE]);
    // the newer run has confirmed them, so older data has to be wanted
    const rest = await place.run(['--resume', canary, '--limit', 'all', '--older-data', ...RATE]);
    expect([rest.sent, existsSync('runs/.state')]).toEqual([3, true]);
    await expectAllSent(place);
  });

  it('a retry without a state', async () => {
    const place = await begin();
    place.write('b.csv', csv('Tuesday').replace('6,Tuesday', '6,'.padEnd(300, 'x')));
    await place.run(['b.csv', ...RATE, '--no-state']);
    await place.run(['a.csv', ...RATE]);
    const rejects = join('runs', place.runs()[1] ?? '', 'rejects.csv');
    writeFileSync(rejects, readFileSync(rejects, 'utf8').replace(/x{9,}/, 'Tuesday'));
    const [, second = ''] = place.runs();
    const retried = await place.run(['--retry', second, '--corrected', '--older-data', ...RATE]);
    expect([retried.code, retried.sent]).toEqual([0, 1]);
    await expectAllSent(place);
  });

  it('a run with the state that is gone on with without', async () => {
    const place = await begin();
    await place.run(['b.csv', ...RATE, '--limit', '3']);
    const [, canary = ''] = place.runs();
    await place.run(['--resume', canary, '--limit', 'all', '--no-state', ...RATE]);
    await expectAllSent(place);
  });

  it('a run whose directory is elsewhere, or was deleted', async () => {
    const place = await begin();
    await place.run(['b.csv', ...RATE, '--no-state', '--run-dir', 'elsewhere/b']);
    await expectAllSent(place);
    await place.run(['b.csv', ...RATE, '--no-state']);
    rmSync(join('runs', place.runs().at(-1) ?? ''), { recursive: true });
    await expectAllSent(place);
  });

  it('a run whose state could not be made', async () => {
    const place = await newPlace();
    place.write('a.csv', csv('Monday'));
    place.write('b.csv', csv('Tuesday'));
    await place.run(['a.csv', ...RATE, '--state', 'state']);
    mkdirSync('runs', { recursive: true });
    writeFileSync('runs/.state', 'a file');
    expect((await place.run(['b.csv', ...RATE])).sent).toBe(CONTACTS);
    await expectAllSent(place, ['--state', 'state']);
  });

  it('a run of which the note cannot be read', async () => {
    const place = await begin();
    await place.run(['b.csv', ...RATE, '--no-state']);
    const note = readdirSync('runs').find((name) => name.endsWith('.sender.json')) ?? '';
    writeFileSync(join('runs', note), '{"state_');
    await expectAllSent(place);
  });

  it('in each shard', async () => {
    const place = await begin();
    for (const share of ['1/2', '2/2']) await place.run(['a.csv', ...RATE, '--shard', share]);
    // one shard sends more often than the other, so that its records are of higher epochs
    for (const file of ['b.csv', 'a.csv', 'b.csv', 'a.csv']) {
      await place.run([file, ...RATE, '--shard', '2/2']);
    }
    await place.run(['b.csv', ...RATE, '--no-state']);
    let sent = 0;
    for (const share of ['1/2', '2/2']) sent += (await place.run(['a.csv', ...RATE, '--shard', share])).sent;
    expect([sent, namesIn(place)]).toEqual([CONTACTS, 'Monday']);
    for (const share of [['--shard', '1/2'], ['--shard', '2/2'], []]) {
      expect((await place.run(['a.csv', ...RATE, ...share])).sent).toBe(0);
    }
  });
});

it('a dry run without a state outdates nothing, nor does one that sends to another account', async () => {
  const place = await begin();
  await place.run(['b.csv', ...RATE, '--no-state', '--dry-run']);
  const env = { LIVEDESK_API_KEY: 'another-key' };
  await place.run(['b.csv', ...RATE, '--no-state'], { env });
  const again = await place.run(['a.csv', ...RATE]);
  expect([again.sent, OUTDATED.test(again.stderr)]).toEqual([0, false]);
});
