import type { KeyField, MatchKey, Row } from '../../../core/types.ts';
import type { KnownGifts } from '../../../state/duplicates/duplicates.ts';
import type { State } from '../../../state/state.ts';
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
export interface UnchangedRow extends Unchanged, KnownGifts {
  readonly kind: 'unchanged';
}

/** The contact of a row with these keys, if it is known without asking anybody. */
export type FindKnown = (keys: readonly MatchKey[]) => number | undefined;

/**
 * `reading` are the inputs that the rows come from. Undefined where rows have to be mapped in any case: without a state, with
 * `--full`, where fields are enforced, and where rows of earlier runs decide what is superseded.
 */
export function createUnchangedCheck(
  { options, earlier, parent, noteOutcome }: Plan,
  reading: RunInputs,
  state: State | undefined,
): UnchangedCheck | undefined {
  const enforces = reading.mapping.fields.some(({ onConflict }) => onConflict === 'enforce');
  if (!state || options.full || enforces || earlier || parent || noteOutcome) return undefined;

  const lookAt = (row: Row, find: FindKnown, asksKeys: boolean): UnchangedRow | undefined => {
    const glance = reading.compiled[row.input]?.glance;
    const whose = glance?.whose(row);
    const contactId = typeof whose === 'object' ? find(whose) : whose;
    if (!glance || contactId === undefined) return undefined;
    const cells = glance.cells(row);
    if (cells === undefined) return undefined;
    const { paths: fields, keyFields } = glance.fields(row);
    const given = state.basesIfUnchanged(contactId, cells, asksKeys ? keyFields : NO_FIELDS);
    const keys = typeof whose === 'object' ? whose : NO_KEYS;
    return given && { kind: 'unchanged', contactId, keys, fields, keyFields, given };
  };
  return {
    contactOf: (row, find) => lookAt(row, find, false),
    lookAt: (row, find) => lookAt(row, find, true),
  };
}

// --- internal ---

const NO_FIELDS: readonly KeyField[] = [];
const NO_KEYS: readonly MatchKey[] = [];
