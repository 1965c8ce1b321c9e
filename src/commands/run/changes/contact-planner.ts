import { namedValues } from '../../../client/answer/row-values.ts';
import type { Client } from '../../../client/client.ts';
import type { ReadbackTrust } from '../../../client/write/readback.ts';
import { createUpdateContact, type Revised } from '../../../client/write/update-contact.ts';
import { valueAt } from '../../../core/field-path.ts';
import type { RunContext } from '../../../core/run-context.ts';
import type { JsonObject, JsonValue, Outcome, Patch, Row } from '../../../core/types.ts';
import type { ChangedBy, FieldChange } from '../../../journal/change-line.ts';
import { withoutFields } from '../../../journal/delivered-fields.ts';
import { isShownIn } from '../../../state/compare/compare-patch.ts';
import type { ChangeDetector } from '../stages/change-detector.ts';
import { movedOutcome } from '../stages/change-lines.ts';
import { decideChanges, isSame } from '../stages/decide-changes.ts';
import type { Expectations } from '../stages/expectations.ts';
import type { WriterStage } from '../stages/stage-types.ts';
import type { ListedContacts } from './listed-contacts.ts';
import type { PlannedChanges } from './planned-changes.ts';
import type { SeenContacts } from './seen-contacts.ts';

export interface ContactPlannerOptions {
  readonly client: Client;
  readonly changes: Pick<ChangeDetector, 'wholeOf' | 'compareRead'>;
  readonly expectations: Expectations;
  readonly planned: PlannedChanges;
  readonly seen: SeenContacts;
  /** What pages of the list showed. */
  readonly listed: Pick<ListedContacts, 'get'>;
  readonly maxAttempts: number;
  /** Column names of an input, for naming the values of its rows. */
  readonly columnsOf: (input: number) => readonly string[];
  /** How many inputs there are. */
  readonly inputs: number;
  readonly readback: ReadbackTrust;
  /** A row would make a contact. */
  readonly onMade: () => void;
  /** A contact is read by itself. */
  readonly onRead: () => void;
}

/** Takes the place of what writes contacts: reads each, and notes what a write would change. */
export function createContactPlanner(options: ContactPlannerOptions, context: RunContext): WriterStage {
  const { client, changes, expectations, planned, seen, listed, columnsOf } = options;
  const request = createUpdateContact({
    retry: client.retryUpTo(options.maxAttempts),
    forbidden: client.forbidden,
    clock: context.clock,
    onApplied: refuseToWrite,
    onRead: (contact) => expectations.learn(contact, true),
    readback: options.readback,
    onNoReadback() {},
  });

  /** What a row would do to its contact, as this was seen just now and as the rows before leave it. */
  const planRow = (row: Row, patch: Patch, contact: JsonObject): Outcome => {
    const { contactId } = patch;
    if (patch.from) return checked(patch, contact);
    const whole = changes.wholeOf(patch);
    const before = planned.of(contactId);
    const touched = before ? whole.fields.filter((path) => before.fields[path] !== undefined) : [];
    const rest = withoutFields(whole, touched);
    const found = rest && changes.compareRead(row, rest, contact);
    const fields: { [path: string]: FieldChange } = Object.create(null);
    const put = (path: string, now: JsonValue | undefined, from = now): void => {
      const to = valueAt(whole.body, path) ?? null;
      if (!isSame(path, now, to)) fields[path] = { from: from ?? null, to };
    };
    for (const path of found?.send ?? []) put(path, valueAt(contact, path));
    for (const path of touched) put(path, before?.fields[path]?.to, before?.fields[path]?.from);
    const paths = Object.keys(fields);
    const conflicts = found && found.conflicts.length > 0 ? { conflicts: found.conflicts } : {};
    if (paths.length === 0) return { status: 'unchanged', contactId, ...conflicts };
    planned.add({ contact: contactId, fields, rows: [placeOf(row)] });
    return { status: 'planned', contactId, fields: paths, ...conflicts };
  };
  const checked = (patch: Patch, contact: JsonObject): Outcome => {
    const { contactId } = patch;
    const { send, moved } = decideChanges(patch, contact);
    if (moved.length > 0) return movedOutcome(contactId, moved);
    return send.length > 0
      ? { status: 'planned', contactId, fields: send }
      : { status: 'unchanged', contactId };
  };
  const placeOf = ({ input, row, line }: Row): ChangedBy => ({
    ...(options.inputs > 1 ? { input } : {}),
    row,
    line,
  });

  /** The contact as an answer of this run showed it, with all that the patch is about. */
  const shown = (patch: Patch): JsonObject | undefined => {
    const { contactId, fields } = patch;
    const known = seen.get(contactId);
    if (known) return known;
    const contact = listed.get(contactId);
    if (!contact || !fields.every((path) => isShownIn(contact, path))) return undefined;
    expectations.learn(contact);
    return contact;
  };

  return {
    announce() {},
    withdraw() {},
    async update(patch, row) {
      const known = shown(patch);
      const isVerified = expectations.areMet(patch);
      if (known && isVerified) return planRow(row, patch, known);
      options.onRead();
      const revise = (contact: JsonObject): Revised => ({
        kind: 'done',
        outcome: planRow(row, patch, contact),
      });
      const values = () => namedValues(row, columnsOf(row.input), patch);
      return request(patch, values, {
        isVerified,
        present: { seenAt: Number.NEGATIVE_INFINITY, isRequired: true, revise },
        beforeWrite: async () => refuseToWrite(),
      });
    },
    async create({ patch }) {
      options.onMade();
      return { status: 'planned', fields: patch.fields };
    },
    releaseHeld: () => client.forbidden.close(),
  };
}

// --- internal ---

function refuseToWrite(): never {
  throw new Error('a plan does not write');
}
