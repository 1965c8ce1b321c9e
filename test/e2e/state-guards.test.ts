import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nights } from '../helpers/nights.ts';

const MAPPING = `
contact_id: id
fields: { name: { column: name, empty: clear }, custom_attributes.tier: tier }
`;

const csv = (name: (id: number) => string, tier: (id: number) => string = () => 'gold') =>
  `id,name,tier\n${Array.from({ length: 100 }, (_, i) => `${i + 1},${name(i + 1)},${tier(i + 1)}\n`).join('')}`;
const named = csv((id) => `Person ${id}`);
const emptied = csv(() => '');

describe('--max-changes', () => {
  it.each(['20%', '99'])('%s: an emptied column empties nothing', async (bound) => {
    const { run, emulator } = await nights(MAPPING);
    await run(named);

    const { code, requests, summary } = await run(emptied, ['--max-changes', bound]);

    expect([code, requests]).toEqual([3, 0]);
    expect(summary.stopped).toMatchObject({ code: 'ERR_MAX_CHANGES' });
    expect(summary.stopped?.message).toContain('100 of 100 rows would change a contact');
    expect(summary.rows_read).toBe(0);
    expect(emulator.contact(1)?.['name']).toBe('Person 1');
    // and the state is as it was
    expect((await run(named, ['--max-changes', '0'])).code).toBe(0);
  });

  it('lets as many through as it says', async () => {
    const { run } = await nights(MAPPING);
    await run(named);
    const five = csv(
      (id) => `Person ${id}`,
      (id) => (id <= 5 ? 'silver' : 'gold'),
    );
    expect((await run(five, ['--max-changes', '4'])).code).toBe(3);
    const { code, sent } = await run(five, ['--max-changes', '5']);
    expect([code, sent.length]).toEqual([0, 5]);
  });

  it('needs an input that can be read twice', async () => {
    const { runWith } = await nights(MAPPING);
    const { code, stderr, files, requests } = await runWith(['-', '--max-changes', '5'], { stdin: named });
    expect([code, requests]).toEqual([2, 0]);
    expect(stderr).toMatch(/read the input twice.*--spool/);
    expect(files).toEqual([]); // no run directory is left behind
    const spooled = await runWith(['-', '--spool', '--max-changes', '5'], { stdin: named });
    expect([spooled.code, spooled.requests]).toEqual([3, 0]);
  });
});

describe('--dry-run', () => {
  it('prints the plan and changes neither the account nor the state', async () => {
    const { run, dir } = await nights(MAPPING);
    const { summary: first } = await run(named);
    const database = `${dir}/state/${first.account}/data.mdb`;
    const before = readFileSync(database);
    const changed = csv(
      (id) => (id === 1 ? 'Ann' : `Person ${id}`),
      (id) => (id <= 60 ? 'silver' : 'gold'),
    );

    const { code, requests, summary, stdout } = await run(changed, ['--dry-run']);

    expect([code, requests]).toEqual([0, 0]);
    expect(summary.statuses).toMatchObject({ planned: 60, unchanged: 40 });
    expect(summary.changes).toEqual({ 'custom_attributes.tier': 60, name: 1 });
    expect(summary.forecast?.requests).toBe(60);
    expect(stdout).toMatch(/Would send:\n +custom_attributes\.tier +60 rows\n +name +1 row\n +60 requests/);
    expect(readFileSync(database).equals(before)).toBe(true);
    expect((await run(changed)).sent).toHaveLength(60);
  });

  it('counts the reads that additional_attributes take', async () => {
    const { run } = await nights('contact_id: id\nfields: { additional_attributes.city: city }\n');
    const { summary } = await run('id,city\n1,Berlin\n2,Paris\n', ['--dry-run', '--full']);
    expect(summary.forecast?.requests).toBe(4);
  });

  it('without a state yet makes none', async () => {
    const { run, dir } = await nights(MAPPING);
    const { summary } = await run(named, ['--dry-run']);
    expect(summary.statuses.planned).toBe(100);
    expect(() => readFileSync(`${dir}/state/${summary.account}/data.mdb`)).toThrow('ENOENT');
  });
});
