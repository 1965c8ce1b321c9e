import type { Outcome } from '../core/types.ts';
import type { RowLine } from '../journal/journal-lines.ts';

/** What became of a row, as its line in `results.jsonl` has it. Holds no value of the row. */
export interface RowOutcome extends Omit<Outcome, 'confirms'> {
  /** Index of the row's input among those of the run, from 0. */
  readonly input: number;
  /** Number of the row in its input, from 1. */
  readonly row: number;
  /** Line on which it starts, from 1; of `rows` the same as `row`. */
  readonly line: number;
  /** When it ended, ISO time. */
  readonly at: string;
}

/** The outcome that a line of the journal tells of. */
export function outcomeOf(line: RowLine): RowOutcome {
  const {
    type: _type,
    reject: _reject,
    set: _set,
    position: _position,
    input = 0,
    contact_id,
    http_status,
    duration_ms,
    not_applied,
    ...same
  } = line;
  return {
    input,
    ...same,
    ...(contact_id !== undefined && { contactId: contact_id }),
    ...(http_status !== undefined && { httpStatus: http_status }),
    ...(duration_ms !== undefined && { durationMs: duration_ms }),
    ...(not_applied !== undefined && { notApplied: not_applied }),
  };
}
