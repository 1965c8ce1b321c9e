import type { Host } from '../core/host.ts';
import type { LogLevel } from '../core/log-entry.ts';
import { createLogger, type Logger } from '../core/logger.ts';
import type { RunContext } from '../core/run-context.ts';
import { printText } from '../core/shown-text.ts';
import { Shutdown } from '../core/shutdown.ts';

export interface SignalTexts {
  /** What happens after the first signal. */
  readonly draining: string;
  /** What the second one leaves behind, and the command that goes on. */
  left(): string;
}

/**
 * The context of a command that signals stop, until it is disposed of. The first signal begins the drain and says what a
 * second one does; the second one says what it leaves behind before the process ends.
 */
export async function openCommandContext(
  options: {
    readonly logLevel: LogLevel;
    readonly logFormat: 'json' | 'pretty';
    /** The job that the work is of. */
    readonly job?: string;
  },
  host: Host,
  texts: SignalTexts,
): Promise<RunContext & Disposable> {
  const { logLevel: level, logFormat: format, job } = options;
  const log = await createLogger(host, { level, format, ...(job === undefined ? {} : { labels: { job } }) });
  const stop = new Shutdown();
  const removeListener = host.onSignal((signal, isLast) => {
    if (isLast) {
      say(host, log, `${signal}: stopped at once: ${texts.left()}`);
      return;
    }
    stop.request({ kind: 'signal', signal });
    const again = signal === 'SIGINT' ? 'Ctrl-C once more' : 'a second signal';
    say(host, log, `${signal}: stopping: ${texts.draining}; ${again} stops at once`);
  });
  return { clock: host.clock, log, stop, [Symbol.dispose]: removeListener };
}

// --- internal ---

/** Whoever asked for a silent log must know all the same. */
function say({ stderr }: Host, log: Logger, text: string): void {
  if (log.isLevelEnabled('warn')) log.warn(text);
  else printText(stderr, `livedesk-sync: ${text}\n`);
}
