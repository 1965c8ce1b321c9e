import type { RateMemory } from '../../../account/learned-rate.ts';
import { namedValues } from '../../../client/answer/row-values.ts';
import { openDoor } from '../../../client/client.ts';
import { Witnesses } from '../../../client/resilience/health-check.ts';
import type { EchoTrust } from '../../../client/write/readback.ts';
import { createDelivery } from '../../../client/write/update-contact.ts';
import type { Sharing } from '../../../coordination/workers.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Credentials } from '../../../core/credentials.ts';
import { type Lane, Lanes } from '../../../core/keyed-queue.ts';
import type { Logger } from '../../../core/logger.ts';
import type { Stop } from '../../../core/shutdown.ts';
import type { JsonObject, Patch, Row } from '../../../core/types.ts';
import type { Meter } from '../../../telemetry/meter.ts';
import type { Plan } from '../plan/plan.ts';
import { losesLastKey } from './lost-keys.ts';

export interface SendingOptions {
  readonly run: Plan['options'];
  /** Of the account: the rates that were found. */
  readonly memory: RateMemory;
  readonly credentials: Credentials;
  readonly sharing?: Sharing | undefined;
  readonly clock: Clock;
  readonly stop: Stop;
  readonly log: Logger;
  readonly meter: Meter;
  /** Rows being delivered now. */
  readonly inFlight: () => number;
  /** Begins a row out of its turn that waits for a place in flight; false where none does. */
  readonly callRow: () => boolean;
  /** Contacts that were answered well before this process, the latest at the end. */
  readonly answeredBefore: readonly number[];
  /** Column names of an input, for naming the values of its rows. */
  readonly columnsOf: (input: number) => readonly string[];
  /** The API took a patch; `contact` is its answer where answers are read-backs. */
  readonly onApplied: (patch: Patch, contact: JsonObject | undefined) => void;
  /** What is known of answers before the first one. */
  readonly echo: EchoTrust;
  /** Something to repeat in the summary. */
  readonly onNote: (note: string) => void;
}

/** Puts the delivery stage together: what stops the run, what is told, and in which order the policies stand. */
export async function createSending(options: SendingOptions) {
  const { run, clock, stop, log, meter } = options;
  const lanes = new Lanes();
  const witnesses = new Witnesses({
    lanes,
    send: (...asked) => door.send(...asked),
    earlier: options.answeredBefore,
  });
  const door = await openDoor({
    ...run,
    memory: options.memory,
    credentials: options.credentials,
    sharing: options.sharing,
    isReadOnly: run.dryRun,
    inFlight: options.inFlight,
    // a row that has something to write is the better witness; a dry run may not even send an empty patch
    callWitness: (suspects) => options.callRow() || (!run.dryRun && witnesses.ask(suspects)),
    clock,
    stop,
    log,
    meter,
  });
  const { send, outage, court } = door;
  let lost = 0;
  const tellOfLostKeys = (contactId: number): void => {
    lost += 1;
    log.warn({ contact_id: contactId }, 'the contact has no e-mail, phone or identifier any more');
    if (lost > 1) return;
    options.onNote(
      'rows cleared the last of e-mail, phone and identifier of contacts: lists and searches show them no more, and LiveDesk may delete them; only their contact_id names them',
    );
  };
  const deliver = createDelivery({
    send,
    court,
    clock,
    draining: stop.draining,
    maxAttempts: run.maxAttempts,
    outages: () => outage.openings,
    onApplied(patch, contact) {
      witnesses.remember(patch.contactId);
      if (losesLastKey(patch, contact)) tellOfLostKeys(patch.contactId);
      options.onApplied(patch, contact);
    },
    onRetry() {
      meter.retries += 1;
    },
    onStranger: door.onImpostor,
    onHealed: (contactId) =>
      log.info(
        { contact_id: contactId },
        'writes of this contact broke the API, as they do where its attributes were never set: an empty PATCH set them',
      ),
    echo: options.echo,
    onNoEcho() {
      const note = 'the answers of this account do not show what was written, so not_applied is left out';
      log.warn(note);
      options.onNote(note);
    },
  });
  return {
    deliver: (patch: Patch, row: Row) =>
      deliver(patch, () => namedValues(row, options.columnsOf(row.input), patch)),
    inLane: (lane: Lane, job: () => Promise<void>) => lanes.add(lane, job),
    isBusy: (lane: Lane) => lanes.isBusy(lane),
    judge: () => court.close(),
    door,
    close: door.close,
  };
}
