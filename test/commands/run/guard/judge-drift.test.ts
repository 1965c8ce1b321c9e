import { expect, test } from 'vitest';
import type { InputProfile } from '../../../../src/commands/job-record.ts';
import { judgeDrift } from '../../../../src/commands/run/guard/judge-drift.ts';
import type { Guard } from '../../../../src/mapping/document.ts';

const GUARD: Guard = { columns: 'same', rows: 50, fill: 10 };

function profile(
  rows: number,
  filled: Readonly<Record<string, number>>,
  more: Partial<InputProfile> = {},
): InputProfile {
  return {
    run_id: 'r',
    number: 1,
    at: '',
    rows,
    columns: Object.keys(filled),
    filled,
    may_lack_keys: false,
    ...more,
  };
}

const BEFORE = profile(1_000, { id: 1_000, email: 978, fax: 70, note: 60 });

test.each<[what: string, guard: Guard, now: InputProfile, breaches: string[]]>([
  ['the same', GUARD, BEFORE, []],
  ['half of the rows', GUARD, profile(500, { id: 500, email: 489, fax: 35, note: 30 }), []],
  [
    'fewer',
    GUARD,
    profile(499, { id: 499, email: 489, fax: 35, note: 30 }),
    ['499 rows, 1,000 before (guard: rows -50%)'],
  ],
  ['ten points less', GUARD, profile(1_000, { ...BEFORE.filled, email: 878 }), []],
  [
    'more than that',
    GUARD,
    profile(1_000, { ...BEFORE.filled, email: 877 }),
    ['column "email" has a value in 87.7 % of the rows, 97.8 % before (guard: fill -10%)'],
  ],
  [
    'a thin column emptied',
    GUARD,
    profile(1_000, { ...BEFORE.filled, fax: 0 }),
    ['column "fax" has a value in 0.0 % of the rows, 7.0 % before (guard: fill -10%)'],
  ],
  ['a thinner one', GUARD, profile(1_000, { ...BEFORE.filled, note: 0 }), []],
  [
    'a wide bound and a column emptied',
    { fill: 99 },
    profile(1_000, { ...BEFORE.filled, email: 0 }),
    ['column "email" has a value in 0.0 % of the rows, 97.8 % before (guard: fill -99%)'],
  ],
  ['more rows and values', GUARD, profile(9_000, { id: 9_000, email: 9_000, fax: 9_000, note: 9_000 }), []],
  [
    'a misspelt header',
    GUARD,
    profile(1_000, { id: 1_000, 'e-mail': 978, fax: 70, note: 60 }),
    ['column "email" is gone', 'column "e-mail" is new', '4 columns, 4 before (guard: columns same)'],
  ],
  ['another order', GUARD, profile(1_000, { note: 60, fax: 70, email: 978, id: 1_000 }), []],
  ['what is not guarded', { rows: 50 }, profile(1_000, { id: 1_000 }), []],
  [
    'no rows',
    GUARD,
    profile(0, { id: 0, email: 0, fax: 0, note: 0 }),
    ['0 rows, 1,000 before (guard: rows -50%)'],
  ],
])('%s', (_what, guard, now, breaches) => {
  expect(judgeDrift(guard, BEFORE, now)).toEqual(breaches);
});

test('a rare key of JSON lines may come and go', () => {
  const keys = { may_lack_keys: true };
  const before = profile(1_000, { id: 1_000, email: 900, rare: 99 }, keys);
  expect(judgeDrift(GUARD, before, profile(1_000, { id: 1_000, email: 900, odd: 3 }, keys))).toEqual([]);
  const lost = judgeDrift(GUARD, before, profile(1_000, { id: 1_000, mail: 900 }, keys));
  expect(lost.slice(0, 2)).toEqual(['column "email" is gone', 'column "mail" is new']);
});

/** Random numbers that are the same in each run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A night of an export: rows within 10 % of what they are wont to be, the fill of each column within 3 points. */
function healthy(base: { rows: number; fills: readonly number[] }, random: () => number): InputProfile {
  const rows = Math.round(base.rows * (0.9 + 0.2 * random()));
  const filled = base.fills.map((fill, i) => {
    const share = Math.min(1, Math.max(0, fill + 0.06 * random() - 0.03));
    return [`c${i}`, Math.round(rows * share)] as const;
  });
  return profile(rows, Object.fromEntries(filled));
}

const exportOf = (random: () => number) => ({
  rows: Math.round(200 + 50_000 * random()),
  fills: Array.from({ length: 3 + Math.floor(20 * random()) }, () => random() ** 2),
});

test('200 healthy nights of 20 exports: no alarm', () => {
  const random = randomFrom(7);
  let nights = 0;
  for (let i = 0; i < 20; i += 1) {
    const base = exportOf(random);
    let last = healthy(base, random);
    for (let night = 0; night < 10; night += 1) {
      const now = healthy(base, random);
      expect(judgeDrift(GUARD, last, now), `export ${i}, night ${night}`).toEqual([]);
      last = now;
      nights += 1;
    }
  }
  expect(nights).toBe(200);
});

test('100 planted faults: all found, and named', () => {
  const random = randomFrom(11);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(items.length * random())] as T;
  for (let i = 0; i < 100; i += 1) {
    const base = exportOf(random);
    const fills = [...base.fills, 0.2 + 0.8 * random()]; // one column at least whose loss matters
    const before = healthy({ ...base, fills }, random);
    const good = healthy({ ...base, fills }, random);
    const column = pick(
      Object.keys(before.filled).filter((name) => (before.filled[name] ?? 0) >= 0.16 * before.rows),
    );
    const { [column]: _, ...others } = good.filled;
    const faults: [InputProfile, string][] = [
      [profile(good.rows, { ...good.filled, [column]: 0 }), column],
      [
        profile(good.rows, {
          ...good.filled,
          [column]: Math.round(((before.filled[column] ?? 0) / before.rows - 0.12) * good.rows),
        }),
        column,
      ],
      [profile(good.rows, { ...others, [`${column}_`]: good.filled[column] ?? 0 }), column],
      [profile(good.rows, others), column],
      [profile(good.rows, { ...good.filled, extra: good.rows }), 'extra'],
      [
        profile(
          Math.floor(before.rows * 0.49),
          Object.fromEntries(
            Object.entries(good.filled).map(([name, n]) => [
              name,
              Math.round((n / good.rows) * Math.floor(before.rows * 0.49)),
            ]),
          ),
        ),
        'rows',
      ],
    ];
    const [now, named] = faults[i % faults.length] as [InputProfile, string];
    expect(judgeDrift(GUARD, before, now).join('; '), `fault ${i}`).toContain(named);
  }
});
