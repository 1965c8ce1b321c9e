import type { Host } from '../core/host.ts';
import type { LogLevel } from '../core/log-entry.ts';
import { createLogger } from '../core/logger.ts';
import type { RunContext } from '../core/run-context.ts';
import { Shutdown } from '../core/shutdown.ts';

/**
 * The context of a command that signals stop, until it is disposed of. `onSignal` is called after the first one, for what a
 * command does beside draining.
 */
export async function openCommandContext(
  { logLevel, logFormat }: { readonly logLevel: LogLevel; readonly logFormat: 'json' | 'pretty' },
  host: Host,
  onSignal: (context: RunContext) => void = () => {},
): Promise<RunContext & Disposable> {
  const log = await createLogger(host, { level: logLevel, format: logFormat });
  const stop = new Shutdown();
  const context = { clock: host.clock, log, stop };
  const removeListener = host.onSignal((signal) => {
    stop.request({ kind: 'signal', signal });
    onSignal(context);
  });
  return { ...context, [Symbol.dispose]: removeListener };
}
