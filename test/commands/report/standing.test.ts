import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RunEnd, RunFacts } from '../../../src/commands/report/facts.ts';
import type { Report } from '../../../src/commands/report/report-model.ts';
import { plainSentence, sharesOf, standingOf, textBar } from '../../../src/commands/report/standing.ts';
import { STATUSES, type Status } from '../../../src/core/types.ts';

interface Night {
  readonly state?: Report['state'];
  readonly statuses?: Partial<Record<Status, number>>;
  readonly reasons?: Report['skip_reasons'];
  readonly ending?: Partial<RunEnd>;
  readonly repaired?: number;
  readonly dry?: boolean;
}

function reportOf({
  state = 'finished',
  statuses = {},
  reasons,
  ending,
  repaired,
  dry = false,
}: Night): Report {
  const all = Object.fromEntries(STATUSES.map((name) => [name, statuses[name] ?? 0])) as Record<
    Status,
    number
  >;
  return {
    state,
    statuses: all,
    bad: all.invalid + all.rejected + all.failed,
    run: { dry_run: dry } as RunFacts,
    ...(reasons ? { skip_reasons: reasons } : {}),
    ...(ending ? { ending: { pending: 0, ...ending } as RunEnd } : {}),
    ...(repaired === undefined ? {} : { repaired: { rows: repaired, runs: [] } }),
  } as unknown as Report;
}

describe('one plain sentence', () => {
  test.each<[what: string, night: Night, sentence: string]>([
    [
      'a night with a few bad rows',
      {
        statuses: { updated: 185, unchanged: 19_800, skipped: 5, invalid: 10, rejected: 2 },
        reasons: { missing: 3, blank: 2 },
        ending: { new_bad_rows: 2 },
      },
      '19,985 of 20,000 rows are up to date in LiveDesk; 12 rows need a person, 2 of them new; 3 are not in LiveDesk.',
    ],
    ['all well', { statuses: { updated: 7, created: 3 } }, 'All 10 rows are up to date in LiveDesk.'],
    ['one row', { statuses: { updated: 1 } }, '1 of 1 row is up to date in LiveDesk.'],
    [
      'one that is new',
      { statuses: { updated: 9, failed: 1 }, ending: { new_bad_rows: 1 } },
      '9 of 10 rows are up to date in LiveDesk; 1 row needs a person and is new.',
    ],
    [
      'none that is new',
      { statuses: { updated: 8, failed: 2 }, ending: { new_bad_rows: 0 } },
      '8 of 10 rows are up to date in LiveDesk; 2 rows need a person, none of them new.',
    ],
    [
      'stopped',
      { state: 'stopped', statuses: { updated: 40 }, ending: { pending: 60 } },
      'The run stopped before its end: 40 of 100 rows are up to date in LiveDesk; 60 are still to be done.',
    ],
    [
      'stopped in the midst of a file',
      {
        state: 'stopped',
        statuses: { updated: 40 },
        ending: { pending: 3, unread: { bytes: 620, of_bytes: 1000 } },
      },
      'The run stopped before its end: 40 of 43 rows are up to date in LiveDesk; 3 are still to be done; about 62 % of the file was not read.',
    ],
    [
      'a rehearsal',
      { dry: true, statuses: { planned: 5, unchanged: 95 } },
      'This was a rehearsal, nothing was sent: 5 of 100 rows would be sent, 95 need no change.',
    ],
    [
      'repaired',
      { statuses: { updated: 90, invalid: 10 }, repaired: 8, ending: { new_bad_rows: 3 } },
      '98 of 100 rows are up to date in LiveDesk, 8 of them since a retry; 2 rows need a person.',
    ],
    [
      'left out',
      { statuses: { updated: 1, skipped: 2 } },
      '1 of 3 rows is up to date in LiveDesk; 2 have nothing to send.',
    ],
    ['empty', {}, 'The input had no rows.'],
    ['not begun', { state: 'stopped' }, 'The run stopped before its first row; nothing was sent.'],
    ['just begun', { state: 'unfinished' }, 'No row has an outcome yet.'],
  ])('%s', (_what, night, sentence) => {
    expect(plainSentence(reportOf(night))).toBe(sentence);
  });
});

test('the shares are all rows that are data, and a bar of text shows each in its width', () => {
  const rows = fc.integer({ min: 0, max: 100_000 });
  const statuses = fc.record(
    Object.fromEntries(STATUSES.map((name) => [name, rows])) as Record<Status, typeof rows>,
  );
  fc.assert(
    fc.property(
      statuses,
      rows,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (counts, pending, repairedShare) => {
        const bad = counts.invalid + counts.rejected + counts.failed;
        const repaired = Math.floor(bad * repairedShare);
        const standing = standingOf(reportOf({ statuses: counts, repaired, ending: { pending } }));
        const shares = sharesOf(standing);
        const sum = STATUSES.reduce((total, name) => total + counts[name], pending);
        expect(standing.all).toBe(sum);
        expect(shares.reduce((total, share) => total + share.rows, 0)).toBe(sum);
        if (sum === 0) return;
        const bar = textBar(shares);
        expect(bar).toHaveLength(40);
        for (const { mark } of shares) expect(bar).toContain(mark);
      },
    ),
  );
});
