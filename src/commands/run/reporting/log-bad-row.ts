import type { Logger } from '../../../core/logger.ts';
import type { RowLine } from '../../../journal/journal-lines.ts';
import { plural } from '../../../journal/summary-text.ts';
import type { Tally } from '../../../journal/tally.ts';

/** Bad rows of one cause that are logged at `warn`; further ones are `debug`. */
const LOGGED_PER_CAUSE = 5;

/**
 * Logs a row that ended badly: the first few of each cause loudly. `isWatched`: beside a progress line a cause has one line at
 * its first row, and another one whenever it has ten times as many, since a person reads it.
 */
export function logBadRow(log: Logger, line: RowLine, tally: Tally, isWatched = false): void {
  if (!line.error) return;
  const { code, message, column } = line.error;
  const rows = tally.countOf(line.error);
  const isLoud = isWatched ? isPowerOfTen(rows) : rows <= LOGGED_PER_CAUSE;
  const counted = isWatched && rows > 1 ? `${plural(rows, 'row')} so far: ${message}` : message;
  log[isLoud ? 'warn' : 'debug'](
    { row: line.row, line: line.line, status: line.status, code, ...(column ? { column } : {}) },
    isLoud ? counted : message,
  );
}

// --- internal ---

function isPowerOfTen(value: number): boolean {
  return value === 10 ** Math.round(Math.log10(value));
}
