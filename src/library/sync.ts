import { systemClock } from '../core/clock.ts';
import { EXIT, RunError } from '../core/errors.ts';
import { Shutdown } from '../core/shutdown.ts';
import type { Summary } from '../journal/summary.ts';
import { inLibraryWords } from './library-words.ts';
import { outcomeOf, type RowOutcome } from './outcome.ts';
import { createOutcomes } from './outcomes.ts';
import type { GivenOptions, InputRow, SyncOptions } from './sync-options.ts';

/** A run: an iterable of what became of each row, and a summary. */
export interface SyncRun extends AsyncIterable<RowOutcome> {
  /**
   * The summary, the same object that `summary.json` holds; asking for it starts the run. A run that stops early has
   * one, too, and says why in `stopped`. Rejects with a {@link RunError} where a mistake kept the run from beginning.
   */
  readonly summary: Promise<Summary>;
  /** Why the run is ending before its input does; its `cause` is what the rows or the signal gave. */
  readonly stopped: RunError | undefined;
  /**
   * The outcomes, in the order in which rows end; beginning starts the run. Reading the input waits while a thousand of
   * them wait. Leaving early stops the run: rows in flight are finished, the others stay pending. Once only; throws
   * what `summary` rejects with.
   */
  [Symbol.asyncIterator](): AsyncGenerator<RowOutcome, undefined>;
}

/**
 * Syncs the contacts of files, or of rows that a program has, as `livedesk-sync run` does: the same pace, retries,
 * journal and run directory. Nothing begins before the outcomes or the summary are asked for.
 *
 * Reads no environment but the proxy's, hears no signals, prints nothing. One run per account at a time.
 */
export function sync<Row extends object = InputRow>(options: SyncOptions<Row>): SyncRun {
  const stop = new Shutdown();
  let running: Promise<Summary> | undefined;
  let isOver = false;
  const start = (): Promise<Summary> => {
    running ??= run();
    return running;
  };
  const outcomes = createOutcomes({
    draining: stop.draining,
    start,
    async leave() {
      if (!isOver) stop.fail(aborted('its outcomes were left before the last one'));
      await running?.catch(() => {});
    },
  });

  const run = async (): Promise<Summary> => {
    const { signal } = options;
    const onAbort = (): void => stop.fail(aborted('its signal was aborted', signal?.reason));
    try {
      // not before somebody asks: whoever imports the library may never do
      const [{ performRun }, { readSyncOptions }, { libraryHost }, { createListenedLogger }] =
        await Promise.all([
          import('../commands/run/run.ts'),
          import('./read-sync-options.ts'),
          import('./library-host.ts'),
          import('../core/logger.ts'),
        ]);
      const { recall, env, rows } = readSyncOptions(options as GivenOptions);
      const checked = await recall();
      if (signal?.aborted) onAbort();
      signal?.addEventListener('abort', onAbort, { once: true });
      const log = await createListenedLogger({ clock: systemClock }, checked.logLevel, options.onLog);
      return await performRun(checked, libraryHost(env, rows), {
        log,
        stop,
        onRow: (line) => outcomes.add(outcomeOf(line)),
        room: outcomes.room,
      });
    } catch (error) {
      throw error instanceof RunError ? inLibraryWords(error) : error;
    } finally {
      isOver = true;
      signal?.removeEventListener('abort', onAbort);
    }
  };

  return {
    get summary() {
      return start();
    },
    get stopped() {
      return stop.reason?.kind === 'error' ? stop.reason.error : undefined;
    },
    [Symbol.asyncIterator]: outcomes.iterate,
  };
}

// --- internal ---

function aborted(why: string, cause?: unknown): RunError {
  return new RunError('ERR_ABORTED', `the run was stopped: ${why}`, {
    exitCode: EXIT.stopped,
    cause,
  });
}
