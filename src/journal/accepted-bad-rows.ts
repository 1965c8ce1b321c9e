import type { Share, Status } from '../core/types.ts';

/** Whether a run is a good one in spite of its bad rows (`--accept-bad-rows`). */
export interface AcceptedBadRows {
  /** As the option spells it, e.g. `0.5%`. */
  readonly given: string;
  /** Rows; absent for a shard, which only the merged run can judge. */
  readonly allowed?: number;
  /** Whether there were no more than that, and none that `failed`. */
  readonly met: boolean;
}

/** The rows of a run as they are counted. */
interface CountedRows {
  readonly statuses: Readonly<Record<Status, number>>;
  /** Without those that are no data. */
  readonly dataRows: number;
}

/**
 * Judges the bad rows of a run: `invalid` and `rejected` ones are accepted up to a share of all rows of the run that are
 * data, rounded down; a `failed` one never is, since it may be delivered yet. Undefined where none is accepted.
 */
export function acceptBadRows(
  share: Share,
  { statuses, dataRows }: CountedRows,
  isShard: boolean,
): AcceptedBadRows | undefined {
  const most = share.kind === 'rows' ? share.rows : share.percent;
  if (most === 0) return undefined;
  const given = share.kind === 'rows' ? `${share.rows}` : `${share.percent}%`;
  if (isShard) return { given, met: statuses.failed === 0 };
  // a percentage may have digits that a double rounds: 0.07 % of 10,000 rows are 7
  const allowed = share.kind === 'rows' ? share.rows : Math.floor((share.percent * dataRows) / 100 + 1e-9);
  return { given, allowed, met: statuses.failed === 0 && statuses.invalid + statuses.rejected <= allowed };
}
