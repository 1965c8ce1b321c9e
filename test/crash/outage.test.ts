import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { numberedCsv } from '../helpers/write-input.ts';
import { newSite, type Site, statusesOf, until } from './site.ts';

/** Each row is in the journal once, and updated. */
function expectAllUpdated(site: Site, rows: number): void {
  expect(new Set(site.kept().rows.map(({ row }) => row)).size).toBe(rows);
  expect(site.kept().rows).toHaveLength(rows);
  expect(statusesOf(site)).toMatchObject({ updated: rows, failed: 0 });
}

describe('an outage', () => {
  it.each([20, 2, 1])(
    'of 8 s in the middle burns no row, with %i in flight',
    { timeout: 180_000 },
    async (flight) => {
      const site = await newSite();
      const input = site.write('contacts.csv', numberedCsv(300));
      const { ended } = site.start([
        input,
        '--rate',
        '200',
        '--outage-budget',
        '2m',
        '--concurrency',
        `${flight}`,
      ]);
      await until(() => site.emulator.journal.length >= 50);
      const { port } = site.emulator;
      if (flight > 1) {
        // the server resets connections
        site.emulator.setDown(true);
        await delay(8_000);
        site.emulator.setDown(false);
        expect((await ended).code).toBe(0);
        expectAllUpdated(site, 300);
        return;
      }
      // the server is gone: connections are refused
      await site.emulator.close();
      await delay(8_000);
      const back = await newSite({ port });
      expect((await ended).code).toBe(0);
      expectAllUpdated(site, 300);
      expect(back.emulator.journal.length).toBeGreaterThanOrEqual(250);
    },
  );

  it('beyond its budget stops the run, which goes on once the API is back', {
    timeout: 180_000,
  }, async () => {
    const site = await newSite();
    const input = site.write('contacts.csv', numberedCsv(300));
    const { ended } = site.start([input, '--rate', '200', '--outage-budget', '5s']);
    await until(() => site.emulator.journal.length >= 50);
    site.emulator.setDown(true);
    const { code, stdout } = await ended;
    expect(code).toBe(3);
    expect(site.kept().summary).toMatchObject({ stopped: { code: 'ERR_OUTAGE' }, statuses: { failed: 0 } });
    site.emulator.setDown(false);
    const [, command = ''] = /Next: +livedesk-sync run (--resume \S+)/.exec(stdout) ?? [];
    expect((await site.run(command.split(' '))).code).toBe(0);
    expectAllUpdated(site, 300);
  });

  it('of answers with 503 is one, too', { timeout: 180_000 }, async () => {
    const site = await newSite({ faults: { 503: 1 } });
    const input = site.write('contacts.csv', numberedCsv(100));
    const { code } = await site.run([input, '--outage-budget', '2s']);
    expect(code).toBe(3);
    expect(site.kept().rows).toEqual([]);
  });

  it.each([2, 3, 5])(
    'does not make a file of %i rows one of failed rows',
    { timeout: 180_000 },
    async (rows) => {
      const site = await newSite();
      site.emulator.setDown(true);
      const input = site.write('contacts.csv', numberedCsv(rows));
      const { code } = await site.run([input, '--outage-budget', '3s']);
      expect(code).toBe(3);
      expect(site.kept().summary).toMatchObject({ pending: rows, statuses: { failed: 0 } });
    },
  );

  it('in which nothing can be connected to does not even fail a single row', {
    timeout: 180_000,
  }, async () => {
    const site = await newSite();
    await site.emulator.close();
    const input = site.write('contacts.csv', numberedCsv(1));
    const { code } = await site.run([input, '--outage-budget', '2s', '--max-attempts', '3']);
    expect(code).toBe(3);
    expect(site.kept().summary).toMatchObject({ pending: 1, statuses: { failed: 0 } });
  });
});

it('one contact at which the API breaks each time is no outage', { timeout: 180_000 }, async () => {
  const site = await newSite({ contactFaults: { 7: '500' } });
  const input = site.write('contacts.csv', numberedCsv(10));
  const { code } = await site.run([input, '--outage-budget', '5s', '--max-attempts', '4']);
  expect(code).toBe(1);
  expect(statusesOf(site)).toMatchObject({ updated: 9, failed: 1 });
});

describe('the limit of a window', () => {
  it('without Retry-After fails no row', { timeout: 180_000 }, async () => {
    const site = await newSite({ limit: { requests: 60, windowMs: 3_000 }, throttleMode: 'text' });
    const input = site.write('contacts.csv', numberedCsv(150));
    const { code } = await site.run([input, '--rate', '100']);
    expect(code).toBe(0);
    expectAllUpdated(site, 150);
    expect(site.kept().summary?.throttled).toBeGreaterThan(0);
  });
});

describe('credentials', () => {
  it('that are refused stop the run at once and end no row', async () => {
    const site = await newSite();
    const input = site.write('contacts.csv', numberedCsv(100));
    const { code } = await site.run([input], { env: { LIVEDESK_API_SECRET: 'wrong' } });
    expect(code).toBe(3);
    expect(site.kept().rows).toEqual([]);
    expect(site.kept().summary).toMatchObject({ stopped: { code: 'ERR_UNAUTHORIZED' } });
    expect(site.emulator.requests.length).toBeLessThanOrEqual(50);
    expect((await site.run(['--resume', 'runs/latest'])).code).toBe(0);
    expectAllUpdated(site, 100);
  });

  it('that may not change contacts leave every row pending, but one contact is rejected', async () => {
    const site = await newSite({ faults: { 403: 1 } });
    const input = site.write('contacts.csv', numberedCsv(100));
    expect((await site.run([input])).code).toBe(3);
    expect(site.kept().rows).toEqual([]);
    site.emulator.set({ faults: {}, contactFaults: { 9: '403' } });
    expect((await site.run(['--resume', 'runs/latest'])).code).toBe(1);
    expect(statusesOf(site)).toMatchObject({ updated: 99, rejected: 1 });
  });
});

it('too many bad rows stop the run, which can go on', async () => {
  const site = await newSite({ contacts: 10 });
  const input = site.write('contacts.csv', numberedCsv(200));
  const { code } = await site.run([input, '--max-errors', '20', '--concurrency', '5']);
  expect(code).toBe(3);
  const { rows, summary } = site.kept();
  expect(summary).toMatchObject({ stopped: { code: 'ERR_MAX_ERRORS' } });
  expect(rows.length).toBeLessThan(60);
  expect((await site.run(['--resume', 'runs/latest', '--max-errors', '100%'])).code).toBe(1);
  expect(site.kept().rows).toHaveLength(200);
});

it('a server that takes connections and says nothing uses up attempts by --timeout', {
  timeout: 180_000,
}, async () => {
  const site = await newSite();
  const mute = createServer(() => {}).listen(0, '127.0.0.1');
  await until(() => mute.listening);
  const address = mute.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const input = site.write('contacts.csv', numberedCsv(3));
  const { code } = await site.run([input, '--timeout', '200ms', '--outage-budget', '2s', '--base-url', url]);
  expect(code).toBe(3);
  expect(site.kept().summary).toMatchObject({ pending: 3 });
  mute.close();
});
