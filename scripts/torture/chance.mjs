// @ts-check

/**
 * A source of chance that a seed repeats (mulberry32).
 * @param {number} seed
 */
export function chance(seed) {
  let state = seed >>> 0;
  /** A number in [0, 1). */
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    /** @param {number} low @param {number} high Both are possible. */
    whole: (low, high) => low + Math.floor(next() * (high - low + 1)),
    /** @param {number} share Of 1. */
    likely: (share) => next() < share,
    /** @template T @param {readonly [T, ...T[]]} some @returns {T} */
    oneOf: (some) => some[Math.floor(next() * some.length)] ?? some[0],
  };
}
