import type { Host } from './host.ts';
import type { Logger } from './logger.ts';
import { type Progress, progressLine } from './results/progress.ts';

/** How often the line on a terminal is drawn, and how often a log tells instead. */
const DRAW_MS = 250;
const LOG_MS = 30_000;

/** Tells how far the run is: a line that redraws on a terminal, else a log line each 30 s. Returns how to stop. */
export function startTelling(host: Host, log: Logger, onTerminal: boolean, look: () => Progress): () => void {
  const { stderr } = host;
  if (!onTerminal) {
    const timer = setInterval(() => log.info(look(), 'progress'), LOG_MS);
    timer.unref();
    return () => clearInterval(timer);
  }
  const clear = '\r\u001B[K';
  const timer = setInterval(() => stderr.write(clear + progressLine(look(), stderr.columns ?? 80)), DRAW_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    stderr.write(clear);
  };
}
