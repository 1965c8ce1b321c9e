import { CLEAR_LINE, type Host } from '../core/host.ts';
import type { Logger } from '../core/logger.ts';
import type { RowLine } from '../journal/journal-lines.ts';
import type { Tally } from '../journal/tally.ts';

/** How often the line on a terminal is drawn, and how often a log tells instead. */
const DRAW_MS = 250;
const LOG_MS = 30_000;

/**
 * Tells how far the work is: a line that redraws on a terminal, else a log line each 30 s. Returns how to stop.
 * `draw` makes the line, for a terminal so many columns wide; `fieldsOf` what a log line holds.
 */
export function startTelling<T extends object>(
  host: Host,
  log: Logger,
  onTerminal: boolean,
  look: () => T,
  draw: (progress: T, columns: number) => string,
  fieldsOf: (progress: T) => object = (progress) => ({ ...progress }),
): () => void {
  const { stderr } = host;
  if (!onTerminal) {
    const timer = setInterval(() => log.info(fieldsOf(look()), 'progress'), LOG_MS);
    timer.unref();
    return () => clearInterval(timer);
  }
  const timer = setInterval(() => stderr.write(CLEAR_LINE + draw(look(), stderr.columns ?? 80)), DRAW_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    stderr.write(CLEAR_LINE);
  };
}

/** Bad rows of one cause that are logged at `warn`; further ones are `debug`. */
const LOGGED_PER_CAUSE = 5;

/** Logs a row that ended badly: the first few of each cause loudly. */
export function tellOfBadRow(log: Logger, line: RowLine, tally: Tally): void {
  if (!line.error) return;
  const { code, message, column } = line.error;
  const level = tally.countOf(line.error) <= LOGGED_PER_CAUSE ? 'warn' : 'debug';
  log[level](
    { row: line.row, line: line.line, status: line.status, code, ...(column ? { column } : {}) },
    message,
  );
}
