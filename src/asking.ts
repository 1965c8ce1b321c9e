import type { Clock } from './core/clock.ts';
import { EXIT, RunError } from './core/errors.ts';
import type { Stop } from './core/shutdown.ts';
import { type AskOptions, createAsk, createInquire } from './delivery/ask.ts';
import { createImpostorWatch } from './delivery/impostor.ts';
import type { Door } from './door.ts';
import type { Meter } from './telemetry/meter.ts';

export interface AskingOptions {
  readonly door: Door;
  readonly maxAttempts: number;
  readonly clock: Clock;
  readonly stop: Stop;
  readonly meter: Meter;
  /** A limit beside that of the door: resolves true before each request, false once the run drains. */
  readonly permit?: () => Promise<boolean>;
}

/** Puts together what reads lists and searches through the door. */
export const createAsking = (options: AskingOptions) => createAsk(throughDoor(options));

/** Puts together what sends any request through the door that may be repeated without harm. */
export const createInquiring = (options: AskingOptions) => createInquire(throughDoor(options));

// --- internal ---

function throughDoor(options: AskingOptions): AskOptions {
  const { door, stop, meter, permit } = options;
  return {
    send: door.send,
    clock: options.clock,
    draining: stop.draining,
    maxAttempts: options.maxAttempts,
    outages: () => door.outage.openings,
    ...(permit ? { permit } : {}),
    forbidden: createImpostorWatch(),
    onForbidden: () =>
      stop.fail(
        new RunError(
          'ERR_FORBIDDEN',
          'the API answers 403 to lists and searches: the API key may not read contacts, or its IP whitelist leaves this machine out',
          { exitCode: EXIT.stopped },
        ),
      ),
    onRetry() {
      meter.retries += 1;
    },
    onStranger: door.onImpostor,
  };
}
