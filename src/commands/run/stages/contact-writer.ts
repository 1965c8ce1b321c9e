import type { LearnedRateFile } from '../../../account/learned-rate.ts';
import { namedValues } from '../../../client/answer/row-values.ts';
import { openClient } from '../../../client/client.ts';
import { HealthCheck } from '../../../client/resilience/health-check.ts';
import type { ReadbackTrust } from '../../../client/write/readback.ts';
import { createUpdateContact } from '../../../client/write/update-contact.ts';
import type { Workers } from '../../../coordination/workers.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Credentials } from '../../../core/credentials.ts';
import { KeyedQueue, type QueueKey } from '../../../core/keyed-queue.ts';
import type { Logger } from '../../../core/logger.ts';
import type { Shutdown } from '../../../core/shutdown.ts';
import type { JsonObject, Patch, Row } from '../../../core/types.ts';
import type { Meter } from '../../../telemetry/meter.ts';
import type { Plan } from '../plan/plan.ts';

export interface ContactWriterOptions {
  readonly run: Plan['options'];
  /** Of the account: the rates that were found. */
  readonly memory: LearnedRateFile;
  readonly credentials: Credentials;
  readonly workers?: Workers | undefined;
  readonly clock: Clock;
  readonly stop: Shutdown;
  readonly log: Logger;
  readonly meter: Meter;
  /** Begins a row out of its turn that waits for a place in flight; false where none does. */
  readonly callRow: () => boolean;
  /** Rows that are being looked up or sent, or wait to be. */
  readonly rowsUnderWay: () => number;
  /** Contacts that were written before this process, the latest at the end. */
  readonly answeredBefore: readonly number[];
  /** Column names of an input, for naming the values of its rows. */
  readonly columnsOf: (input: number) => readonly string[];
  /** The API took a patch; `contact` is its answer where answers are read-backs. */
  readonly onApplied: (patch: Patch, contact: JsonObject | undefined) => void;
  /** What is known of answers before the first one. */
  readonly readback: ReadbackTrust;
  /** Something to repeat in the summary. */
  readonly onNote: (note: string) => void;
}

/** Puts the delivery stage together: what stops the run, what is told, and in which order the policies stand. */
export async function createContactWriter(options: ContactWriterOptions) {
  const { run, clock, stop, log, meter } = options;
  const lanes = new KeyedQueue();
  const healthCheck = new HealthCheck({
    lanes,
    send: (...asked) => client.send(...asked),
    earlier: options.answeredBefore,
  });
  const client = await openClient({
    ...run,
    memory: options.memory,
    credentials: options.credentials,
    workers: options.workers,
    isReadOnly: run.dryRun,
    // a row that has something to write shows more than an empty write, which a dry run may not send either
    callWrite: (rowsFailing) =>
      options.callRow() || options.rowsUnderWay() > rowsFailing || (!run.dryRun && healthCheck.ask()),
    clock,
    stop,
    log,
    meter,
  });
  const { forbidden } = client;
  const deliver = createUpdateContact({
    retry: client.retryUpTo(run.maxAttempts),
    forbidden,
    clock,
    onApplied(patch, contact) {
      healthCheck.remember(patch.contactId);
      options.onApplied(patch, contact);
    },
    readback: options.readback,
    onNoReadback() {
      const note = 'the answers of this account do not show what was written, so not_applied is left out';
      log.warn(note);
      options.onNote(note);
    },
  });
  return {
    deliver: (patch: Patch, row: Row) =>
      deliver(patch, () => namedValues(row, options.columnsOf(row.input), patch)),
    inLane: (lane: QueueKey, job: () => Promise<void>) => lanes.add(lane, job),
    isBusy: (lane: QueueKey) => lanes.isBusy(lane),
    judge: () => forbidden.close(),
    client,
    close: client.close,
  };
}
