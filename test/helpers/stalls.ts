import { monitorEventLoopDelay } from 'node:perf_hooks';

/** A server that is held up for longer sees what came in the meantime arrive at once, however evenly it was sent. */
const QUIET_S = 0.015;

/**
 * Watches how long this machine holds programs up, from now on. Gives seconds by which the longest stall exceeded what is
 * usual: so much of a rate may arrive beside that of any second.
 */
export function watchStalls(): () => number {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  return () => {
    delay.disable();
    return Math.max(0, delay.max / 1e9 - QUIET_S);
  };
}
