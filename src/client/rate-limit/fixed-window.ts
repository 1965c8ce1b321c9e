import type { Throughput } from './throughput.ts';

/** So many requests in each window of the clock, aligned to the epoch (livedesk-api.md 5.7). */
export interface FixedWindow {
  readonly ms: number;
  readonly requests: number;
}

/** Refusals in a row, of which the first and the last are known. Unix milliseconds. */
export interface Streak {
  readonly firstAt: number;
  readonly lastAt: number;
}

/** Windows that people configure, in seconds. */
const USUAL_S = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600];

/**
 * The window that explains a streak of refusals which ended at `passedAt`: one that began before the first and ended
 * between the last and what passed then. Where several do, the shortest of which no earlier window held more than
 * the one that was refused. Undefined where none does.
 */
export function findWindow(
  { firstAt, lastAt, passedAt }: Streak & { readonly passedAt: number },
  flow: Pick<Throughput, 'passedSince'>,
): FixedWindow | undefined {
  for (const seconds of USUAL_S) {
    const ms = seconds * 1000;
    const start = Math.floor(firstAt / ms) * ms;
    if (Math.floor(lastAt / ms) * ms !== start || Math.floor(passedAt / ms) * ms === start) continue;
    const requests = flow.passedSince(start) - flow.passedSince(start + ms);
    const before = flow.passedSince(start - ms) - flow.passedSince(start);
    if (requests > 0 && before <= requests * 1.02 + 2) return { ms, requests };
  }
  return undefined;
}
