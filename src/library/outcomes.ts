import { RunError } from '../core/errors.ts';
import type { RowOutcome } from './outcome.ts';

/** Outcomes that wait for whoever iterates before reading the input waits, too. */
const MOST_WAITING = 1_000;

/** Outcomes on their way from the run to whoever iterates over them. */
export interface OutcomeQueue {
  /** Adds one; it is dropped where nobody iterates. */
  add(outcome: RowOutcome): void;
  /** Resolves when few wait, or when the run drains: then each row that is still open may add one. */
  room(): Promise<void>;
  /** Hands them out from now on. Throws `ERR_USAGE` if that was done before, or if some are gone. */
  iterate(): AsyncGenerator<RowOutcome, undefined>;
}

export interface OutcomesOptions {
  readonly draining: AbortSignal;
  /** Starts the run, if nobody did; resolves at its end. */
  readonly start: () => Promise<unknown>;
  /** Stops the run, since the iteration was left early; resolves at its end, at once if it never began. */
  readonly leave: () => Promise<void>;
}

export function createOutcomes({ draining, start, leave }: OutcomesOptions): OutcomeQueue {
  const waiting: RowOutcome[] = [];
  let standing: 'unasked' | 'dropped' | 'iterated' | 'left' = 'unasked';
  let wakeReader: (() => void) | undefined;
  let wakeRun: (() => void) | undefined;
  draining.addEventListener('abort', () => wakeRun?.(), { once: true });

  /** The reader goes away, whether it has begun to read or not. */
  async function abandon(): Promise<void> {
    if (standing !== 'iterated') return;
    standing = 'left';
    waiting.length = 0;
    wakeRun?.();
    await leave();
  }

  async function* handOut(): AsyncGenerator<RowOutcome, undefined> {
    let isOver = false;
    const end = start().finally(() => {
      isOver = true;
      wakeReader?.();
    });
    end.catch(() => {}); // thrown below
    try {
      for (;;) {
        for (let outcome = waiting.shift(); outcome; outcome = waiting.shift()) {
          if (waiting.length < MOST_WAITING / 2) wakeRun?.();
          yield outcome;
        }
        if (isOver) break;
        await new Promise<void>((resolve) => {
          wakeReader = resolve;
        });
      }
      if (standing === 'iterated') await end;
      standing = 'left';
      return undefined;
    } finally {
      await abandon();
    }
  }

  return {
    add(outcome) {
      if (standing === 'unasked') standing = 'dropped';
      if (standing !== 'iterated') return;
      waiting.push(outcome);
      wakeReader?.();
    },
    async room() {
      while (waiting.length >= MOST_WAITING && !draining.aborted) {
        await new Promise<void>((resolve) => {
          wakeRun = resolve;
        });
      }
    },
    iterate() {
      if (standing === 'dropped') {
        throw usage('the run went on without anybody who iterated: begin that when you ask for its summary');
      }
      if (standing !== 'unasked') throw usage('the outcomes of a run can be iterated once');
      standing = 'iterated';
      const outcomes = handOut();
      const { return: finish, throw: fail } = outcomes;
      // a generator runs no `finally` before its first `next()`, and holds back a `return()` during one
      return Object.assign(outcomes, {
        async return(value?: undefined) {
          await abandon();
          return finish.call(outcomes, value);
        },
        async throw(error: unknown) {
          await abandon();
          return fail.call(outcomes, error);
        },
      });
    },
  };
}

// --- internal ---

function usage(message: string): RunError {
  return new RunError('ERR_USAGE', message);
}
