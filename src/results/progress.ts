import type { Status } from '../types.ts';

/** What a progress line is made of. */
export interface Progress {
  readonly rows: number;
  /** Share of the input read, 0 to 1; undefined for pipes. */
  readonly share: number | undefined;
  readonly statuses: Readonly<Record<Status, number>>;
  /** Requests per second of late. */
  readonly rate: number;
  /** Per second; undefined is unlimited. */
  readonly allowed: number | undefined;
  readonly retries: number;
  /** Why everybody waits, in words; undefined when nobody does. */
  readonly waiting: string | undefined;
  /** Since the start, in seconds. */
  readonly elapsedS: number;
}

/** One line for a terminal `columns` wide: what matters most comes first, what does not fit is left out. */
export function progressLine(progress: Progress, columns: number): string {
  const { statuses, share } = progress;
  const bad = statuses.invalid + statuses.rejected + statuses.failed;
  const parts = [
    `${progress.rows.toLocaleString('en-US')} rows${share === undefined ? '' : ` ${Math.floor(share * 100)}%`}`,
    progress.waiting,
    bad > 0 ? `${bad.toLocaleString('en-US')} bad` : undefined,
    `${progress.rate.toFixed(1)}/s${progress.allowed === undefined ? '' : ` of ${progress.allowed}`}`,
    timeLeft(progress),
    progress.retries > 0 ? `${progress.retries.toLocaleString('en-US')} retries` : undefined,
  ];
  return fitLine(parts, columns);
}

/** Parts in one line of less than `columns`, from the first on, as far as they fit. */
export function fitLine(parts: readonly (string | undefined)[], columns: number): string {
  let line = '';
  for (const part of parts) {
    if (part === undefined) continue;
    const longer = line === '' ? part : `${line} | ${part}`;
    if (longer.length >= columns) break;
    line = longer;
  }
  return line;
}

/** How long the rest takes if it goes on like this; undefined while that cannot be told. */
export function timeLeft({ share, elapsedS }: Pick<Progress, 'share' | 'elapsedS'>): string | undefined {
  if (share === undefined || share <= 0.001 || share >= 1 || elapsedS < 2) return undefined;
  const left = Math.round((elapsedS * (1 - share)) / share);
  if (left < 60) return `${left} s left`;
  return left < 3600 ? `${Math.round(left / 60)} min left` : `${(left / 3600).toFixed(1)} h left`;
}
