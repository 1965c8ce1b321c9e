import type { Clock } from '../../core/clock.ts';

/** Unix time in milliseconds as it was at the start, carried on by the monotonic clock: setting the clock does not move it. */
export function createSteadyTime(clock: Clock): () => number {
  const offset = clock.now() - clock.monotonic();
  return () => offset + clock.monotonic();
}
