import { messageOf, RunError } from '../../../core/errors.ts';
import type { Position } from '../../../core/position.ts';
import { shownPath } from '../../../core/shell-text.ts';
import { BAD_STATUSES, type BadRow, type Outcome, type Patch, type Row } from '../../../core/types.ts';
import { DeliveredFields, withoutFields } from '../../../journal/delivered-fields.ts';
import { touchedFields } from '../../../journal/touched-fields.ts';
import type { RunInputs } from './open-inputs.ts';

/** What older rows must leave alone, kept up to date while they are sent. */
export interface NewerFields {
  /** The patch without the fields that newer rows of its contact set, may have set, or confirmed; undefined if none is left. */
  withoutSuperseded(row: Row, patch: Patch): Patch | undefined;
  /** An outcome of this run: rows that come back need not be in the order of their positions. */
  noteOutcome(row: Row, outcome: Outcome): void;
}

/** For rows that come in their order, after which nothing newer was sent. */
export const NOTHING_NEWER: Pick<NewerFields, 'withoutSuperseded'> = {
  withoutSuperseded: (_row, patch) => patch,
};

export interface NewerFieldsOptions {
  /** Run directories whose journals count. */
  readonly dirs: readonly string[];
  readonly claim: (row: Row | BadRow) => string;
  readonly open: () => Promise<RunInputs>;
  readonly positionOf: (row: Row) => Position;
  /** Number of the run that the rows are sent in. */
  readonly by: number;
  /** Whether a row was edited since its position was given to it. */
  readonly isCorrected: (row: Row) => boolean;
}

/** Reads the rows once for their contacts and the journals once for what newer rows of these set or confirmed. */
export async function newerFields(options: NewerFieldsOptions): Promise<NewerFields> {
  const { positionOf, by, isCorrected } = options;
  const fields = new DeliveredFields(await contactsOf(options));
  for (const dir of options.dirs) await addJournal(fields, dir);
  return {
    withoutSuperseded: (row, patch) =>
      withoutFields(patch, fields.superseded(patch, positionOf(row), by, isCorrected(row))),
    noteOutcome(row, { contactId, confirms, status }) {
      if (contactId === undefined || !confirms) return;
      fields.add(contactId, positionOf(row), by, confirms, BAD_STATUSES.has(status));
    },
  };
}

// --- internal ---

/** The contacts of the rows that are to be sent; undefined where some are known by their keys alone. */
async function contactsOf({ claim, open }: NewerFieldsOptions): Promise<ReadonlySet<number> | undefined> {
  const contacts = new Set<number>();
  const reading = await open();
  for (const [i, source] of reading.sources.entries()) {
    for await (const batch of source.rows()) {
      for (const row of batch) {
        if ('error' in row || claim(row) !== 'ours') continue;
        const mapped = reading.compiled[i]?.apply(row);
        if (mapped?.kind === 'unmatched') return undefined;
        if (mapped?.kind === 'patch') contacts.add(mapped.patch.contactId);
      }
    }
  }
  return contacts;
}

/** Adds what the rows of a run set or confirmed. Throws `ERR_NEWER_RUN` where its journal cannot be read. */
async function addJournal(fields: DeliveredFields, dir: string): Promise<void> {
  try {
    for await (const { contact, position, by, fields: touched, isInDoubt } of touchedFields(dir)) {
      fields.add(contact, position, by, touched, isInDoubt);
    }
  } catch (cause) {
    throw new RunError(
      'ERR_NEWER_RUN',
      `the journal of ${shownPath(dir)} cannot be read (${messageOf(cause)}), so that this run cannot find out what that one sent: older values could be put over newer ones. Restore it, or give --older-data to allow that.`,
      { cause },
    );
  }
}
