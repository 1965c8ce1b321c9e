import type { Client } from '../../../client/client.ts';
import type { Clock } from '../../../core/clock.ts';
import { RunError } from '../../../core/errors.ts';
import { startHeartbeatLines } from '../../../journal/heartbeat-line.ts';
import type { Journal } from '../../../journal/journal.ts';
import { HEARTBEAT_VERSION, type RunLine } from '../../../journal/journal-lines.ts';
import type { Meter } from '../../../telemetry/meter.ts';

export interface HeartbeatOptions {
  readonly journal: Journal;
  readonly header: RunLine;
  readonly meter: Meter;
  readonly client: Client;
  readonly clock: Clock;
}

/** Lets the journal tell of requests, throttling and waiting while a run goes on. Returns how to stop. */
export function startHeartbeat({ journal, header, meter, client, clock }: HeartbeatOptions): () => void {
  // a program that wrote an older journal, and may go on with it, would take such a line for damage
  if (header.version < HEARTBEAT_VERSION) return () => {};
  return startHeartbeatLines({
    meter,
    waits: () => (client.breaker.isOpen ? 'outage' : client.rateLimiter.paused ? 'pause' : undefined),
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    write(line) {
      try {
        journal.write(line);
      } catch (error) {
        if (!(error instanceof RunError)) throw error; // a broken journal has told so and stops the run
      }
    },
  });
}
