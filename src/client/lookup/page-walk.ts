/**
 * Reads a list of contacts page by page while it changes, from the last page to the first, oldest contacts first in the list.
 * A deletion moves contacts to lower pages, which are still to be read, and new contacts stand at the end, which is
 * behind. Two things could lose one: a contact that comes into the middle (one without e-mail, phone and identifier
 * is not listed until it gets one, livedesk-api.md 5.8) moves others up, and pages read at the same time may be of
 * different moments. Both show in `meta.count` or in contacts seen twice, and those pages are read again.
 */
export interface PageWalk {
  /** The highest page that is still to be read; 0 when none is. */
  readonly next: number;
  /** Pages to read at the same time. */
  readonly width: number;
  readonly maxWidth: number;
  /** Contacts of one page. */
  readonly size: number;
  /** Contacts in all, as last told. */
  readonly count: number;
  /** Contacts that came in meanwhile. */
  readonly arrived: number;
  /** How often it may still go back because contacts came in. */
  readonly patience: number;
}

/** Times to go back whatever the number of pages. */
const LEAST_PATIENCE = 20;

/** A sweep over `count` contacts from page `from` down, by default the last. */
export function startPageWalk(
  count: number,
  size: number,
  maxWidth: number,
  from = Math.ceil(count / size),
): PageWalk {
  const patience = LEAST_PATIENCE + Math.ceil(from / 4);
  return { next: from, width: 1, maxWidth, size, count, arrived: 0, patience };
}

/** The pages to read now, highest first. */
export function pagesOf({ next, width }: Pick<PageWalk, 'next' | 'width'>): number[] {
  return Array.from({ length: Math.min(width, next) }, (_, i) => next - i);
}

/**
 * The pages that come next if those of now are quiet, to be asked for before these have come: else the rate would wait for
 * the slowest page each time. None until the sweep has come to its full width, and none beside a page that is read alone: that
 * is how a list is read that changes.
 */
export function pagesBehind({ next, width, maxWidth }: PageWalk): number[] {
  return width < Math.max(2, maxWidth) ? [] : pagesOf({ next: Math.max(0, next - width), width });
}

/** The sweep after those pages: `counts` as each answer told it, and whether any contact was seen a moment before. */
export function afterPages(sweep: PageWalk, counts: readonly number[], hasRepeats: boolean): PageWalk {
  const { next, width, maxWidth, size, patience } = sweep;
  const count = counts.at(-1) ?? sweep.count;
  const rise = Math.max(0, Math.max(...counts) - sweep.count);
  const isQuiet = !hasRepeats && counts.every((one) => one === sweep.count);
  const after = { ...sweep, count, arrived: sweep.arrived + rise };
  if (isQuiet) return { ...after, next: next - counts.length, width: Math.min(maxWidth, width * 2) };
  const last = Math.max(next, Math.ceil(count / size));
  if (rise > 0 && patience > 0) {
    // what came in may have moved others to pages that were read already
    const back = Math.min(last, next + Math.ceil(rise / size));
    return { ...after, next: back, width: 1, patience: patience - 1 };
  }
  return { ...after, next: width === 1 ? next - 1 : next, width: 1 };
}
