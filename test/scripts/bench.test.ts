import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alternate, median, middle, ratio } from '../../scripts/bench/figures.mjs';
import { finding, renderTable, unmeasured } from '../../scripts/bench/table.mjs';

test.each([
  [[3], 3],
  [[10, 9, 2], 9],
  [[4, 1, 3, 2], 2.5],
  [[], Number.NaN],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected);
});

test('law: half of the values are at most the median, half at least, in whatever order they come', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1 }), (values) => {
      const middleOne = median(values);
      expect(values.filter((value) => value <= middleOne).length * 2).toBeGreaterThanOrEqual(values.length);
      expect(values.filter((value) => value >= middleOne).length * 2).toBeGreaterThanOrEqual(values.length);
      expect(median([...values].reverse())).toBe(middleOne);
    }),
  );
});

test('contestants run in turn, every other round backwards', async () => {
  const ran: string[] = [];
  const contestant = (name: string) => ({
    name,
    run: async () => {
      ran.push(name);
      return { place: ran.length };
    },
  });
  const rounds = await alternate([contestant('a'), contestant('b'), contestant('c')], 3);
  expect(ran.join('')).toBe('abccbaabc');
  expect(rounds).toEqual({
    a: [{ place: 1 }, { place: 6 }, { place: 7 }],
    b: [{ place: 2 }, { place: 5 }, { place: 8 }],
    c: [{ place: 3 }, { place: 4 }, { place: 9 }],
  });
});

test('a ratio is taken within each round, so that a slow stretch of the machine cancels out', () => {
  const rounds = {
    ours: [{ perSecond: 200 }, { perSecond: 20 }, { perSecond: 210 }],
    theirs: [{ perSecond: 100 }, { perSecond: 10 }, { perSecond: 100 }],
  };
  expect(ratio(rounds, 'ours', 'theirs', 'perSecond')).toBe(2);
  expect(middle(rounds, 'ours', 'perSecond')).toBe(200);
});

test.each([
  [{ value: 1.2, atLeast: 1.15 }, true],
  [{ value: 1.14, atLeast: 1.15 }, false],
  [{ value: 150, atMost: 150 }, true],
  [{ value: 151, atMost: 150 }, false],
  [{ value: Number.NaN, atMost: 150 }, false],
  [{ value: 7 }, undefined],
])('a figure %j reaches what it must: %s', (figure, isReached) => {
  expect(finding('a figure', figure).isReached).toBe(isReached);
});

test('the table', () => {
  const findings = [
    finding('memory, peak', { value: 104.4, atMost: 150, unit: ' MB', digits: 0, more: '10 million rows' }),
    finding('against a bare loop', { value: 1.1, atLeast: 1.15 }),
    finding('  curl --parallel, for comparison', { value: 8414, unit: '/s', digits: 0 }),
    unmeasured('  wrk, for comparison', 'not installed'),
  ];
  expect(renderTable(findings)).toMatchInlineSnapshot(`
    "what                               must reach  measured                  of it  verdict
    ---------------------------------------------------------------------------------------
    memory, peak                       <= 150 MB   104 MB (10 million rows)  0.70   ok
    against a bare loop                >= 1.15     1.10                      0.96   MISSED
      curl --parallel, for comparison              8414/s
      wrk, for comparison                          not installed
    "
  `);
});
