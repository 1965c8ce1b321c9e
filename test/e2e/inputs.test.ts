import { execFileSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { startSync, sync } from '../helpers/sync.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { numberedCsv, writeInput } from '../helpers/write-input.ts';

it('stdin, its format detected', async () => {
  const emulator = await emulatorHere({ contacts: 2 });
  const { code, summary } = await sync({
    url: emulator.url,
    args: ['-'],
    stdin: '{"contact_id":1,"name":"Anna"}\n{"contact_id":"2","name":"Björn"}\n',
  });
  expect([code, summary.statuses.updated]).toEqual([0, 2]);
  expect(emulator.contact(2)).toMatchObject({ name: 'Björn' });
});

it.skipIf(process.platform === 'win32')('a named pipe', async () => {
  const emulator = await emulatorHere({ contacts: 500 });
  const pipe = join(tempDir(), 'contacts.csv');
  execFileSync('mkfifo', [pipe]);
  const { synced } = startSync({ url: emulator.url, args: [pipe] });
  createWriteStream(pipe).end(numberedCsv(500));
  const { code, summary } = await synced;
  expect([code, summary.statuses.updated]).toEqual([0, 500]);
});

it.each(['contacts.csv.gz', 'contacts.dat'])('gzip in %s', async (name) => {
  const emulator = await emulatorHere({ contacts: 500 });
  const input = writeInput(name, gzipSync(numberedCsv(500)));
  const { code, summary } = await sync({ url: emulator.url, args: [input] });
  expect([code, summary.statuses.updated]).toEqual([0, 500]);
});

it('several inputs are one run, the later one last', async () => {
  const emulator = await emulatorHere({ contacts: 3, latencyMs: [1, 20] });
  const csv = writeInput('first.csv', 'contact_id,name\n1,Anna\n2,Björn\nx,Bad\n');
  const jsonl = writeInput(
    'second.jsonl',
    '{"contact_id":1,"name":"Chloé"}\n{"contact_id":"y","name":"Bad"}\n',
  );
  const { code, rows, summary, files, file } = await sync({ url: emulator.url, args: [csv, jsonl] });

  expect(code).toBe(1);
  expect(summary).toMatchObject({ rows_read: 5, statuses: { updated: 3, invalid: 2 } });
  expect(rows.map(({ input, row, status }) => `${input}:${row} ${status}`).sort()).toEqual([
    '0:1 updated',
    '0:2 updated',
    '0:3 invalid',
    '1:1 updated',
    '1:2 invalid',
  ]);
  expect(emulator.contact(1)).toMatchObject({ name: 'Chloé' });
  expect(files).toEqual(expect.arrayContaining(['rejects.csv', 'rejects-2.jsonl']));
  expect(JSON.parse(file('rejects-2.jsonl'))).toMatchObject({
    contact_id: 'y',
    name: 'Bad',
    _row: 2,
    _line: 2,
  });
});

it('--limit sends the first rows only', async () => {
  const emulator = await emulatorHere({ contacts: 100 });
  const { code, rows, summary } = await sync({
    url: emulator.url,
    args: [writeInput('contacts.csv', numberedCsv(100)), '--limit', '7'],
  });
  expect(code).toBe(0);
  expect(summary).toMatchObject({ rows_read: 7, pending: 0 });
  expect(rows.map(({ row }) => row).sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(emulator.journal).toHaveLength(7);
});

it('--min-rows lets a file go that has them', async () => {
  const emulator = await emulatorHere({ contacts: 5 });
  const { code } = await sync({
    url: emulator.url,
    args: [writeInput('contacts.csv', numberedCsv(5)), '--min-rows', '5'],
  });
  expect(code).toBe(0);
});

it.each([{}, { LIVEDESK_API_KEY: undefined, LIVEDESK_API_SECRET: undefined }])(
  '--dry-run plans every row and sends nothing, credentials or not',
  async (env) => {
    const emulator = await emulatorHere({ contacts: 5 });
    const { code, rows, summary } = await sync({
      url: emulator.url,
      args: [writeInput('contacts.csv', `${numberedCsv(5)}x,6\n`), '--dry-run'],
      env,
    });
    expect(code).toBe(1);
    expect(summary).toMatchObject({ dry_run: true, requests: 0, statuses: { planned: 5, invalid: 1 } });
    expect(rows[0]).toMatchObject({ status: 'planned', contact_id: 1, fields: ['custom_attributes.n'] });
    expect(emulator.requests.length).toBe(0);
  },
);

it('options come from the environment too, and flags win', async () => {
  const emulator = await emulatorHere({ contacts: 9 });
  const { code, summary, stderr } = await sync({
    url: emulator.url,
    args: ['--limit', '2'],
    env: {
      LIVEDESK_INPUT: writeInput('contacts.csv', numberedCsv(9)),
      LIVEDESK_LIMIT: '5',
      LIVEDESK_DRY_RUN: 'true',
      LIVEDESK_PORT_80_TCP: 'tcp://10.0.0.1:80',
    },
  });
  expect(code).toBe(0);
  expect(summary).toMatchObject({ rows_read: 2, dry_run: true });
  expect(stderr).toContain('LIVEDESK_PORT_80_TCP');
});
