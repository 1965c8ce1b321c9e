import { CLEAR_LINE, type Host } from '../core/host.ts';
import type { Logger } from '../core/logger.ts';

/** How often the line on a terminal is drawn, and how often a log tells instead. */
const DRAW_MS = 250;
const LOG_MS = 30_000;

/**
 * Tells how far the work is: a line that redraws on a terminal, else a log line each 30 s. Returns how to stop.
 * `draw` makes the line, for a terminal so many columns wide; `fieldsOf` what a log line holds.
 */
export function startProgressDisplay<T extends object>(
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
