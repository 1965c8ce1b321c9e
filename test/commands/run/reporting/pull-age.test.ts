import { expect, test } from 'vitest';
import { staleMissNote } from '../../../../src/commands/run/reporting/pull-age.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 22, 6);

test.each<
  [
    rows: number,
    unknownRows: number | undefined,
    hours: number | undefined,
    every: number | undefined,
    isSaid: boolean,
  ]
>([
  [0, 5_000, 72, undefined, false],
  [12, 5_000, 72, undefined, true],
  [12, 5_000, 24, undefined, false],
  [12, 5_000, 24.1, undefined, true],
  [12, 101, 72, undefined, true],
  [12, 100, 72, undefined, false],
  [12, undefined, 72, undefined, true],
  [12, 5_000, undefined, undefined, false],
  [12, 5_000, 72, 168, false],
  [12, 5_000, 169, 168, true],
  [12, 5_000, 2, 1, true],
])(
  '%i misses of %s unknown rows, a pull of %s h, pulled every %s h: a warning is %s',
  (rows, unknownRows, hours, every, isSaid) => {
    const pulledAt = hours === undefined ? undefined : NOW - hours * HOUR;
    const pullEveryMs = every === undefined ? undefined : every * HOUR;
    const note = staleMissNote({ rows, unknownRows, pulledAt, pullEveryMs }, NOW, 'livedesk-sync pull');
    expect(note !== undefined).toBe(isSaid);
  },
);

test('it says how many, how old, and what to do', () => {
  const misses = { rows: 1, unknownRows: 900, pulledAt: NOW - 75 * HOUR, pullEveryMs: undefined };
  expect(staleMissNote(misses, NOW, 'livedesk-sync pull')).toBe(
    '1 row has no contact as of the pull of 2026-11-19T03:00Z, 3 d ago; contacts that were made since are not known. Give the run --pull-every 24h, or pull again: livedesk-sync pull',
  );
});
