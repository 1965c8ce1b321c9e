import { EXIT, RunError } from '../../core/errors.ts';
import type { Share } from '../../core/types.ts';

/** Rows before a percentage of bad ones means anything. */
const ROWS_TO_JUDGE = 100;

/** Rows of this process: those with an outcome, or, to be judged, all that were read. */
export interface OutcomeCounts {
  readonly rows: number;
  readonly bad: number;
}

/** Whether more rows ended badly than the bound allows. */
export function isBeyond(share: Share, { rows, bad }: OutcomeCounts): boolean {
  if (share.kind === 'rows') return bad > share.rows;
  return rows >= ROWS_TO_JUDGE && bad * 100 > rows * share.percent;
}

/** The error that stops such a run. */
export function tooManyErrors(share: Share, { rows, bad }: OutcomeCounts): RunError {
  const bound = share.kind === 'rows' ? `${share.rows}` : `${share.percent}%`;
  return new RunError(
    'ERR_MAX_ERRORS',
    `${bad} of ${rows} rows ended badly, more than --max-errors ${bound}`,
    {
      exitCode: EXIT.stopped,
    },
  );
}
