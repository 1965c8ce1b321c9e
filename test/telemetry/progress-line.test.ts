import { describe, expect, test } from 'vitest';
import { STATUSES, type Status } from '../../src/core/types.ts';
import { createEta } from '../../src/telemetry/eta.ts';
import { type Progress, progressFields, progressLine, timeLeft } from '../../src/telemetry/progress-line.ts';
import { type WaitReasons, waitReasonText } from '../../src/telemetry/wait-reason.ts';

const NONE = Object.fromEntries(STATUSES.map((status) => [status, 0])) as Record<Status, number>;

const MIDWAY: Progress = {
  rows: 12_345,
  totalRows: 100_000,
  bytes: { read: 1_234_567, total: 10_000_000 },
  share: 0.12345,
  statuses: { ...NONE, updated: 12_000, unchanged: 333, rejected: 12 },
  rate: 9.96,
  allowed: 10,
  retries: 4,
  waiting: undefined,
  leftS: 8_765,
};

describe('a line for a terminal', () => {
  test.each<[what: string, progress: Partial<Progress>, columns: number, line: string]>([
    [
      'wide',
      {},
      160,
      '12,345 of 100,000 rows 12% | 12 bad | 10.0/s of 10 | 2.4 h left | 12,000 updated | 333 unchanged | 12 rejected | 4 retries',
    ],
    ['80 columns', {}, 80, '12,345 of 100,000 rows 12% | 12 bad | 10.0/s of 10 | 2.4 h left'],
    ['60 columns', {}, 60, '12,345 of 100,000 rows 12% | 12 bad | 10.0/s of 10'],
    [
      'throttled',
      { waiting: 'throttled, waits 42 s' },
      60,
      '12,345 of 100,000 rows 12% | throttled, waits 42 s | 12 bad',
    ],
    [
      'rows not counted',
      { totalRows: undefined },
      76,
      '12,345 rows, 1.2 MB of 10.0 MB 12% | 12 bad | 10.0/s of 10 | 2.4 h left',
    ],
    [
      'a pipe',
      { totalRows: undefined, bytes: { read: 999, total: undefined }, share: undefined, leftS: undefined },
      60,
      '12,345 rows, 999 B | 12 bad | 10.0/s of 10 | 12,000 updated',
    ],
    ['unlimited', { allowed: undefined }, 60, '12,345 of 100,000 rows 12% | 12 bad | 10.0/s | 2.4 h left'],
  ])('%s', (_what, more, columns, line) => {
    expect(progressLine({ ...MIDWAY, ...more }, columns)).toBe(line);
    expect(line.length).toBeLessThan(columns);
  });

  test('as fields of a log line', () => {
    expect(progressFields({ ...MIDWAY, waiting: 'API down for 3 s' })).toEqual({
      rows: 12_345,
      total_rows: 100_000,
      done: '12%',
      statuses: { updated: 12_000, unchanged: 333, rejected: 12 },
      rate: 10,
      allowed: 10,
      retries: 4,
      waiting: 'API down for 3 s',
      left: '2.4 h left',
    });
  });
});

test.each([
  [0, '0 s left'],
  [59.4, '59 s left'],
  [59.6, '1 min left'],
  [3_569, '59 min left'],
  [3_571, '1.0 h left'],
  [90_000, '25.0 h left'],
])('%d seconds are %s', (seconds, text) => {
  expect(timeLeft(seconds)).toBe(text);
});

describe('what is left', () => {
  test('is told from how it went of late', () => {
    const left = createEta();
    expect(left(0, 0.5)).toBeUndefined(); // an earlier process did half
    expect(left(1, 0.51)).toBeUndefined(); // too early to tell
    expect(left(10, 0.6)).toBeCloseTo(40);
    expect(left(61, 0.7)).toBeCloseTo(0.3 / (0.19 / 60), 3); // the first second is forgotten
  });

  test('is said once two seconds were seen, and not before', () => {
    const left = createEta();
    left(0, 0.5);
    expect(left(1.9, 0.52)).toBeUndefined();
    expect(left(2, 0.52)).toBeCloseTo(48);
  });

  test('is not told while nothing moves, at the end, and of a pipe', () => {
    const left = createEta();
    left(0, 0.2);
    expect(left(5, 0.2)).toBeUndefined();
    expect(left(6, 1)).toBeUndefined();
    expect(left(7, undefined)).toBeUndefined();
  });
});

test.each<[waits: WaitReasons, text: string | undefined]>([
  [{}, undefined],
  [{ pauseMs: 0 }, undefined],
  [{ pauseMs: 41_200 }, 'throttled, waits 42 s'],
  [{ pauseMs: 61_000 }, 'throttled, waits 1 min 1 s'],
  [{ pauseMs: 7_500_000 }, 'throttled, waits 2 h 5 min'],
  [{ outageMs: 0 }, 'API down for 1 s'],
  [{ outageMs: 130_000, pauseMs: 5_000 }, 'API down for 2 min 10 s'],
  [{ draining: 12, outageMs: 5 }, 'stopping, 12 in flight'],
  [{ survey: 0.456 }, 'looking at all rows first, 45%'],
])('%j is "%s"', (waits, text) => {
  expect(waitReasonText(waits)).toBe(text);
});
