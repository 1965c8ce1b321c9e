import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTimeOfDay } from '../../src/commands/parse-values.ts';
import { msUntil } from '../../src/commands/time-of-day.ts';

const HOUR = 3_600_000;
const at = (iso: string): number => Date.parse(iso);

test.each([
  ['a night that begins at two', '06:00 UTC', '2026-11-28T02:00:00Z', 4],
  ['the evening before', '06:00 UTC', '2026-11-27T23:00:00Z', 7],
  ['late', '06:00 UTC', '2026-11-28T05:30:00Z', 0.5],
  ['at that very time', '06:00 UTC', '2026-11-28T06:00:00Z', 0],
  ['too late', '06:00 UTC', '2026-11-28T06:30:00Z', 0],
  ['just before midnight', '23:59 UTC', '2026-11-28T22:59:00Z', 1],
  ['past midnight', '0:30 UTC', '2026-11-28T22:30:00Z', 2],
  ['on the clock of a zone', '06:00 Europe/Berlin', '2026-11-28T02:00:00Z', 3],
  ['in the night in which it is put back', '06:00 Europe/Berlin', '2026-10-24T22:00:00Z', 7],
  ['in the night in which it is put forward', '06:00 Europe/Berlin', '2026-03-28T23:00:00Z', 5],
  ['at a time that is skipped', '02:30 Europe/Berlin', '2026-03-28T23:00:00Z', 2],
])('%s: until %s from %s it is %f hours', async (_what, until, now, hours) => {
  expect(await msUntil(parseTimeOfDay('until', until), at(now))).toBe(hours * HOUR);
});

test.each(['6', '24:00', '06:60', '06:00 Mars/Olympus', 'noon', ''])('%j is refused', (text) => {
  expect(() => parseTimeOfDay('until', text)).toThrow(/^--until/);
});

test('it is never further ahead than twelve hours, and the clock shows it then', async () => {
  const zones = fc.constantFrom('UTC', 'Asia/Kolkata', 'America/New_York', 'Pacific/Auckland');
  await fc.assert(
    fc.asyncProperty(
      fc.nat(23),
      fc.nat(59),
      zones,
      fc.integer({ min: 1_700_000_000, max: 1_900_000_000 }),
      async (hour, minute, zone, seconds) => {
        const ms = await msUntil({ hour, minute, zone }, seconds * 1000);
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThanOrEqual(12 * HOUR);
        if (ms === 0) return;
        const shown = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeStyle: 'short' }).format(
          seconds * 1000 + ms,
        );
        const isChangeOfClock = hour < 4; // a time that is skipped is shown as the next one
        if (!isChangeOfClock)
          expect(shown).toBe(`${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
      },
    ),
  );
});
