import { tmpdir } from 'node:os';
import { relative } from 'node:path';
import { expect, it } from 'vitest';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { startSync } from '../helpers/sync.ts';
import { numberedCsv, writeInput } from '../helpers/write-input.ts';

it.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
  ['SIGHUP', 129],
] as const)(
  '%s finishes the rows in flight and ends with %i, the counts adding up',
  async (signal, exitCode) => {
    const emulator = await emulatorHere({ contacts: 1000, latencyMs: [100, 200] });
    const { child, synced } = startSync({
      url: emulator.url,
      args: [writeInput('contacts.csv', numberedCsv(1000)), '--rate', '200'],
    });
    while (emulator.requests.length < 60) await new Promise(setImmediate);
    child.kill(signal);
    const { code, journal, rows, summary, stdout } = await synced;

    expect(code).toBe(exitCode);
    expect(summary).toMatchObject({ exit_code: exitCode, stopped: { code: signal } });
    expect(rows.every(({ status }) => status === 'updated')).toBe(true);
    expect(rows.length + summary.pending).toBe(summary.rows_read);
    expect(journal.at(-1)).toEqual({ type: 'end', summary });
    expect(stdout).toContain('stopped early');
    // whatever was sent was answered, and whatever was answered is in the journal
    expect(rows.map(({ contact_id }) => contact_id).sort()).toEqual(
      emulator.journal.map(({ contactId }) => contactId).sort(),
    );
  },
);

it('aborts what is open once --drain-timeout is over, and leaves it pending', async () => {
  const emulator = await emulatorHere({ contacts: 10, contactFaults: { 3: 'hang' } });
  const { child, synced } = startSync({
    url: emulator.url,
    args: [writeInput('contacts.csv', numberedCsv(10)), '--drain-timeout', '300ms'],
  });
  while (emulator.journal.length < 10) await new Promise(setImmediate);
  child.kill('SIGTERM');
  const { code, rows, summary } = await synced;
  expect(code).toBe(143);
  expect(rows).toHaveLength(9);
  expect(summary).toMatchObject({ rows_read: 10, pending: 1 });
});

it('ends a run that waits for stdin', async () => {
  const emulator = await emulatorHere({ contacts: 20_000 });
  const { child, synced } = startSync({ url: emulator.url, args: ['-', '--rate', '100'], stdin: 'pipe' });
  child.stdin?.write(numberedCsv(20_000));
  while (emulator.journal.length < 1) await new Promise(setImmediate);
  child.kill('SIGTERM');
  const { code, rows, summary } = await synced;
  expect(code).toBe(143);
  expect(rows.length + summary.pending).toBe(summary.rows_read);
});

it('a second signal ends it at once', async () => {
  const emulator = await emulatorHere({ contacts: 10, contactFaults: { 3: 'hang' } });
  const { child, synced } = startSync({
    url: emulator.url,
    args: [writeInput('contacts.csv', numberedCsv(10)), '--drain-timeout', '1h'],
  });
  while (emulator.journal.length < 10) await new Promise(setImmediate);
  child.kill('SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 200));
  child.kill('SIGTERM');
  const { code, files } = await synced;
  expect(code).toBe(143);
  expect(files).not.toContain('summary.json');
});

it.each([
  ['in a log of JSON', 'warn'],
  ['where nothing is logged', 'silent'],
])('the first Ctrl-C says what a second does, the second what it leaves: %s', async (_what, level) => {
  const emulator = await emulatorHere({ contacts: 10, contactFaults: { 3: 'hang' } });
  const { child, synced, runDir } = startSync({
    url: emulator.url,
    args: [writeInput('contacts.csv', numberedCsv(10)), '--drain-timeout', '1h', '--log-level', level],
  });
  let said = '';
  child.stderr.on('data', (text: string) => {
    said += text;
  });
  while (emulator.journal.length < 10) await new Promise(setImmediate);
  child.kill('SIGINT');
  while (!said.includes('Ctrl-C once more stops at once')) await new Promise(setImmediate);
  child.kill('SIGINT');
  const { code, stderr, rows } = await synced;
  expect([code, rows.length]).toEqual([130, 9]);
  expect(stderr).toContain('9 rows have an outcome, 1 row that was read has none and may have been sent');
  const next = /Next: livedesk-sync (run --resume \S+?)["\s]/.exec(stderr)?.[1];
  expect(next).toBe(`run --resume ${relative(tmpdir(), runDir)}`);
});

it('a terminal that closes sends SIGHUP twice: rows are finished all the same', async () => {
  const emulator = await emulatorHere({ contacts: 10, latencyMs: [300, 300] });
  const { child, synced } = startSync({
    url: emulator.url,
    args: [writeInput('contacts.csv', numberedCsv(10)), '--rate', '100'],
  });
  while (emulator.requests.length < 1) await new Promise(setImmediate);
  child.kill('SIGHUP');
  setTimeout(() => child.kill('SIGHUP'), 20);
  const { code, summary } = await synced;
  expect([code, summary.stopped?.code]).toEqual([129, 'SIGHUP']);
});
