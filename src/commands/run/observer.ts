import type { Logger } from '../../core/logger.ts';
import type { Shutdown } from '../../core/shutdown.ts';
import type { RowLine } from '../../journal/journal-lines.ts';
import type { Summary } from '../../journal/summary.ts';

/** Who looks on while a run is performed: the command line, or a program that uses the library. */
export interface Observer {
  readonly log: Logger;
  /** Asked from outside, it ends the run; the run itself asks it when it cannot go on. */
  readonly stop: Shutdown;
  /** The run has begun; `left` says at any time what it would leave behind, and the command that goes on. */
  onBegin?(left: () => string): void;
  /** The journal has the outcome of a row. */
  onRow?(line: RowLine): void;
  /** Resolves when there is room for more outcomes; reading waits for it. */
  room?(): Promise<void>;
  /** Dry run: old and new values of the first rows. Absent: nobody looks at them, and they are not looked up. */
  onChanges?(text: string): void;
  /** The summary stands. What may take a while longer follows: notices, old runs to be deleted. */
  onSummary?(summary: Summary): void;
}
