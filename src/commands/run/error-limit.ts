import { EXIT, RunError } from '../../core/errors.ts';
import type { Share } from '../../core/types.ts';

/** Outcomes before a percentage of bad ones means anything. */
const OUTCOMES_TO_JUDGE = 100;

/** Outcomes of this process. */
export interface OutcomeCounts {
  readonly rows: number;
  readonly bad: number;
}

/** Whether more rows ended badly than the bound allows. */
export function isBeyond(share: Share, { rows, bad }: OutcomeCounts): boolean {
  if (share.kind === 'rows') return bad > share.rows;
  return rows >= OUTCOMES_TO_JUDGE && bad * 100 > rows * share.percent;
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
