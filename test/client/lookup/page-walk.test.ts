import { describe, expect, test } from 'vitest';
import { OLDEST_FIRST } from '../../../src/client/http/requests.ts';
import { sortedBy } from '../../../src/client/lookup/list-order.ts';
import {
  afterPages,
  type PageWalk,
  pagesBehind,
  pagesOf,
  startPageWalk,
} from '../../../src/client/lookup/page-walk.ts';
import { RecentPages } from '../../../src/client/lookup/recent-pages.ts';

/** A sweep at `next` that reads `width` pages, of an account that had 150 contacts, 15 on a page. */
const at = (next: number, width: number, more: Partial<PageWalk> = {}): PageWalk => ({
  ...startPageWalk(150, 15, 8),
  next,
  width,
  ...more,
});

test('begins at the last page, one page at a time', () => {
  expect(pagesOf(startPageWalk(150, 15, 8))).toEqual([10]);
  expect(pagesOf(startPageWalk(151, 15, 8))).toEqual([11]);
  expect(pagesOf(startPageWalk(0, 15, 8))).toEqual([]);
  expect(pagesOf(at(3, 8))).toEqual([3, 2, 1]);
});

test.each<
  [what: string, sweep: PageWalk, counts: number[], hasRepeats: boolean, next: number, width: number]
>([
  ['all is quiet: wider', at(10, 2), [150, 150], false, 8, 4],
  ['but not beyond what is allowed', at(10, 8), Array(8).fill(150), false, 2, 8],
  ['one left: one page is enough to go on', at(10, 1), [149], false, 9, 1],
  ['one left meanwhile: the same pages, one by one', at(10, 2), [150, 149], false, 10, 1],
  ['one left and one came: the repeat tells', at(10, 2), [150, 150], true, 10, 1],
  ['repeats among pages read one by one say nothing', at(10, 1), [150], true, 9, 1],
  ['one came in: a page back', at(5, 1), [151], false, 6, 1],
  ['many came in: as many pages back as they fill', at(5, 1), [181], false, 8, 1],
  ['no further back than the end', at(10, 1), [151], false, 11, 1],
  ['and not for ever', at(5, 1, { patience: 0 }), [151], false, 4, 1],
  ['with several pages, back from the first of them', at(5, 4), [150, 150, 151, 150], false, 6, 1],
])('%s', (_what, sweep, counts, hasRepeats, next, width) => {
  expect(afterPages(sweep, counts, hasRepeats)).toMatchObject({ next, width, count: counts.at(-1) });
});

test.each<[what: string, sweep: PageWalk, pages: number[]]>([
  ['as many as are read now, behind them', at(10, 4, { maxWidth: 4 }), [6, 5, 4, 3]],
  ['no more than there are', at(10, 8), [2, 1]],
  ['none behind the last', at(8, 8), []],
  ['none before the sweep has come to its width', at(10, 4), []],
  ['none beside a page that is read alone', at(10, 1, { maxWidth: 1 }), []],
])('asked for beforehand: %s', (_what, sweep, pages) => {
  expect(pagesBehind(sweep)).toEqual(pages);
});

test('counts who came in', () => {
  expect(afterPages(at(5, 1), [153], false).arrived).toBe(3);
});

describe('pages read before', () => {
  const byAge = sortedBy(OLDEST_FIRST);
  const page = (...ids: number[]) => ids.map((id) => ({ id, created_at: Math.floor(id / 10) }));

  test('tell a contact that was seen a moment ago', () => {
    const recent = new RecentPages(2, byAge);
    expect(recent.add(3, page(31, 42)).hasRepeats).toBe(false);
    expect(recent.add(2, page(21, 31)).hasRepeats).toBe(true);
    recent.add(1, page(11, 12));
    expect(recent.add(1, page(31)).hasRepeats).toBe(true);
    expect(new RecentPages(1, byAge).add(1, page(31)).hasRepeats).toBe(false);
  });

  test('say nothing of a contact that is tied: it may stand on any page', () => {
    const recent = new RecentPages(2, byAge);
    recent.add(3, page(31, 32));
    expect(recent.add(2, page(21, 31)).hasRepeats).toBe(false);
  });

  test('tell contacts of one second on two pages', () => {
    const recent = new RecentPages(9, byAge);
    recent.add(3, page(31, 32));
    expect(recent.add(2, page(21, 30)).isTied).toBe(true);
    expect(recent.add(1, page(11, 19)).isTied).toBe(false);
    // not the page behind
    expect(recent.add(3, page(12, 13)).isTied).toBe(false);
  });
});
