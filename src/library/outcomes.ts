import { RunError } from '../errors.ts';
import type { RowOutcome } from './outcome.ts';

/** Outcomes that wait for whoever iterates before reading the input waits, too. */
const MOST_WAITING = 1_000;

/** Outcomes on their way from the run to whoever iterates over them. */
export interface Outcomes extends AsyncIterator<RowOutcome, undefined> {
  /** Hands them out from now on. Throws `ERR_USAGE` if that was done before, or if some are gone. */
  begin(): void;
  /** Adds one; it is dropped where nobody iterates. */
  add(outcome: RowOutcome): void;
  /** Resolves when few wait, or when the run drains: then each row that is still open may add one. */
  room(draining: AbortSignal): Promise<void>;
  return(): Promise<IteratorResult<RowOutcome, undefined>>;
}

/**
 * `ended` is called for the promise of the run's end, which starts it; `leave` when the iteration is left early, and
 * gives a promise of the end, too.
 */
export function createOutcomes(ended: () => Promise<unknown>, leave: () => Promise<void>): Outcomes {
  const waiting: RowOutcome[] = [];
  let standing: 'unasked' | 'dropped' | 'iterated' | 'left' = 'unasked';
  let wakeReader: (() => void) | undefined;
  let wakeRun: (() => void) | undefined;
  let isOver = false;
  let end: Promise<unknown> | undefined;

  const over = (): void => {
    isOver = true;
    wakeReader?.();
  };
  return {
    begin() {
      if (standing === 'dropped') {
        throw usage('the run went on without anybody who iterated: begin that when you ask for its summary');
      }
      if (standing !== 'unasked') throw usage('the outcomes of a run can be iterated once');
      standing = 'iterated';
    },
    add(outcome) {
      if (standing === 'unasked') standing = 'dropped';
      if (standing !== 'iterated') return;
      waiting.push(outcome);
      wakeReader?.();
    },
    async room(draining) {
      while (waiting.length >= MOST_WAITING && !draining.aborted) {
        await new Promise<void>((resolve) => {
          wakeRun = resolve;
          draining.addEventListener('abort', () => resolve(), { once: true });
        });
      }
    },
    async next() {
      if (!end) {
        end = ended();
        end.then(over, over);
      }
      for (;;) {
        const value = waiting.shift();
        if (waiting.length < MOST_WAITING / 2) wakeRun?.();
        if (value) return { value, done: false };
        if (standing === 'left') return { value: undefined, done: true };
        if (isOver) {
          await end; // throws what kept the run from beginning
          return { value: undefined, done: true };
        }
        await new Promise<void>((resolve) => {
          wakeReader = resolve;
        });
      }
    },
    async return() {
      standing = 'left';
      waiting.length = 0;
      wakeRun?.();
      wakeReader?.();
      await leave();
      return { value: undefined, done: true };
    },
  };
}

// --- internal ---

function usage(message: string): RunError {
  return new RunError('ERR_USAGE', message);
}
