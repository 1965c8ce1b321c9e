import type { Host } from '../core/host.ts';
import type { Logger } from '../core/logger.ts';
import type { Shutdown } from '../core/shutdown.ts';

export interface SignalTexts {
  /** What happens after the first signal. */
  readonly draining: string;
  /** What the second one leaves behind, and the command that goes on. */
  left(): string;
}

/**
 * Lets signals stop the work: the first one begins the drain and says what a second one does, the second one says what
 * it leaves behind before the process ends. Returns how to stop listening.
 */
export function stopBySignal(host: Host, log: Logger, stop: Shutdown, texts: SignalTexts): () => void {
  const say = (text: string): void => {
    // whoever asked for a silent log must know all the same
    if (log.isLevelEnabled('warn')) log.warn(text);
    else host.stderr.write(`livedesk-sync: ${text}\n`);
  };
  return host.onSignal((signal, isLast) => {
    if (isLast) {
      say(`${signal}: stopped at once: ${texts.left()}`);
      return;
    }
    stop.request({ kind: 'signal', signal });
    const again = signal === 'SIGINT' ? 'Ctrl-C once more' : 'a second signal';
    say(`${signal}: stopping: ${texts.draining}; ${again} stops at once`);
  });
}
