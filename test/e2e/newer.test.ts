import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { type Night, type Nights, nights } from '../helpers/nights.ts';

const MAPPING = 'contact_id: id\nfields: { name: name, phone_number: { column: phone, type: phone } }\n';
/** Takes national numbers as German ones, so that what was bad under the first mapping can be retried. */
const GERMAN =
  'version: 1\ncontact_id: id\nfields: { name: name, phone_number: { column: phone, type: phone, country: DE } }\n';
const NEW = '1,New name,+4930901820\n';
const OLD = '1,Old name,030 901821\n';
const TABLE = [
  ['with a state', true],
  ['without a state', false],
] as const;

/** Where a run wrote, by its number from 1. */
const dirOf = (site: Nights, run: number): string => join(site.dir, `run-${run}`);
const statuses = ({ rows }: Night): string[] => rows.map(({ row, status }) => `${row} ${status}`);
const contact = (site: Nights) => {
  const { name, phone_number } = site.emulator.contact(1) ?? {};
  return { name, phone_number };
};
const NEWEST = { name: 'New name', phone_number: '+4930901820' };

/** Corrects the rejects of a run in place. */
function correct(site: Nights, run: number, from: string, to: string): string {
  const file = join(dirOf(site, run), 'rejects.csv');
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
  return file;
}

it('an unchanged row with a whole object confirms the attributes that it names, and no others', async () => {
  const site = await nights(MAPPING.replace('name: name', 'custom_attributes: attributes'));
  const known = `1,"{""a"":""1"",""b"":""2""}",\n`;
  await site.run(`id,attributes,phone\n${known}1,"{""c"":""3""}",030 901821\n`);
  expect(statuses(await site.run(`id,attributes,phone\n${known}`))).toEqual(['1 unchanged']);
  const fed = await site.runWith([correct(site, 1, '030 901821', '+4930901821')]);
  expect(fed.rows).toMatchObject([{ status: 'updated', fields: ['custom_attributes.c', 'phone_number'] }]);
  expect(site.emulator.contact(1)?.custom_attributes).toMatchObject({ a: '1', b: '2', c: '3' });
});

describe.each(TABLE)('%s, what a newer row sent or confirmed stays', (_what, hasState) => {
  const open = (): Promise<Nights> => begin(hasState);

  it('when a retry sends a row that was invalid before it', async () => {
    const site = await open();
    await site.run(`id,name,phone\n${NEW}`);
    expect((await site.run(`id,name,phone\n${OLD}${NEW}`)).code).toBe(1);
    const retried = await site.runWith(['--retry', dirOf(site, 2), ...german(site)]);
    expect(retried.code).toBe(0);
    expect(statuses(retried)).toEqual(['1 superseded']);
    expect(contact(site)).toEqual(NEWEST);
  });

  it('when the rejects are corrected and fed back', async () => {
    const site = await open();
    await site.run(`id,name,phone\n${NEW}`);
    await site.run(`id,name,phone\n${OLD}${NEW}`);
    const rejects = correct(site, 2, '030 901821', '+4930901821');
    const fed = await site.runWith([rejects]);
    expect(statuses(fed)).toEqual(['1 superseded']);
    expect(contact(site)).toEqual(NEWEST);
  });

  it('when the newer row came in a later run, with other fields than the older one', async () => {
    const site = await open();
    await site.run(`id,name,phone\n${OLD}`);
    // the phone is kept, so the older one is still the newest that is known
    await site.run('id,name,phone\n1,New name,\n');
    const rejects = correct(site, 1, '030 901821', '+4930901821');
    const fed = await site.runWith([rejects]);
    expect(fed.rows).toMatchObject([{ status: 'updated', fields: ['phone_number'] }]);
    expect(contact(site)).toEqual({ name: 'New name', phone_number: '+4930901821' });
    // fed back once more, corrected again: of one row, the last correction is the newest
    correct(site, 1, '+4930901821', '+4930901822');
    await site.runWith([rejects]);
    expect(contact(site)).toEqual({ name: 'New name', phone_number: '+4930901822' });
    // and a retry of the original row, with a mapping that can read it, is older than its corrections
    const retried = await site.runWith(['--retry', dirOf(site, 1), ...german(site)]);
    expect(statuses(retried)).toEqual(['1 superseded']);
    expect(contact(site)).toEqual({ name: 'New name', phone_number: '+4930901822' });
  });

  it('when the rejects of two runs are fed back together, in whatever order', async () => {
    const site = await open();
    await site.run(`id,name,phone\n1,Monday,1\n`);
    await site.run(`id,name,phone\n1,Tuesday,2\n`);
    const monday = correct(site, 1, 'Monday,1', 'Monday,+493012345671');
    const tuesday = correct(site, 2, 'Tuesday,2', 'Tuesday,+493012345672');
    const fed = await site.runWith([tuesday, monday]);
    expect(fed.rows.map(({ status }) => status)).toEqual(['updated', 'superseded']);
    expect(contact(site)).toEqual({ name: 'Tuesday', phone_number: '+493012345672' });
    // rows without a number are today's
    const bare = site.write('bare.csv', readFileSync(monday, 'utf8').replace(/,_run\n/, ',_x\n'));
    expect((await site.runWith([bare])).rows).toMatchObject([{ status: 'updated' }]);
    expect(contact(site)).toMatchObject({ name: 'Monday' });
  });

  it('when a canary goes on after a later run', async () => {
    const site = await open();
    const csv = `id,name,phone\n2,Two,\n${OLD.replace('030 901821', '+4930901821')}3,Three,\n`;
    await site.run(csv, ['--limit', '1']);
    await site.run(`id,name,phone\n${NEW}`);
    const rest = await site.runWith(['--resume', dirOf(site, 1), '--limit', 'all']);
    expect(rest.code).toBe(0);
    expect(readRows(site, 1)).toEqual(['1 updated', '2 superseded', '3 updated']);
    expect(contact(site)).toEqual(NEWEST);
  });

  it('though the clock was set back before the newer run', async () => {
    const site = await open();
    await site.run(`id,name,phone\n${OLD}`);
    const yesterday = { ...systemClock, now: () => Date.now() - 24 * 60 * 60_000 };
    await site.run(`id,name,phone\n${NEW}`, [], { clock: yesterday });
    const retried = await site.runWith(['--retry', dirOf(site, 1), ...german(site)]);
    expect(statuses(retried)).toEqual(['1 superseded']);
    expect(contact(site)).toEqual(NEWEST);
  });

  it('when a shard is retried after a night in other shards', async () => {
    const site = await open();
    const shard = async (csv: string, of: number) => {
      for (let index = 1; index <= of; index++) await site.run(csv, ['--shard', `${index}/${of}`]);
    };
    await shard(`id,name,phone\n${OLD}2,x,y\n`, 2);
    await shard(`id,name,phone\n${NEW}`, 3);
    const said: string[] = [];
    for (const run of [1, 2]) {
      said.push((await site.runWith(['--retry', dirOf(site, run), ...german(site)])).stderr);
    }
    // the other one has nothing to retry
    expect(said.join('')).not.toContain('ERR_NEWER_RUN');
    expect(contact(site)).toEqual(NEWEST);
  });

  it('also where the newer row is in doubt', async () => {
    const site = await open();
    await site.run(`id,name,phone\n${OLD}`);
    site.emulator.set({ contactFaults: { 1: '504-after' } });
    const doubtful = await site.run(`id,name,phone\n${NEW}2,Two,\n`, ['--max-attempts', '1']);
    expect(statuses(doubtful)).toContain('1 failed');
    site.emulator.set({ contactFaults: {} });
    const retried = await site.runWith(['--retry', dirOf(site, 1), ...german(site)]);
    expect(statuses(retried)).toEqual(['1 superseded']);
  });
});

describe('what cannot be told', () => {
  const later = async (): Promise<Nights> => {
    const site = await begin();
    await site.run(`id,name,phone\n${OLD}`);
    await site.run(`id,name,phone\n${NEW}`);
    await site.run('id,name,phone\n2,Two,\n');
    return site;
  };
  const retry = (site: Nights, more: readonly string[] = []): Promise<Night> =>
    site.runWith(['--retry', dirOf(site, 1), ...german(site), ...more]);

  it.each<[string, (site: Nights) => void]>([
    ['a journal between is gone', (site) => rmSync(dirOf(site, 2), { recursive: true })],
    [
      'the last journal is gone, which the state has counted',
      (site) => rmSync(dirOf(site, 3), { recursive: true }),
    ],
    [
      'a journal is damaged',
      (site) => edit(join(dirOf(site, 2), 'results.jsonl'), (text) => text.replace('\n{', '\n!')),
    ],
    [
      'another state has counted the newer run',
      (site) =>
        edit(join(dirOf(site, 2), 'results.jsonl'), (text) =>
          text.replace(/"state_id":"[0-9a-f]+"/, '"state_id":"0123456789abcdef"'),
        ),
    ],
  ])('is refused where %s, and done when it is wanted', async (_what, harm) => {
    const site = await later();
    harm(site);
    const refused = await retry(site);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/--older-data.*ERR_NEWER_RUN/s);
    expect(contact(site)).toEqual(NEWEST);
    expect((await retry(site, ['--older-data'])).code).toBe(0);
    expect(contact(site)).toEqual({ name: 'Old name', phone_number: '+4930901821' });
  });

  it('is refused for rejects whose run is gone', async () => {
    const site = await later();
    const rejects = site.write('rejects.csv', readFileSync(join(dirOf(site, 1), 'rejects.csv'), 'utf8'));
    rmSync(dirOf(site, 1), { recursive: true });
    const refused = await site.runWith([rejects]);
    expect([refused.code, refused.stderr.includes('ERR_NEWER_RUN')]).toEqual([2, true]);
  });
});

it('the numbers of runs rise, dry runs take none, and a state that was moved aside goes on counting', async () => {
  const site = await begin();
  const numberOf = (run: number): unknown => {
    const [header = ''] = readFileSync(join(dirOf(site, run), 'results.jsonl'), 'utf8').split('\n');
    return JSON.parse(header).number;
  };
  await site.run(`id,name,phone\n${NEW}`, ['--dry-run']);
  await site.run(`id,name,phone\n${OLD}`);
  await site.run(`id,name,phone\n${NEW}`);
  await site.runWith(['--retry', dirOf(site, 2)]);
  rmSync(join(site.dir, 'state'), { recursive: true });
  await site.run(`id,name,phone\n${NEW}`);
  expect([1, 2, 3, 4, 5].map(numberOf)).toEqual([undefined, 1, 2, 1, 3]);
});

// --- internal ---

/** As {@link nights}, with an input of its own for every run: a run can be gone back to only while its input is there. */
async function begin(hasState = true): Promise<Nights> {
  const site = await nights(MAPPING, {}, hasState);
  site.write('german.yaml', GERMAN);
  let inputs = 0;
  return {
    ...site,
    run(csv, args = [], here) {
      inputs += 1;
      return site.runWith([site.write(`night-${inputs}.csv`, csv), ...args], here);
    },
  };
}

function german(site: Nights): readonly string[] {
  return ['-m', join(site.dir, 'german.yaml')];
}

function readRows(site: Nights, run: number): string[] {
  return readFileSync(join(dirOf(site, run), 'results.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{"type":"row"'))
    .map((line) => JSON.parse(line) as { row: number; status: string })
    .map(({ row, status }) => `${row} ${status}`);
}

function edit(file: string, change: (text: string) => string): void {
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}
