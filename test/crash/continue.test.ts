import { describe, expect, it } from 'vitest';
import { newSite, type Site, until } from './site.ts';

const ROWS = 300;
/** Sets a unique field, so that all rows are looked at before the first one is sent. */
const CSV = `contact_id,email\n${Array.from({ length: ROWS }, (_, i) => `${i + 1},new${i + 1}@x.example\n`).join('')}`;
const BY_KEY = `version: 1
match: { identifier: crm }
fields: { name: name }
`;

/** Each row of `contacts.csv` has one outcome in `dir`, which says that it is complete. */
function expectAll(site: Site, dir: string, rows = ROWS): void {
  const kept = site.kept(dir);
  expect(kept.rows.map(({ row }) => row).sort((a, b) => a - b)).toEqual(
    Array.from({ length: rows }, (_, i) => i + 1),
  );
  expect(kept.summary).toMatchObject({ rows_read: rows, pending: 0, exit_code: 0 });
}

describe('--continue of a run whose rows are looked at twice', () => {
  it.each([
    ['kill -9', 'SIGKILL'],
    ['SIGTERM', 'SIGTERM'],
  ] as const)('after %s, with a mapping that sets e-mails', async (_what, signal) => {
    const site = await newSite();
    site.write('contacts.csv', CSV);
    const { child, ended } = site.start(['contacts.csv', '--rate', '400']);
    await until(() => site.emulator.journal.length >= 40, child);
    child.kill(signal);
    await ended;
    expect((await site.run(['contacts.csv', '--continue'])).code).toBe(0);
    expect(site.runs()).toHaveLength(1);
    expectAll(site, site.runs()[0] ?? '');
    expect(new Set(site.emulator.journal.map(({ contactId }) => contactId)).size).toBe(ROWS);
  });

  it('after kill -9, with rows that are matched by a key', async () => {
    const site = await newSite();
    site.write('m.yaml', BY_KEY);
    const rows = 60;
    site.write(
      'contacts.csv',
      `crm,name\n${Array.from({ length: rows }, (_, i) => `crm-${i + 1},Name ${i + 1}\n`).join('')}`,
    );
    for (let i = 1; i <= rows; i += 1) site.emulator.edit(i, { identifier: `crm-${i}` });
    const night = ['contacts.csv', '-m', 'm.yaml', '--continue', '--search-rate', '200'];
    const before = site.emulator.journal.length;
    const { child, ended } = site.start([...night, '--rate', '100']);
    await until(() => site.emulator.journal.length >= before + 15, child);
    child.kill('SIGKILL');
    await ended;
    expect((await site.run(night)).code).toBe(0);
    expectAll(site, site.runs()[0] ?? '', rows);
  });

  it('after --max-changes refused it, and was raised', async () => {
    const site = await newSite();
    site.write('contacts.csv', CSV);
    const refused = await site.run(['contacts.csv', '--continue', '--max-changes', '10']);
    expect(refused.code).toBe(3);
    expect(site.emulator.journal).toHaveLength(0);
    expect((await site.run(['contacts.csv', '--continue', '--max-changes', '500'])).code).toBe(0);
    expectAll(site, site.runs().at(-1) ?? '');
  });

  it('with --max-changes, after --stop-after', async () => {
    const site = await newSite();
    site.write('contacts.csv', CSV);
    const night = ['contacts.csv', '--continue', '--max-changes', '500'];
    expect((await site.run([...night, '--rate', '60', '--stop-after', '1s'])).code).toBe(3);
    expect((await site.run(night)).code).toBe(0);
    expect(site.runs()).toHaveLength(1);
    expectAll(site, site.runs()[0] ?? '');
  });

  it('of a shard', async () => {
    const site = await newSite();
    site.write('contacts.csv', CSV);
    const night = ['contacts.csv', '--continue', '--shard', '1/2'];
    const { child, ended } = site.start([...night, '--rate', '200']);
    await until(() => site.emulator.journal.length >= 30, child);
    child.kill('SIGKILL');
    await ended;
    expect((await site.run(night)).code).toBe(0);
    expect(site.runs()).toHaveLength(1);
    const kept = site.kept();
    expect(kept.summary).toMatchObject({ pending: 0, exit_code: 0, rows_read: kept.rows.length });
    expect((await site.run(['contacts.csv', '--shard', '2/2'])).code).toBe(0);
    const other = site.kept();
    expect(kept.rows.length + other.rows.length).toBe(ROWS);
    expect(new Set([...kept.rows, ...other.rows].map(({ row }) => row)).size).toBe(ROWS);
  });
});

it('a wrong inbox ends the run with its own message: rows stay pending, counts add up', async () => {
  const site = await newSite({ contacts: 10 });
  site.write('in.csv', 'id,email\nA1,a1@new.example\nA2,a2@new.example\nA3,a3@new.example\n');
  site.write(
    'm.yaml',
    'version: 1\nmatch: { identifier: id }\non_missing: create\ninbox_id: 999999\nfields: { email: email }\n',
  );
  const { code, stdout, stderr } = await site.run(['in.csv', '-m', 'm.yaml', '--search-rate', '50']);
  expect(code).toBe(3);
  expect(stdout).toContain('the account has no inbox 999999');
  expect(stderr).not.toContain('a bug of ours');
  const { summary, journal } = site.kept();
  expect(summary).toMatchObject({ rows_read: 3, pending: 3, stopped: { code: 'ERR_INBOX' } });
  expect(journal.at(-1)).toMatchObject({ type: 'end', summary: { pending: 3 } });
});
