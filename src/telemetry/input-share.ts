/** How far the reading of an input and the work on its rows are. */
export interface InputProgress {
  /** Rows of this run with an outcome, those of earlier processes included as far as they were read again. */
  readonly done: number;
  /** Rows of this run that were read. */
  readonly read: number;
  /** Rows that were looked at, those of other shards included. */
  readonly seen: number;
  /** Rows that the input gave: it gives as many at once as it read. */
  readonly given: number;
  /** Stored bytes that were read to give them. */
  readonly bytesRead: number;
  /** Stored bytes of all. */
  readonly total: number;
}

/**
 * The share of the rows that are done, 0 to 1, where all rows are taken to be as long as those that the input gave; undefined
 * before the first row.
 */
export function shareOfRows({
  done,
  read,
  seen,
  given,
  bytesRead,
  total,
}: InputProgress): number | undefined {
  if (read === 0 || given === 0 || total === 0) return undefined;
  return Math.min(1, (done / read) * shareSeen({ seen, given, bytesRead, total }));
}

/** The share of the bytes whose rows were looked at: what was read ahead of them counts as not read. */
export function shareSeen({
  seen,
  given,
  bytesRead,
  total,
}: Pick<InputProgress, 'seen' | 'given' | 'bytesRead' | 'total'>): number {
  return given === 0 || total === 0 ? 0 : (seen / given) * Math.min(1, bytesRead / total);
}
