/** Mulberry32: numbers in [0, 1) that are the same for the same seed, on every machine. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    return scramble(state) / 2 ** 32;
  };
}

/** A 32-bit hash of two integers, for values that must depend on an id and not on the order of asking. */
export function hashOf(seed: number, id: number): number {
  return scramble(
    Math.imul(seed | 0, 0x9e3779b1) ^ (id | 0) ^ Math.imul(Math.floor(id / 2 ** 32), 0x85ebca6b),
  );
}

function scramble(state: number): number {
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return (t ^ (t >>> 14)) >>> 0;
}
