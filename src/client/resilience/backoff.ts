/** First upper bound of a wait between attempts. */
const BASE_MS = 500;
/** Highest upper bound. */
const CAP_MS = 60_000;

/**
 * Milliseconds to wait after `failures` failed attempts (1 or more): exponential with full jitter, so that rows
 * that failed together do not come back together. `random` is in [0, 1).
 */
export function backoffMs(failures: number, random: number): number {
  const bound = Math.min(CAP_MS, BASE_MS * 2 ** Math.min(failures - 1, 30));
  return Math.round(random * bound);
}
