import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { valueAt } from '../../src/core/field-path.ts';
import { newSite, type Site, until } from './site.ts';

const ROWS = 60;
const file = (tier: string) =>
  `contact_id,custom_attributes.tier\n${Array.from({ length: ROWS }, (_, i) => `${i + 1},${tier}\n`).join('')}`;

/** What the account holds, by value. */
function tiers({ emulator }: Site): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let id = 1; id <= ROWS; id += 1) {
    const tier = String(valueAt(emulator.contact(id) ?? {}, 'custom_attributes.tier'));
    counts[tier] = (counts[tier] ?? 0) + 1;
  }
  return counts;
}

/** Rows of the second run that have an outcome. */
function rowLines(site: Site): number {
  const dir = site.runs()[1];
  return dir
    ? readFileSync(join(site.dir, dir, 'results.jsonl'), 'utf8').split('{"type":"row"').length - 1
    : 0;
}

/** Ten rows in flight, ten that wait for a place there, and the one that was read last. */
const ON_THE_WAY = 21;

/** Where the run of the newer file is killed. */
const MOMENTS: readonly {
  readonly moment: string;
  readonly args: readonly string[];
  readonly prepare?: (site: Site) => void;
  readonly isThere: (site: Site) => boolean;
}[] = [
  {
    // ten rows are in doubt and wait for the rate, all but one, and as many are next in turn
    moment: 'before the request',
    args: ['--rate', '1', '--concurrency', '10'],
    isThere: (site) => site.emulator.journal.length === 1 && rowLines(site) === 1,
  },
  {
    moment: 'between request and answer',
    args: ['--concurrency', '10'],
    prepare: ({ emulator }) => emulator.set({ latencyMs: [3_000, 3_000] }),
    isThere: ({ emulator }) => emulator.journal.length === 10,
  },
  {
    moment: 'as the answer comes',
    args: ['--concurrency', '10', '--rate', '500'],
    isThere: ({ emulator }) => [...emulator.requests].filter(({ status }) => status === 200).length >= 25,
  },
  {
    moment: 'after the journal line',
    args: ['--concurrency', '1', '--rate', '200'],
    isThere: (site) => site.emulator.journal.length > 0 && rowLines(site) >= 25,
  },
];

it.each(MOMENTS)(
  'killed $moment, the older file brings everything back',
  async ({ args, prepare, isThere }) => {
    const site = await newSite({ contacts: ROWS });
    const monday = [site.write('monday.csv', file('gold')), '--state', 'state'];
    await site.run(monday);
    expect(tiers(site)).toEqual({ gold: ROWS });
    site.emulator.reset();
    prepare?.(site);
    const { child, ended } = site.start([
      site.write('tuesday.csv', file('silver')),
      '--state',
      'state',
      ...args,
    ]);
    await until(() => isThere(site));
    child.kill('SIGKILL');
    await ended;
    site.emulator.set({ latencyMs: [0, 0] });
    const changed = tiers(site)['silver'] ?? 0;
    expect(changed).toBeGreaterThan(0);
    expect(changed).toBeLessThan(ROWS);

    const { code, stderr } = await site.run(monday);

    expect(code).toBe(0);
    expect(stderr).toContain('cut off');
    expect(tiers(site)).toEqual({ gold: ROWS });
    // what was not on its way, nor next in turn, is not sent again
    expect(site.kept().summary?.statuses.unchanged).toBeGreaterThanOrEqual(ROWS - changed - ON_THE_WAY);
    expect(site.kept().summary?.statuses.updated).toBeGreaterThanOrEqual(changed);
    site.emulator.reset();
    await site.run(monday);
    expect(site.emulator.requests.length).toBe(0);
  },
);

it('killed and gone on with, the newer file is whole', async () => {
  const site = await newSite({ contacts: ROWS });
  await site.run([site.write('monday.csv', file('gold')), '--state', 'state']);
  site.emulator.reset();
  const { child, ended } = site.start([
    site.write('tuesday.csv', file('silver')),
    ...['--state', 'state', '--rate', '200'],
  ]);
  await until(() => site.emulator.journal.length >= 25);
  child.kill('SIGKILL');
  await ended;
  const { code } = await site.run(['--resume', site.runs().at(-1) ?? '', '--state', 'state']);
  expect(code).toBe(0);
  expect(tiers(site)).toEqual({ silver: ROWS });
  expect(site.kept().rows).toHaveLength(ROWS);
});
