// @ts-check

/**
 * The mean per second of the times from `from` to `to`. Times are sorted milliseconds.
 * @param {readonly number[]} times @param {number} from @param {number} to
 */
export function meanRate(times, from, to) {
  return (times.filter((at) => at >= from && at < to).length * 1000) / (to - from);
}

/**
 * The most times within any second that begins from `from` to `to`.
 * @param {readonly number[]} times @param {number} [from] @param {number} [to]
 */
export function busiestSecond(times, from = 0, to = Number.POSITIVE_INFINITY) {
  let most = 0;
  let last = 0;
  for (const [first, at] of times.entries()) {
    while (last < times.length && (times[last] ?? 0) < at + 1000) last += 1;
    if (at >= from && at < to) most = Math.max(most, last - first);
  }
  return most;
}

/**
 * The longest time without any from `from` to `to`.
 * @param {readonly number[]} times @param {number} from @param {number} to
 */
export function longestSilence(times, from, to) {
  let longest = 0;
  for (const [i, at] of times.entries()) {
    if (i > 0 && at >= from && at < to) longest = Math.max(longest, at - (times[i - 1] ?? at));
  }
  return longest;
}
