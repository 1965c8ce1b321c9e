import { ageText } from '../../../core/duration-text.ts';
import { plural } from '../../../journal/summary-text.ts';

/** So many contacts that a pull did not see are searched for; more would take longer than a new pull. */
export const MOST_MISSES = 100;

/** A nightly pull is never older than this when the run of the night ends. */
const FRESH_MS = 24 * 60 * 60_000;

/** What is known of rows whose contact was not found. */
export interface Misses {
  /** Rows that were skipped or refused since no contact has a key of theirs. */
  readonly rows: number;
  /** Rows whose contact the state did not know before the run; undefined where they were not counted. */
  readonly unknownRows: number | undefined;
  /** When the last complete pull began, Unix time in milliseconds; undefined: there was none. */
  readonly pulledAt: number | undefined;
  /** `--pull-every`, in milliseconds. */
  readonly pullEveryMs: number | undefined;
}

/**
 * A warning where rows count as missing by a pull that may be too old to know their contacts: one older than `--pull-every`,
 * or than a day. A run without a pull asks the API about each row, and so does one that has few unknown rows: what these
 * miss is not there.
 */
export function staleMissNote(misses: Misses, now: number, pullCommand: string): string | undefined {
  const { rows, unknownRows = Number.POSITIVE_INFINITY, pulledAt, pullEveryMs = FRESH_MS } = misses;
  if (pulledAt === undefined || rows === 0 || unknownRows <= MOST_MISSES) return undefined;
  const age = now - pulledAt;
  if (age <= pullEveryMs) return undefined;
  return `${plural(rows, 'row has', 'rows have')} no contact as of the pull of ${new Date(pulledAt).toISOString().slice(0, 16)}Z, ${ageText(age)} ago; contacts that were made since are not known. Give the run --pull-every 24h, or pull again: ${pullCommand}`;
}
