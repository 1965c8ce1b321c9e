import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { cliHere } from '../helpers/cli-here.ts';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { sync } from '../helpers/sync.ts';
import { numberedCsv, writeInput } from '../helpers/write-input.ts';

/** A bucket small enough to be met at once. */
const BUCKET = { requests: 16, windowMs: 1_000, burst: 4 };

test('a limit is found, held, told and remembered, and no row fails of it', async () => {
  const emulator = await emulatorHere({ contacts: 200, limit: BUCKET });
  const args = [writeInput('contacts.csv', numberedCsv(120)), '--rate', 'auto'];
  const { code, rows, summary, stdout, runDir } = await sync({ url: emulator.url, args });
  expect(code).toBe(0);
  expect(rows.map(({ status }) => status)).toEqual(Array(120).fill('updated'));
  expect(summary.throttled).toBeGreaterThan(0);
  expect(summary.throttled).toBeLessThan(20);
  expect(summary.rate.found?.limit).toBeGreaterThan(8);
  expect(summary.rate.found?.limit).toBeLessThan(40);
  expect(stdout).toMatch(/found: the API lets [\d.]+\/s through; remembered for the next run/);
  const [memory = ''] = readdirSync(dirname(runDir)).filter((name) => name.startsWith('.rate-'));
  const path = join(dirname(runDir), memory);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ version: 1, limit: expect.any(Number) });

  // the next run begins where this one ended
  writeFileSync(path, JSON.stringify({ version: 1, limit: 25 }));
  const again = ['run', ...args, '--base-url', emulator.url, '--run-dir', join(dirname(runDir), 'again')];
  const next = await cliHere([...again, '--limit', '20']);
  expect(next.stderr).toContain('an earlier run found a limit');
}, 180_000);

test('--max-rate caps it, and nothing is remembered of an account that refuses nothing', async () => {
  const emulator = await emulatorHere({ contacts: 30 });
  const args = [writeInput('contacts.csv', numberedCsv(30)), '--rate', 'auto', '--max-rate', '8'];
  const { summary, runDir, stdout } = await sync({ url: emulator.url, args });
  expect(summary.rate).toMatchObject({ allowed: 8, found: { limit: null, phase: 'at its maximum' } });
  expect(stdout).toContain('found: no limit; the rate was at its maximum at the end');
  expect(emulator.requests.peak(1_000)).toBeLessThanOrEqual(9);
  expect(readdirSync(dirname(runDir)).filter((name) => name.startsWith('.rate-'))).toEqual([]);
});

test('a memory that cannot be read costs a slower start', async () => {
  const emulator = await emulatorHere({ contacts: 5 });
  const first = await sync({
    url: emulator.url,
    args: [writeInput('contacts.csv', numberedCsv(5)), '--rate', 'auto'],
  });
  const { account } = first.summary;
  const path = join(dirname(first.runDir), `.rate-${account}.json`);
  for (const text of ['', '[]', '{"version":2,"limit":5}', '{"version":1,"limit":-5}']) {
    writeFileSync(path, text);
    const input = writeInput('contacts.csv', numberedCsv(5));
    const dir = join(dirname(first.runDir), `after-${text.length}`);
    const args = ['run', input, '--rate', 'auto', '--base-url', emulator.url, '--run-dir', dir];
    const { code, stderr } = await cliHere(args);
    expect([code, stderr.includes('earlier run')]).toEqual([0, false]);
  }
  expect(existsSync(path)).toBe(true);
});

test('a cap on a rate that is given is a mistake', async () => {
  const input = writeInput('contacts.csv', numberedCsv(1));
  const { code, stderr } = await cliHere(['run', input, '--rate', '5', '--max-rate', '10']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('--max-rate goes with --rate auto')]);
});
