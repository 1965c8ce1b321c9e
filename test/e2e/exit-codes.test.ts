import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../helpers/cli-process.ts';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { sync } from '../helpers/sync.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { numberedCsv, writeInput } from '../helpers/write-input.ts';

const MAPPING = 'version: 1\ncontact_id: contact_id\nfields:\n  name: name\n';

describe('0 and 1', () => {
  it('0 when every row was delivered or had nothing to send', async () => {
    const emulator = await emulatorHere({ contacts: 2 });
    const input = writeInput('contacts.csv', 'contact_id,name\n1,Anna\n2,\n');
    const { code, summary } = await sync({ url: emulator.url, args: [input] });
    expect([code, summary.exit_code]).toEqual([0, 0]);
    expect(summary.statuses).toMatchObject({ updated: 1, skipped: 1 });
  });

  it('0 with a warning for a header without rows', async () => {
    const emulator = await emulatorHere();
    const { code, summary } = await sync({
      url: emulator.url,
      args: [writeInput('contacts.csv', 'contact_id,name\n')],
    });
    expect(code).toBe(0);
    expect(summary.warnings).toContain('the input has no rows');
  });

  it('1 when a row is bad', async () => {
    const emulator = await emulatorHere({ contacts: 1 });
    const { code } = await sync({
      url: emulator.url,
      args: [writeInput('contacts.csv', 'contact_id,name\n1,Anna\nx,Björn\n')],
    });
    expect(code).toBe(1);
  });
});

describe('2, and nothing is sent', () => {
  interface Case {
    readonly name: string;
    readonly input?: string;
    readonly mapping?: string;
    readonly args?: readonly string[];
    readonly env?: Readonly<Record<string, string | undefined>>;
    readonly says: RegExp;
  }
  const contacts = 'contact_id,name\n1,Anna\n';
  it.each<Case>([
    { name: 'an unknown option', args: ['--ratte', '5'], says: /ratte/ },
    { name: 'a rate that is none', args: ['--rate', 'fast'], says: /--rate .*"fast" \(ERR_USAGE\)/ },
    { name: 'a log level that is none', args: ['--log-level', 'loud'], says: /loud/ },
    {
      name: 'missing credentials',
      env: { LIVEDESK_API_KEY: undefined, LIVEDESK_API_SECRET: undefined },
      says: /LIVEDESK_API_KEY and LIVEDESK_API_SECRET .*\(ERR_CREDENTIALS_MISSING\)/,
    },
    {
      name: 'half of the credentials',
      env: { LIVEDESK_API_SECRET: undefined },
      says: /LIVEDESK_API_SECRET is not set/,
    },
    { name: 'an empty file', input: '', says: /empty|0 bytes/ },
    { name: 'a header without the id', input: 'id,name\n1,Anna\n', says: /contact_id/ },
    { name: 'a doubled header', input: 'contact_id,name,name\n1,Anna,Anna\n', says: /"name"/ },
    {
      name: 'a header that does not decode',
      input: 'windows-1252',
      says: /windows-1252/,
    },
    { name: 'YAML that is none', mapping: 'version: 1\nfields: [', says: /mapping\.yaml:\d+:\d+/ },
    { name: 'an unknown key', mapping: `${MAPPING}feilds: {}\n`, says: /mapping\.yaml:5:1.*feilds/ },
    {
      name: 'an unknown column',
      mapping: `${MAPPING}  email: Name\n`,
      says: /mapping\.yaml:5:\d+.*"Name".*"name"/s,
    },
    { name: 'an unknown field', mapping: `${MAPPING}  e_mail: name\n`, says: /e_mail/ },
    {
      name: 'fewer rows than --min-rows',
      args: ['--min-rows', '2'],
      says: /1 rows?, fewer than --min-rows 2/,
    },
    { name: 'http to another machine', args: ['--base-url', 'http://example.com'], says: /https:/ },
  ])('$name', async ({ input = contacts, mapping, args = [], env = {}, says }) => {
    const emulator = await emulatorHere({ contacts: 1 });
    const text = input === 'windows-1252' ? Buffer.from('contact_id,na\xefve\n1,x\n', 'latin1') : input;
    const file = writeInput('contacts.csv', text);
    const runDir = join(tempDir(), 'run');
    const url = args.includes('--base-url') ? [] : ['--base-url', emulator.url];
    const map = mapping === undefined ? [] : ['-m', writeInput('mapping.yaml', mapping)];
    const { code, stdout, stderr } = await runCli(['run', file, '-o', runDir, ...url, ...map, ...args], {
      env,
    });

    expect(stderr).toMatch(says);
    expect(stderr).not.toContain('    at ');
    expect([code, stdout]).toEqual([2, '']);
    expect(emulator.requests.length).toBe(0);
  });

  it('a file that is not there', async () => {
    const { code, stderr } = await runCli(['run', '/nowhere/contacts.csv']);
    expect(code).toBe(2);
    expect(stderr).toContain('/nowhere/contacts.csv');
  });

  it('a directory that holds a run', async () => {
    const emulator = await emulatorHere({ contacts: 1 });
    const input = writeInput('contacts.csv', contacts);
    const { runDir } = await sync({ url: emulator.url, args: [input] });
    const again = await runCli(['run', input, '-o', runDir, '--base-url', emulator.url]);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('ERR_RUN_EXISTS');
    expect(emulator.requests.length).toBe(1);
  });
});

describe('3, what is left stays pending', () => {
  it('credentials that the API refuses', async () => {
    const emulator = await emulatorHere({ contacts: 50 });
    const { code, rows, summary } = await sync({
      url: emulator.url,
      args: [writeInput('contacts.csv', numberedCsv(50)), '--rate', '50'],
      env: { LIVEDESK_API_SECRET: 'another' },
    });
    expect(code).toBe(3);
    expect(rows).toEqual([]);
    expect(summary).toMatchObject({ stopped: { code: 'ERR_UNAUTHORIZED' }, pending: summary.rows_read });
    expect(emulator.requests.length).toBeLessThan(5);
  });

  it('a quote that is never closed, after the rows before it', async () => {
    const emulator = await emulatorHere({ contacts: 9 });
    const input = 'contact_id,name\n1,Anna\n2,"Björn\nB."\n3,"Chloé\n4,Daniel\n5,Emre\n';
    const { code, rows, summary } = await sync({
      url: emulator.url,
      args: [writeInput('contacts.csv', input)],
    });
    expect(code).toBe(3);
    expect(rows.map(({ contact_id, status }) => `${contact_id} ${status}`).sort()).toEqual([
      '1 updated',
      '2 updated',
    ]);
    expect(summary.stopped).toMatchObject({ code: 'ERR_INPUT', message: expect.stringContaining('line 5') });
    expect(emulator.contact(3)).not.toMatchObject({ name: 'Chloé' });
  });

  it('more bad rows than --max-errors', async () => {
    const emulator = await emulatorHere({ contacts: 5 });
    const { code, summary } = await sync({
      url: emulator.url,
      args: [writeInput('contacts.csv', numberedCsv(2000)), '--max-errors', '3', '--rate', '100'],
    });
    expect(code).toBe(3);
    expect(summary.stopped?.code).toBe('ERR_MAX_ERRORS');
    expect(summary.statuses.rejected).toBeGreaterThan(3);
    expect(summary.statuses.rejected).toBeLessThan(20);
  });

  it('an outage beyond its budget burns no row', async () => {
    const emulator = await emulatorHere({ contacts: 30, down: true });
    const { code, rows, summary } = await sync({
      url: emulator.url,
      args: [writeInput('contacts.csv', numberedCsv(30)), '--outage-budget', '3s'],
    });
    expect(code).toBe(3);
    expect(rows).toEqual([]);
    expect(summary).toMatchObject({ rows_read: 30, pending: 30, stopped: { code: 'ERR_OUTAGE' } });
  });

  it('--until, where that time is over when the run begins: nothing is sent', async () => {
    const emulator = await emulatorHere({ contacts: 10 });
    const past = new Date(Date.now() - 3_600_000).toISOString().slice(11, 16);
    const { code, summary } = await sync({
      url: emulator.url,
      args: [writeInput('contacts.csv', numberedCsv(10)), '--until', `${past} UTC`],
    });
    expect([code, summary.stopped?.code, summary.stopped?.message]).toEqual([
      3,
      'ERR_STOP_AFTER',
      'it is past the time given by --until',
    ]);
    expect(emulator.journal).toHaveLength(0);
  });

  it('--stop-after', async () => {
    const emulator = await emulatorHere({ contacts: 1000 });
    const { code, rows, summary } = await sync({
      url: emulator.url,
      args: [writeInput('contacts.csv', numberedCsv(1000)), '--stop-after', '4s', '--rate', '50'],
    });
    expect(code).toBe(3);
    expect(summary.stopped?.code).toBe('ERR_STOP_AFTER');
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.length + summary.pending).toBe(summary.rows_read);
    expect(emulator.journal).toHaveLength(rows.length);
  });
});
