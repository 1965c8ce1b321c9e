import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newSite, type Site, until } from './site.ts';

/** 900 rows: the fifth and the last are of contact 5, and the API breaks at that contact until the fifth has failed. */
async function monday(lastRow: string): Promise<Site> {
  const site = await newSite({ contactFaults: { 5: '500' } });
  const rows = Array.from({ length: 899 }, (_, i) => `${i + 1},old name ${i + 1},${i + 1}`);
  site.write('contacts.csv', ['contact_id,name,custom_attributes.n', ...rows, lastRow, ''].join('\n'));
  const { ended } = site.start(['contacts.csv', '--max-attempts', '1', '--rate', '600']);
  // the fifth row has failed before the last one is sent
  await until(() => site.runs().length > 0 && site.kept().rows.some(({ row }) => row === 5));
  site.emulator.set({ contactFaults: {} });
  expect((await ended).code).toBe(1);
  expect(site.kept().rows.find(({ row }) => row === 5)).toMatchObject({ status: 'failed' });
  expect(site.kept().rows.find(({ row }) => row === 900)).toMatchObject({ status: 'updated' });
  return site;
}

describe('a row that failed, of a contact that a later row brought up to date', () => {
  it('is superseded where the later row delivered the same fields', async () => {
    const site = await monday('5,new name,new');
    const { code, stdout } = await site.run(['--retry', 'runs/latest']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/superseded +1 /);
    expect(site.kept().rows).toMatchObject([{ row: 5, contact_id: 5, status: 'superseded' }]);
    expect(site.emulator.contact(5)).toMatchObject({ name: 'new name', custom_attributes: { n: 'new' } });
  });

  it('sends only the fields that the later row did not', async () => {
    const site = await monday('5,,new');
    expect((await site.run(['--retry', 'runs/latest'])).code).toBe(0);
    expect(site.kept().rows).toMatchObject([{ row: 5, status: 'updated', fields: ['name'] }]);
    expect(site.emulator.contact(5)).toMatchObject({ name: 'old name 5', custom_attributes: { n: 'new' } });
  });
});

describe('a retry', () => {
  /** Contacts 1 to 5; the third and the fourth are refused. */
  const REFUSED = { contacts: 1_000, contactFaults: { 3: '500', 4: '500' } } as const;
  const ROWS = 'contact_id,name\n1,a\n2,b\n3,c\n4,d\n5,e\nx,f\n';

  it('is a new run over the bad rows only, and names the one it retries', async () => {
    const site = await newSite(REFUSED);
    site.write('contacts.csv', ROWS);
    await site.run(['contacts.csv', '--max-attempts', '1', '--max-errors', '100%']);
    const [parent = ''] = site.runs();
    site.emulator.set({ contactFaults: {} });
    const { code } = await site.run(['--retry', parent]);
    expect(code).toBe(1);
    expect(site.runs()).toHaveLength(2);
    const { journal, rows, summary } = site.kept();
    expect(rows.map(({ row, status }) => `${row} ${status}`).sort()).toEqual([
      '3 updated',
      '4 updated',
      '6 invalid',
    ]);
    expect(summary?.rows_read).toBe(3);
    expect(journal[0]).toMatchObject({
      parent_run: { run_id: (site.kept(parent).journal[0] as { run_id: string }).run_id },
    });
  });

  it('twice of the same run is refused, with the command that goes on', async () => {
    const site = await newSite(REFUSED);
    site.write('contacts.csv', ROWS);
    await site.run(['contacts.csv', '--max-attempts', '1', '--max-errors', '100%']);
    const [parent = ''] = site.runs();
    site.emulator.set({ contactFaults: {} });
    // with another mapping, too: it is the same rows all the same
    const mapping = site.write(
      'm.yaml',
      'version: 1\ncontact_id: contact_id\nfields:\n  custom_attributes.a: name\n',
    );
    await site.run(['--retry', parent, '-m', mapping]);
    const { code, stderr } = await site.run(['--retry', parent]);
    expect(code).toBe(2);
    const [, command = ''] = /go on with what it left: livedesk-sync run (--retry \S+) /.exec(stderr) ?? [];
    expect((await site.run(command.split(' '))).code).toBe(1);
  });

  it('twice, where the first has left nothing, names no command that would find nothing', async () => {
    const site = await newSite({ contactFaults: { 2: '403' } });
    site.write('contacts.csv', 'contact_id,name\n1,a\n2,b\n');
    await site.run(['contacts.csv', '--max-attempts', '1']);
    const [parent = ''] = site.runs();
    site.emulator.set({ contactFaults: {} });
    expect((await site.run(['--retry', parent])).code).toBe(0);
    const { code, stderr } = await site.run(['--retry', parent]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/It left none of them\. \(ERR_NEWER_RUN\)/);
    expect((await site.run(['--retry', site.runs().at(-1) ?? ''])).stderr).toMatch(
      /no bad rows; all of its rows are done \(ERR_NOTHING_TO_RETRY\)/,
    );
  });

  it('that was stopped goes on with its own rows only', async () => {
    const site = await newSite(REFUSED);
    site.write('contacts.csv', ROWS);
    await site.run(['contacts.csv', '--max-attempts', '1', '--max-errors', '100%']);
    const stopped = await site.run(['--retry', 'runs/latest', '--outage-budget', '1s', '--max-errors', '0']);
    expect(stopped.code).toBe(3);
    site.emulator.set({ contactFaults: {} });
    const { code } = await site.run(['--resume', site.runs().at(-1) ?? '']);
    expect(code).toBe(1);
    expect(site.kept().summary).toMatchObject({ rows_read: 3, pending: 0 });
  });

  it('has nothing to do where nothing is bad', async () => {
    const site = await newSite();
    site.write('contacts.csv', 'contact_id,name\n1,a\n');
    await site.run(['contacts.csv']);
    const { code, stderr } = await site.run(['--retry', 'runs/latest']);
    expect(code).toBe(2);
    expect(stderr).toContain('ERR_NOTHING_TO_RETRY');
    expect(site.runs()).toHaveLength(1);
  });

  it('says that an edited rejects file is not what it reads, and what feeds it back', async () => {
    const site = await newSite();
    site.write('contacts.csv', ROWS);
    await site.run(['contacts.csv']);
    const [parent = ''] = site.runs();
    const rejects = join(site.dir, parent, 'rejects.csv');
    writeFileSync(rejects, readFileSync(rejects, 'utf8').replace('x,f', '6,f'));
    const { stderr } = await site.run(['--retry', parent]);
    const [, command = ''] = /To send the corrections: livedesk-sync run ([^"]+)"/.exec(stderr) ?? [];
    expect(stderr).toMatch(/rejects\.csv was edited since the run, but --retry reads the original inputs/);
    expect((await site.run(command.split(' '))).code).toBe(0);
    expect(site.emulator.contact(6)).toMatchObject({ name: 'f' });
  });

  it('needs the original input as it was', async () => {
    const site = await newSite();
    const input = site.write('contacts.csv', ROWS);
    await site.run(['contacts.csv']);
    appendFileSync(input, '7,g\n');
    const { code, stderr } = await site.run(['--retry', 'runs/latest']);
    expect(code).toBe(2);
    expect(stderr).toContain('ERR_INPUT_CHANGED');
  });
});

it('the summary of an imperfect run names a command that works as it stands', async () => {
  const site = await newSite();
  site.write('contacts.csv', 'contact_id,name\n1,a\nx,b\n');
  const { stdout } = await site.run(['contacts.csv']);
  const commands = [...stdout.matchAll(/livedesk-sync run (.+)$/gm)].map(([, command = '']) => command);
  expect(commands).toHaveLength(2);
  const [feedBack = '', retry = ''] = commands;
  const rejects = join(site.dir, site.runs()[0] ?? '', 'rejects.csv');
  writeFileSync(rejects, readFileSync(rejects, 'utf8').replace('x,b', '2,b'));
  expect((await site.run(retry.split(' '))).code).toBe(1);
  expect((await site.run(feedBack.split(' '))).code).toBe(0);
  expect(site.emulator.contact(2)).toMatchObject({ name: 'b' });
});
