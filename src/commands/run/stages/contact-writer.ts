import { namedValues } from '../../../client/answer/row-values.ts';
import type { Client } from '../../../client/client.ts';
import type { HealthCheck } from '../../../client/resilience/health-check.ts';
import type { ReadbackTrust } from '../../../client/write/readback.ts';
import { createUpdateContact, type Present, type Revised } from '../../../client/write/update-contact.ts';
import type { RunContext } from '../../../core/run-context.ts';
import {
  BAD_STATUSES,
  type Delivered,
  type JsonObject,
  type Outcome,
  type Patch,
  type Row,
} from '../../../core/types.ts';
import type { BeforeImages } from './before-images.ts';
import type { Expectations } from './expectations.ts';
import { losesLastKey } from './lost-keys.ts';
import type { PresentValues } from './present-values.ts';
import type { WriterStage } from './stage-types.ts';
import { type Fate, type WriteAhead, wasNotWritten } from './write-ahead.ts';

export interface ContactWriterOptions {
  readonly client: Client;
  readonly healthCheck: HealthCheck;
  readonly writeAhead: WriteAhead;
  /** Keeps what contacts held, where the run is to be undoable. */
  readonly beforeImages: BeforeImages | undefined;
  readonly expectations: Expectations;
  readonly presentValues: PresentValues;
  /** What a patch depends on of what its contact holds. */
  readonly presentOf: (row: Row, patch: Patch) => Present | undefined;
  readonly maxAttempts: number;
  /** Column names of an input, for naming the values of its rows. */
  readonly columnsOf: (input: number) => readonly string[];
  /** What is known of answers before the first one. */
  readonly readback: ReadbackTrust;
  /** A contact has no key any more. */
  readonly onKeysLost: (contactId: number) => void;
  /** Something to repeat in the summary. */
  readonly onNote: (note: string) => void;
}

/** Writes patches to contacts that are known by their id. */
export type ContactWriter = Pick<WriterStage, 'announce' | 'withdraw' | 'update' | 'releaseHeld'>;

export function createContactWriter(options: ContactWriterOptions, context: RunContext): ContactWriter {
  const {
    client,
    healthCheck,
    writeAhead,
    beforeImages,
    expectations,
    presentValues,
    maxAttempts,
    columnsOf,
    readback,
    onNote,
  } = options;
  const { clock, log } = context;
  const fates = new Map<Patch, Fate>();
  const request = createUpdateContact({
    retry: client.retryUpTo(maxAttempts),
    forbidden: client.forbidden,
    clock,
    onApplied(patch, contact) {
      healthCheck.remember(patch.contactId);
      if (losesLastKey(patch, contact)) options.onKeysLost(patch.contactId);
      fates.set(patch, { contact });
    },
    onUnsent: (patch) => fates.set(patch, 'unsent'),
    onRead: (contact) => expectations.learn(contact, true),
    onHealed: (contactId) =>
      log.info(
        { contact_id: contactId },
        'writes of this contact broke the API, as they do where its attributes were never set: an empty PATCH set them',
      ),
    readback,
    onNoReadback() {
      const note = 'the answers of this account do not show what was written, so not_applied is left out';
      log.warn(note);
      onNote(note);
    },
  });

  /** The write-ahead protocol: begin, request, commit. */
  async function update(patch: Patch, row: Row): Promise<Delivered> {
    const present = options.presentOf(row, patch);
    presentValues.forget(patch.contactId);
    const isVerified = expectations.areMet(patch);
    const values = () => namedValues(row, columnsOf(row.input), patch);
    let sent = patch;
    let delivered: Delivered;
    if (present) {
      const revise = (contact: JsonObject): Revised => {
        withdraw(sent, row); // another patch may follow, or none
        const revised = present.revise(contact);
        if (revised.kind === 'send') sent = revised.patch;
        return revised;
      };
      const beforeWrite = (next: Patch, shown: JsonObject | undefined) =>
        Promise.all([writeAhead.begin(next, row), shown && beforeImages?.keep(next, row, shown)]);
      delivered = await request(patch, values, {
        isVerified,
        present: { ...present, revise },
        beforeWrite,
      });
    } else {
      await writeAhead.begin(patch, row);
      delivered = await request(patch, values, { isVerified });
    }
    expectations.forget(patch);
    return typeof delivered === 'object' && 'held' in delivered
      ? { held: delivered.held.then((outcome) => commit(sent, row, outcome)) }
      : commit(sent, row, delivered);
  }
  function commit(patch: Patch, row: Row, outcome: Outcome | 'pending'): Outcome | 'pending' {
    const fate = fates.get(patch);
    fates.delete(patch);
    const committed = withKept(patch, withDoubt(patch, writeAhead.commit(patch, row, outcome, fate)));
    if (typeof fate === 'object' && fate.contact) presentValues.saw(fate.contact);
    return committed;
  }
  const announce = (patch: Patch, row: Row): void => void writeAhead.begin(patch, row);
  const withdraw = (patch: Patch, row: Row): void => void writeAhead.commit(patch, row, 'pending', 'unsent');
  return { announce, withdraw, update, releaseHeld: () => client.forbidden.close() };
}

// --- internal ---

/** The outcome of a patch that takes something back: what is back is confirmed, and nothing else. */
function withKept({ undo }: Patch, outcome: Outcome | 'pending'): Outcome | 'pending' {
  if (!undo || outcome === 'pending') return outcome;
  const confirms = outcome.status === 'updated' ? undo.back : outcome.confirms;
  return { ...outcome, ...(confirms ? { confirms } : {}), ...(undo.kept ? { kept: undo.kept } : {}) };
}

/** A bad outcome with the fields that a request may have set all the same: no older row may overwrite them. */
function withDoubt(patch: Patch, outcome: Outcome | 'pending'): Outcome | 'pending' {
  if (outcome === 'pending' || !BAD_STATUSES.has(outcome.status)) return outcome;
  const mayBeSet = outcome.fields !== undefined || !wasNotWritten(outcome);
  return mayBeSet ? { ...outcome, confirms: patch.fields } : outcome;
}
