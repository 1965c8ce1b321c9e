import type { Clock } from './clock.ts';
import { type Ask, createAsk } from './delivery/ask.ts';
import { createImpostorWatch } from './delivery/impostor.ts';
import type { Door } from './door.ts';
import { EXIT, RunError } from './errors.ts';
import type { Meter } from './results/meter.ts';
import type { Stop } from './stop.ts';

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
export function createAsking(options: AskingOptions): Ask {
  const { door, stop, meter, permit } = options;
  return createAsk({
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
  });
}
