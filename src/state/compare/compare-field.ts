import type { ConflictPolicy } from '../../core/types.ts';
import { EMPTY, type Hash } from './hash.ts';

/** What is known of a field: `base` is what we last sent, `theirs` what the account was last seen to hold. */
export interface KnownField {
  readonly base?: Hash | undefined;
  /** Undefined: not known. */
  readonly theirs?: Hash | undefined;
  /** A write was begun whose fate is not known. */
  readonly inDoubt: boolean;
  /** The row has the text that was last sent, but as another JSON type: the mapping was changed. */
  readonly isRetyped?: boolean;
}

/**
 * - `send`: the row changes the field
 * - `in_sync`: the account has it already
 * - `unchanged`: the row has nothing new; what the account holds is kept
 * - `conflict_ours`: both changed; the row wins and is sent
 * - `conflict_theirs`: both have a value of their own; the account's is kept
 */
export type Decision = 'send' | 'in_sync' | 'unchanged' | 'conflict_ours' | 'conflict_theirs';

/** Three-way comparison of one field. The order of the questions is the meaning. */
export function decide(known: KnownField, ours: Hash, policy: ConflictPolicy): Decision {
  const { base, theirs } = known;
  if (known.inDoubt) return 'send';
  if (known.isRetyped) return 'send';
  if (ours === theirs) return 'in_sync';
  if (policy === 'enforce') {
    const isEdited = theirs !== undefined && base !== undefined && theirs !== base;
    return isEdited ? 'conflict_ours' : 'send';
  }
  if (theirs === undefined) return ours === base ? 'unchanged' : 'send';
  // what the account leaves empty is nobody's to keep
  if (base === undefined) return policy === 'ours' || theirs === EMPTY ? 'send' : 'conflict_theirs';
  if (ours === base) return 'unchanged';
  if (theirs === base) return 'send';
  return policy === 'ours' ? 'conflict_ours' : 'conflict_theirs';
}

/** Whether the field is to be sent. */
export function isSent(decision: Decision): boolean {
  return decision === 'send' || decision === 'conflict_ours';
}
