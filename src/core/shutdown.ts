import { setMaxListeners } from 'node:events';
import { EXIT, RunError } from './errors.ts';

/** Signals that stop a run, and the exit code of each: a closed terminal, Ctrl-C, an orchestrator. */
export const SIGNAL_EXIT = { SIGHUP: EXIT.sighup, SIGINT: EXIT.sigint, SIGTERM: EXIT.sigterm } as const;
export type StopSignal = keyof typeof SIGNAL_EXIT;

/** Why a run ends before its input does. */
export type StopReason =
  | { readonly kind: 'error'; readonly error: RunError }
  | { readonly kind: 'signal'; readonly signal: StopSignal };

/**
 * How a run is told to stop, in two steps. `draining` aborts first: no new rows, waits are cut short, requests
 * that are open go on. `aborting` follows when the drain takes too long: open requests are cut, too.
 * The first reason counts; later ones are ignored, but for a bug of ours, which is never hidden behind another.
 */
export class Shutdown {
  #draining = new AbortController();
  #aborting = new AbortController();
  #reason: StopReason | undefined;

  constructor() {
    // each row in flight listens; Node takes more than ten for a leak and says so on stderr
    setMaxListeners(0, this.draining, this.aborting);
  }

  get reason(): StopReason | undefined {
    return this.#reason;
  }
  get draining(): AbortSignal {
    return this.#draining.signal;
  }
  get aborting(): AbortSignal {
    return this.#aborting.signal;
  }

  /** Begins the drain. */
  request(reason: StopReason): void {
    if (this.#reason && (isBug(this.#reason) || !isBug(reason))) return;
    this.#reason = reason;
    this.#draining.abort();
  }

  /** Begins the drain because the run cannot go on. */
  fail(error: RunError): void {
    this.request({ kind: 'error', error });
  }

  /** Ends the drain: open requests are cut. */
  abort(): void {
    this.#aborting.abort();
  }
}

function isBug(reason: StopReason): boolean {
  return reason.kind === 'error' && reason.error.exitCode === EXIT.bug;
}

/** Begins what ends a run by the clock: the drain once a stop is asked for, `--stop-after`, and `--until`. */
export function stopByClock(
  stop: Shutdown,
  options: {
    readonly drainTimeoutMs: number;
    readonly stopAfterMs?: number | undefined;
    readonly untilMs?: number | undefined;
  },
): Disposable {
  const timers: NodeJS.Timeout[] = [];
  const drain = (): void => {
    timers.push(setTimeout(() => stop.abort(), options.drainTimeoutMs));
  };
  if (stop.draining.aborted) drain();
  else stop.draining.addEventListener('abort', drain);
  const stopIn = (ms: number | undefined, message: string): void => {
    if (ms === undefined) return;
    const error = new RunError('ERR_STOP_AFTER', message, { exitCode: EXIT.stopped });
    if (ms === 0) stop.fail(error);
    else timers.push(setTimeout(() => stop.fail(error), ms));
  };
  stopIn(options.stopAfterMs, 'the time given by --stop-after is over');
  stopIn(options.untilMs, 'it is past the time given by --until');
  return { [Symbol.dispose]: () => timers.forEach(clearTimeout) };
}
