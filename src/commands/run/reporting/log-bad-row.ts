import type { Logger } from '../../../core/logger.ts';
import type { RowLine } from '../../../journal/journal-lines.ts';
import type { Tally } from '../../../journal/tally.ts';

/** Bad rows of one cause that are logged at `warn`; further ones are `debug`. */
const LOGGED_PER_CAUSE = 5;

/** Logs a row that ended badly: the first few of each cause loudly. */
export function logBadRow(log: Logger, line: RowLine, tally: Tally): void {
  if (!line.error) return;
  const { code, message, column } = line.error;
  const level = tally.countOf(line.error) <= LOGGED_PER_CAUSE ? 'warn' : 'debug';
  log[level](
    { row: line.row, line: line.line, status: line.status, code, ...(column ? { column } : {}) },
    message,
  );
}
