import type { ConflictPolicy } from '../../core/types.ts';
import type { ContactRecord } from '../storage/record.ts';
import { decide, isSent, type KnownField } from './compare-field.ts';
import { EMPTY } from './hash.ts';
import type { OurField } from './hashed-patch.ts';
import { areaOf } from './paths.ts';

/** What of a patch is to be sent. */
export interface Comparison {
  /** Paths to send, in the order of the patch. */
  readonly send: readonly string[];
  /** Paths where the row and the account have a value of their own and `on_conflict` decided. */
  readonly conflicts: readonly string[];
  /** Whether nothing is to be sent. */
  readonly settled: boolean;
  /** Whether the comparison found nothing that the state did not know already. */
  readonly isKnown: boolean;
}

/** The comparison of a patch that is settled and known to be. */
export const NOTHING_NEW: Comparison = { send: [], conflicts: [], settled: true, isKnown: true };

/** The comparison of a patch with nothing: all of it is sent. */
export function everything(fields: readonly string[]): Comparison {
  return { send: fields, conflicts: [], settled: fields.length === 0, isKnown: false };
}

/** Three-way comparison of every field of a patch with what is known of its contact. */
export function comparePatch(
  ours: readonly OurField[],
  record: ContactRecord,
  idOf: (path: string) => number | undefined,
  policy: (path: string) => ConflictPolicy,
): Comparison {
  const send: string[] = [];
  const conflicts: string[] = [];
  for (const field of ours) {
    const decision = decide(knownOf(field, record, idOf(field.path)), field.hash, policy(field.path));
    if (isSent(decision)) send.push(field.path);
    if (decision === 'conflict_ours' || decision === 'conflict_theirs') conflicts.push(field.path);
  }
  return { send, conflicts, settled: send.length === 0, isKnown: false };
}

// --- internal ---

function knownOf(ours: OurField, record: ContactRecord, id: number | undefined): KnownField {
  const field = id === undefined ? undefined : record.fields.get(id);
  if (!field) {
    const area = areaOf(ours.path);
    return { theirs: area && record.areas.has(area) ? EMPTY : undefined, inDoubt: false };
  }
  const isRetyped = field.base === ours.hash && field.kind !== ours.kind;
  return { base: field.base, theirs: field.theirs, inDoubt: field.inDoubt, isRetyped };
}
