import { describe, expect, test } from 'vitest';
import { STATUSES, type Status } from '../../src/core/types.ts';
import type { Summary } from '../../src/journal/summary.ts';
import { summaryText } from '../../src/journal/summary-text.ts';

const NONE = Object.fromEntries(STATUSES.map((status) => [status, 0])) as Record<Status, number>;

const QUIET: Summary = {
  run_id: 'a6f7',
  run_dir: 'runs/2026-11-22T020000Z-contacts-3fa9',
  account: '0123456789abcdef',
  dry_run: false,
  started_at: '2026-11-22T02:00:00.000Z',
  ended_at: '2026-11-22T02:00:03.000Z',
  duration_s: 3,
  exit_code: 0,
  rows_read: 5,
  statuses: { ...NONE, updated: 5 },
  pending: 0,
  requests: 5,
  retries: 0,
  throttled: 0,
  latency_ms: { p50: 40.1, p95: 60, p99: 60, max: 61.5 },
  rate: { allowed: 10, achieved: 9.96, held_back_by: 'rate' },
  not_applied: {},
  changes: {},
  conflicts: {},
  dropped_fields: 0,
  causes: [],
  rejects: [],
  warnings: [],
};

test('a run with something of everything', () => {
  const text = summaryText({
    ...QUIET,
    duration_s: 3_725.4,
    exit_code: 3,
    rows_read: 120_000,
    statuses: { ...NONE, updated: 80_000, skipped: 1_200, invalid: 3, rejected: 40, failed: 1 },
    pending: 38_756,
    requests: 81_500,
    retries: 1,
    throttled: 1_234,
    rate: { allowed: null, achieved: 22.04, held_back_by: 'server' },
    not_applied: { 'custom_attributes.vip_level': 1, 'custom_attributes.tier': 2_000 },
    dropped_fields: 7,
    causes: [
      {
        code: 'ERR_VALIDATION',
        message: 'the API refused a value: Email has already been taken',
        field: 'email',
        column: 'Email "home"',
        count: 40,
        example: { row: 17, line: 18 },
      },
      {
        code: 'ERR_CSV',
        message: 'the row has 3 cells, not 4',
        count: 4,
        example: { input: 1, row: 2, line: 3 },
      },
    ],
    warnings: ['column "Fax" is not used'],
    stopped: { code: 'ERR_STOP_AFTER', message: 'the time given by --stop-after is over' },
    next: 'livedesk-sync run --resume runs/2026-11-22T020000Z-contacts-3fa9',
  });
  expect(text).toMatchInlineSnapshot(`
    "Sync stopped early, in 1 h 2 min

      updated      80,000   delivered
      skipped       1,200   nothing to send
      invalid           3   refused before sending
      rejected         40   refused by the API
      failed            1   no settling answer in any attempt
      pending      38,756   no outcome yet; --resume does them
      rows read   120,000   = the sum of the above

      81,500 requests (1 retry, 1,234 throttled)
      22.0/s of unlimited, held back by the server
      latency p50 40.1 ms, p95 60 ms, p99 60 ms, max 61.5 ms
      not applied: custom_attributes.vip_level in 1 row: accepted, but the answer does not show it
      not applied: custom_attributes.tier in 2,000 rows: accepted, but the answer does not show it
      7 invalid fields left out of rows that were sent

    Why rows ended badly:
      40 x ERR_VALIDATION: the API refused a value: Email has already been taken
          e.g. row 17, line 18, column "Email \\"home\\""
      4 x ERR_CSV: the row has 3 cells, not 4
          e.g. input 2, row 2, line 3

      note: column "Fax" is not used

    Stopped early: the time given by --stop-after is over (ERR_STOP_AFTER)

    Results: runs/2026-11-22T020000Z-contacts-3fa9/results.jsonl
    Next:    livedesk-sync run --resume runs/2026-11-22T020000Z-contacts-3fa9
    "
  `);
});

test('a run of which there is little to say', () => {
  expect(summaryText(QUIET)).toMatchInlineSnapshot(`
    "Sync complete, in 3.0 s

      updated           5   delivered
      rows read         5   = the sum of the above

      5 requests
      10.0/s of 10/s allowed, held back by the rate
      latency p50 40.1 ms, p95 60 ms, p99 60 ms, max 61.5 ms

    Results: runs/2026-11-22T020000Z-contacts-3fa9/results.jsonl
    "
  `);
});

test('an empty dry run', () => {
  const text = summaryText({ ...QUIET, dry_run: true, rows_read: 0, statuses: NONE, requests: 0 });
  expect(text).toMatchInlineSnapshot(`
    "Dry run complete, in 3.0 s

      rows read         0   the input has no rows

    Results: runs/2026-11-22T020000Z-contacts-3fa9/results.jsonl
    "
  `);
});

describe('how long it took', () => {
  test.each([
    [0, '0.0 s'],
    [59.94, '59.9 s'],
    [59.96, '1 min 0 s'],
    [119.7, '2 min 0 s'],
    [3_599.6, '1 h 0 min'],
    [90_061, '25 h 1 min'],
  ])('%d s: %s', (duration_s, shown) => {
    expect(summaryText({ ...QUIET, duration_s }).split('\n')[0]).toBe(`Sync complete, in ${shown}`);
  });
});

test('of many causes ten are shown', () => {
  const causes = Array.from({ length: 13 }, (_one, i) => ({
    code: `ERR_${i}`,
    message: 'x',
    count: 1,
    example: { row: 1, line: 2 },
  }));
  const text = summaryText({ ...QUIET, causes });
  expect(text.match(/1 x ERR_/g)).toHaveLength(10);
  expect(text).toContain('and 3 other causes, in summary.json');
});

describe('on a terminal', () => {
  const LONG: Summary = {
    ...QUIET,
    exit_code: 1,
    rows_read: 130,
    statuses: { ...NONE, updated: 5, unchanged: 120, invalid: 5 },
    causes: [
      {
        code: 'ERR_EMAIL',
        message: 'Column "email" is not an e-mail address: one "@", something on both sides, no space.',
        column: 'email',
        count: 5,
        example: { row: 400, line: 401 },
      },
    ],
    next: 'livedesk-sync run --retry runs/2026-11-22T020000Z-contacts-3fa9 --base-url https://example.com',
  };

  test.each([40, 60, 80, 160])('%i columns hold every line but commands', (columns) => {
    const lines = summaryText(LONG, columns).split('\n');
    expect(lines.filter((line) => line.length > columns && !/^(Results|Next):/.test(line))).toEqual([]);
    expect(lines.join(' ').replace(/\s+/g, ' ')).toBe(summaryText(LONG).replace(/\s+/g, ' '));
  });

  test('what follows is set in', () => {
    expect(summaryText(LONG, 60)).toContain(
      [
        '  5 x ERR_EMAIL: Column "email" is not an e-mail address:',
        '      one "@", something on both sides, no space.',
        '      e.g. row 400, line 401, column "email"',
      ].join('\n'),
    );
  });

  test('a word longer than the terminal is not broken', () => {
    const word = 'x'.repeat(100);
    expect(summaryText({ ...LONG, warnings: [word] }, 60)).toContain(word);
  });
});

test('what cost no request is told', () => {
  expect(summaryText({ ...QUIET, statuses: { ...NONE, updated: 5, unchanged: 1_200 } })).toContain(
    '  1,200 rows unchanged: no write was needed\n',
  );
});

test.each([
  [{ job: 'nightly-crm' }, 'Sync of nightly-crm complete, in 3.0 s'],
  [{ job: 'nightly-crm', shard: { index: 1, of: 4 } }, 'Sync of nightly-crm, shard 1/4 complete, in 3.0 s'],
  [{ job: 'nightly-crm', dry_run: true }, 'Dry run of nightly-crm complete, in 3.0 s'],
  [{ shard: { index: 1, of: 4 } }, 'Sync of shard 1/4 complete, in 3.0 s'],
])('the first line of %o', (part, line) => {
  expect(summaryText({ ...QUIET, ...part }).split('\n')[0]).toBe(line);
});
