import { expect, it } from 'vitest';
import type { Arrival } from '../../src/emulator/arrivals.ts';
import { emulatorProcess } from '../helpers/emulator-process.ts';
import { watchStalls } from '../helpers/stalls.ts';
import { sync } from '../helpers/sync.ts';
import { numberedCsv, writeInput } from '../helpers/write-input.ts';

const ROWS = 3_000;
const RATE = 200;
/** 0.99 on a quiet machine; a busy one may take a hundredth or two, and make a run worth another try. */
const LEAST_SHARE = 0.97;
/** In any second, at the server: the rate, two hundredths, and two. */
const MOST_PER_SECOND = RATE * 1.02 + 2;

it('holds --rate against answers of 20 to 200 ms, and never goes over it', {
  timeout: 180_000,
  retry: 2,
}, async () => {
  const emulator = await emulatorProcess([
    '--contacts',
    `${ROWS}`,
    '--latency',
    '20-200ms',
    '--limit',
    'none',
  ]);
  const input = writeInput('contacts.csv', numberedCsv(ROWS));

  const stalled = watchStalls();
  const { code, summary } = await sync({ url: emulator.url, args: [input, '--rate', `${RATE}`] });

  const stalledS = stalled();

  expect(code).toBe(0);
  const arrivals = await emulator.arrivals();
  expect(arrivals).toHaveLength(ROWS);
  expect(heldRate(arrivals)).toBeGreaterThanOrEqual(RATE * LEAST_SHARE);
  expect((await emulator.stats()).peakPerSecond).toBeLessThanOrEqual(MOST_PER_SECOND + RATE * stalledS);
  expect(summary.rate).toMatchObject({ allowed: RATE, held_back_by: 'rate' });
  expect(Math.abs(summary.rate.achieved - heldRate(arrivals))).toBeLessThan(RATE * 0.03);
});

// --- internal ---

/** Requests per second between the first arrival and the last. */
function heldRate(arrivals: readonly Arrival[]): number {
  const [first, last] = [arrivals[0], arrivals.at(-1)];
  if (!first || !last) return 0;
  return ((arrivals.length - 1) * 1000) / (last.at - first.at);
}
