import { describe, expect, it } from 'vitest';
import { numberedCsv } from '../helpers/write-input.ts';
import { newSite, statusesOf } from './site.ts';

/** Faults of contacts at which the API breaks each time. */
function poisoned(from: number, to: number): Record<number, '500'> {
  return Object.fromEntries(Array.from({ length: to - from + 1 }, (_one, i) => [from + i, '500' as const]));
}

describe('neighbours at which the API breaks each time', () => {
  it.each<[what: string, rows: number, from: number, to: number, more: string[]]>([
    ['at the start', 60, 1, 12, []],
    // rows enough behind them to compare each with: where all that are left fail, the breaker waits ever longer
    ['in the middle, more than are in flight', 150, 21, 44, ['--concurrency', '10']],
    ['at the end', 60, 59, 60, []],
    ['with one row in flight', 60, 3, 5, ['--concurrency', '1']],
  ])('are no outage: %s', { timeout: 180_000 }, async (_what, rows, from, to, more) => {
    const site = await newSite({ contactFaults: poisoned(from, to), latencyMs: [5, 20] });
    const input = site.write('contacts.csv', numberedCsv(rows));
    const { code } = await site.run([input, '--max-attempts', '3', ...more]);
    expect(code).toBe(1);
    const failed = to - from + 1;
    expect(site.kept().summary).toMatchObject({ pending: 0, statuses: { updated: rows - failed, failed } });
    const ofFailed = site.kept().rows.filter(({ status }) => status === 'failed');
    expect(ofFailed.map(({ row }) => row).sort((a, b) => a - b)[0]).toBe(from);
  });

  it('are no outage where nothing else is left of a run that is gone on with', {
    timeout: 180_000,
  }, async () => {
    const site = await newSite();
    const input = site.write('contacts.csv', numberedCsv(32));
    expect((await site.run([input, '--limit', '20'])).code).toBe(0);
    site.emulator.set({ contactFaults: poisoned(21, 32) });
    const wrote = site.emulator.journal.length;
    const resume = ['--resume', 'runs/latest', '--limit', 'all', '--max-attempts', '2'];
    expect((await site.run(resume)).code).toBe(1);
    expect(statusesOf(site)).toMatchObject({ updated: 20, failed: 12 });
    const changes = site.emulator.journal.slice(wrote).filter(({ changed }) => changed.length > 0);
    expect(changes).toEqual([]);
    // nor of a retry
    expect((await site.run(['--retry', 'runs/latest', '--max-attempts', '2'])).code).toBe(1);
    expect(statusesOf(site)).toMatchObject({ failed: 12 });
  });

  it('are one where nobody else was ever answered', { timeout: 180_000 }, async () => {
    const site = await newSite({ contactFaults: poisoned(1, 20) });
    const input = site.write('contacts.csv', numberedCsv(20));
    expect((await site.run([input, '--outage-budget', '3s', '--max-attempts', '2'])).code).toBe(3);
    expect(site.kept().summary).toMatchObject({ pending: 20, statuses: { failed: 0 } });
  });
});
