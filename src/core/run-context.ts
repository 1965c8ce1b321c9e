import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';
import type { Shutdown } from './shutdown.ts';

/** What every part of a command shares: its time, its log, and the way to end it. */
export interface RunContext {
  readonly clock: Clock;
  readonly log: Logger;
  /** A part asks it when the run cannot go on; from outside, a signal or a program does. */
  readonly stop: Shutdown;
}
