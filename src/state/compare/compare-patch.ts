import { valueAt } from '../../core/field-path.ts';
import type { ConflictPolicy, JsonObject } from '../../core/types.ts';
import type { ContactRecord } from '../storage/record.ts';
import { decide, isSent, type KnownField } from './compare-field.ts';
import { EMPTY, type Hasher } from './hash.ts';
import { type Comparable, hashFields, type OurField } from './hashed-patch.ts';
import { canonicalText } from './normalise.ts';
import { areaOf, isShownIn } from './paths.ts';

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

/** What is known of the fields of a patch, and of who wins them. */
export interface ComparedWith {
  readonly record: ContactRecord;
  readonly idOf: (path: string) => number | undefined;
  readonly policy: (path: string) => ConflictPolicy;
  /** Whether what the account was seen to hold was seen just now: what is enforced counts nothing that is older. */
  readonly isFresh: boolean;
}

/** Three-way comparison of every field of a patch with what is known of its contact. */
export function comparePatch(
  ours: readonly OurField[],
  { record, idOf, policy, isFresh }: ComparedWith,
): Comparison {
  return compareEach(ours, policy, (field) => {
    const known = knownOf(field, record, idOf(field.path));
    return isFresh || policy(field.path) !== 'enforce' ? known : { ...known, theirs: undefined };
  });
}

/** The comparison of a patch with a contact that was read just now, and of which nothing else is known. */
export function compareWithContact(
  patch: Comparable,
  contact: JsonObject,
  policy: (path: string) => ConflictPolicy,
): Comparison {
  return compareEach(hashFields(patch, PLAIN), policy, ({ path }) => ({
    theirs: isShownIn(contact, path)
      ? PLAIN.field(path, canonicalText(path, valueAt(contact, path)))
      : undefined,
    inDoubt: false,
  }));
}

export { isShownIn };

// --- internal ---

function compareEach(
  ours: readonly OurField[],
  policy: (path: string) => ConflictPolicy,
  known: (field: OurField) => KnownField,
): Comparison {
  const send: string[] = [];
  const conflicts: string[] = [];
  for (const field of ours) {
    const decision = decide(known(field), field.hash, policy(field.path));
    if (isSent(decision)) send.push(field.path);
    if (decision === 'conflict_ours' || decision === 'conflict_theirs') conflicts.push(field.path);
  }
  return { send, conflicts, settled: send.length === 0, isKnown: false };
}

/** The texts themselves in the place of hashes, where nothing is kept. */
const PLAIN: Hasher = { field: (_path, text) => (text === '' ? EMPTY : text), digest: (text) => text };

function knownOf(ours: OurField, record: ContactRecord, id: number | undefined): KnownField {
  const field = id === undefined ? undefined : record.fields.get(id);
  if (!field) {
    const area = areaOf(ours.path);
    return { theirs: area && record.areas.has(area) ? EMPTY : undefined, inDoubt: false };
  }
  const isRetyped = field.base === ours.hash && field.kind !== ours.kind;
  return { base: field.base, theirs: field.theirs, inDoubt: field.inDoubt, isRetyped };
}
