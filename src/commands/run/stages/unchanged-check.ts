import { KEY_FIELDS, type KeyField, type MatchKey, type Row } from '../../../core/types.ts';
import type { CompiledMapping } from '../../../mapping/compile/compile.ts';
import type { Hash, State } from '../../../state/state.ts';
import type { RunInputs } from '../plan/open-inputs.ts';
import type { Plan } from '../plan/plan.ts';
import type { Unchanged } from './stage-types.ts';

/** Knows rows that have nothing to send by their cells, before these are coerced. */
export interface UnchangedCheck {
  /** The row's contact, if it is known that nothing is to be sent to it. `find` knows contacts by their keys. */
  contactOf(row: Row, find: FindKnown): Unchanged | undefined;
  /** The same, with what the row gives of the fields that only one contact can have. */
  lookAt(row: Row, find: FindKnown): UnchangedRow | undefined;
}

/** A row that has nothing to send. */
export interface UnchangedRow extends Unchanged {
  /** Index among {@link KEY_FIELDS}, and hash of the value. */
  readonly given: readonly (readonly [field: number, hash: Hash])[];
}

/** The contact of a row with these keys, if it is known without asking anybody. */
export type FindKnown = (keys: readonly MatchKey[]) => number | undefined;

/**
 * `reading` are the inputs that the rows come from. Undefined where rows have to be mapped in any case: without a state, with `--full`, where fields are enforced, and where
 * rows of earlier runs decide what is superseded.
 */
export function createUnchangedCheck(
  { options, earlier, parent, noteOutcome }: Plan,
  reading: RunInputs,
  state: State | undefined,
): UnchangedCheck | undefined {
  const enforces = reading.mapping.fields.some(({ onConflict }) => onConflict === 'enforce');
  if (!state || options.full || enforces || earlier || parent || noteOutcome) return undefined;

  const basesOf = (
    row: Row,
    find: FindKnown,
    fieldsOf: (compiled: CompiledMapping) => readonly KeyField[],
  ) => {
    const compiled = reading.compiled[row.input];
    const whose = compiled?.glance.whose(row);
    const contactId = typeof whose === 'object' ? find(whose) : whose;
    if (!compiled || contactId === undefined) return undefined;
    const cells = compiled.glance.cells(row);
    const fields = fieldsOf(compiled);
    const bases = cells === undefined ? undefined : state.basesIfUnchanged(contactId, cells, fields);
    return bases && { contactId, keyFields: fields, fields: compiled.glance.fields(row), bases };
  };

  return {
    contactOf: (row, find) => basesOf(row, find, () => NO_FIELDS),
    lookAt(row, find) {
      const found = basesOf(row, find, ({ glance }) => glance.keyFields(row));
      if (!found) return undefined;
      const { contactId, keyFields, fields, bases } = found;
      return { contactId, fields, given: bases.map((hash, i) => [indexOf(keyFields[i]), hash] as const) };
    },
  };
}

// --- internal ---

const NO_FIELDS: readonly KeyField[] = [];

function indexOf(field: KeyField | undefined): number {
  return field === undefined ? -1 : KEY_FIELDS.indexOf(field);
}
