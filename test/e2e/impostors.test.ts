import { expect, it } from 'vitest';
import type { Impostor } from '../../src/emulator/impostor.ts';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { startSync, sync } from '../helpers/sync.ts';
import { numberedCsv, writeInput } from '../helpers/write-input.ts';

it.each<[Impostor, RegExp]>([
  ['login-page', /an HTML page titled "Sign in to continue"/],
  ['redirect', /a redirect \(302\)/],
  ['spa', /an HTML page titled "LiveDesk"/],
])('stops at the first answer of a %s in place of the API', async (impostor, what) => {
  const emulator = await emulatorHere({ contacts: 50, impostor, latencyMs: [50, 50] });
  const input = writeInput('contacts.csv', numberedCsv(50));
  const { code, rows, summary, stdout } = await sync({
    url: emulator.url,
    args: [input, '--rate', '1'],
  });

  expect(code).toBe(3);
  expect(rows).toEqual([]);
  expect(summary).toMatchObject({ stopped: { code: 'ERR_NOT_LIVEDESK' } });
  expect(summary.stopped?.message).toMatch(what);
  expect(summary.stopped?.message).toContain('--base-url');
  expect(stdout).toContain(summary.stopped?.message);
  expect(summary.pending).toBe(summary.rows_read);
  // one answer takes 50 ms and the pace lets one request a second go: a second one goes only
  // where the machine holds the worker up for so long
  expect(emulator.requests.length).toBeLessThanOrEqual(2);
});

it('stops when a login page comes between, after five answers in a row', async () => {
  const emulator = await emulatorHere({ contacts: 200 });
  const { child, synced } = startSync({
    url: emulator.url,
    args: [writeInput('contacts.csv', numberedCsv(200)), '--rate', '100'],
  });
  while (emulator.requests.length < 20) await new Promise(setImmediate);
  emulator.set({ impostor: 'login-page' });
  const before = emulator.requests.length;
  const { code, rows, summary } = await synced;

  expect(child.exitCode).toBe(code);
  expect(code).toBe(3);
  expect(summary.stopped?.code).toBe('ERR_NOT_LIVEDESK');
  expect(rows.every(({ status }) => status === 'updated')).toBe(true);
  expect(rows.length + summary.pending).toBe(summary.rows_read);
  expect(emulator.requests.length - before).toBeLessThan(20);
});
