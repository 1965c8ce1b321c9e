import type { Status } from '../core/types.ts';
import { STATUSES } from '../core/types.ts';

/** What a progress line is made of. */
export interface Progress {
  /** Rows with an outcome. */
  readonly rows: number;
  /** Rows of the input, where they were counted. */
  readonly totalRows?: number | undefined;
  /** Of the rows that are done, or, where the `total` does not say how much there is to do (a pipe, a limit), read so far. */
  readonly bytes: { readonly read: number; readonly total: number | undefined };
  /** Share of the work done, 0 to 1; undefined for pipes. */
  readonly share: number | undefined;
  readonly statuses: Readonly<Record<Status, number>>;
  /** Requests per second in the last seconds. */
  readonly rate: number;
  /** Per second; undefined is unlimited. */
  readonly allowed: number | undefined;
  readonly retries: number;
  /** Why the run waits, in words; undefined while it does not wait. */
  readonly waiting: string | undefined;
  /** How long the rest takes, in seconds; undefined while that cannot be told. */
  readonly leftS: number | undefined;
}

/** One line for a terminal `columns` wide: what matters most comes first, what does not fit is left out. */
export function progressLine(progress: Progress, columns: number): string {
  const { statuses, allowed, retries, leftS } = progress;
  const bad = statuses.invalid + statuses.rejected + statuses.failed;
  return fitLine(
    [
      doneOf(progress),
      progress.waiting,
      bad > 0 ? `${count(bad)} bad` : undefined,
      `${progress.rate.toFixed(1)}/s${allowed === undefined ? '' : ` of ${allowed}`}`,
      leftS === undefined ? undefined : timeLeft(leftS),
      ...STATUSES.filter((status) => statuses[status] > 0).map(
        (status) => `${count(statuses[status])} ${status}`,
      ),
      retries > 0 ? `${count(retries)} ${retries === 1 ? 'retry' : 'retries'}` : undefined,
    ],
    columns,
  );
}

/** The same as fields of a log line. */
export function progressFields(progress: Progress): object {
  const { rows, totalRows, share, statuses, rate, allowed, retries, waiting, leftS } = progress;
  return {
    rows,
    ...(totalRows === undefined ? {} : { total_rows: totalRows }),
    ...(share === undefined ? {} : { done: `${Math.floor(share * 100)}%` }),
    statuses: Object.fromEntries(
      STATUSES.flatMap((name) => (statuses[name] > 0 ? [[name, statuses[name]]] : [])),
    ),
    rate: Math.round(rate * 10) / 10,
    ...(allowed === undefined ? {} : { allowed }),
    retries,
    ...(waiting === undefined ? {} : { waiting }),
    ...(leftS === undefined ? {} : { left: timeLeft(leftS) }),
  };
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

/** `42 s left`, `3 min left`, `2.4 h left`. */
export function timeLeft(seconds: number): string {
  if (seconds < 59.5) return `${Math.round(seconds)} s left`;
  const minutes = seconds / 60;
  return minutes < 59.5 ? `${Math.round(minutes)} min left` : `${(minutes / 60).toFixed(1)} h left`;
}

// --- internal ---

/** Rows of rows, else rows and bytes of bytes: what is known of how much there is. */
function doneOf({ rows, totalRows, bytes, share }: Progress): string {
  const percent = share === undefined ? '' : ` ${Math.floor(share * 100)}%`;
  if (totalRows !== undefined) return `${count(rows)} of ${count(totalRows)} rows${percent}`;
  const of = bytes.total === undefined ? '' : ` of ${size(bytes.total)}`;
  return `${count(rows)} rows, ${size(bytes.read)}${of}${percent}`;
}

function count(n: number): string {
  return n.toLocaleString('en-US');
}

/** `812 B`, `34.1 kB`, `1.2 GB`. */
function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(1)} ${units[power - 1]}`;
}
