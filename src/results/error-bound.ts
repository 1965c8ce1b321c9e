import { EXIT, RunError } from '../errors.ts';

/** Outcomes before a percentage of bad ones means anything. */
const OUTCOMES_TO_JUDGE = 100;

/** A bound on bad rows: a number of them, or a share of the outcomes. */
export type Share =
  | { readonly kind: 'rows'; readonly rows: number }
  | { readonly kind: 'percent'; readonly percent: number };

/** Outcomes of this process. */
export interface Outcomes {
  readonly rows: number;
  readonly bad: number;
}

/** Whether more rows ended badly than the bound allows. */
export function isBeyond(share: Share, { rows, bad }: Outcomes): boolean {
  if (share.kind === 'rows') return bad > share.rows;
  return rows >= OUTCOMES_TO_JUDGE && bad * 100 > rows * share.percent;
}

/** The error that stops such a run. */
export function tooManyErrors(share: Share, { rows, bad }: Outcomes): RunError {
  const bound = share.kind === 'rows' ? `${share.rows}` : `${share.percent}%`;
  return new RunError(
    'ERR_MAX_ERRORS',
    `${bad} of ${rows} rows ended badly, more than --max-errors ${bound}`,
    {
      exitCode: EXIT.stopped,
    },
  );
}
