import type { JsonObject, Outcome, Patch } from '../../../core/types.ts';
import type { Comparable, State } from '../../../state/state.ts';

/** The contact of an answer, undefined where answers do not show what was written. */
export interface Applied {
  readonly contact: JsonObject | undefined;
}

/** What is known of a patch beside its outcome: the answer with which the API took it, or that no write of it has left. */
export type Fate = Applied | 'unsent' | undefined;

/**
 * The write-ahead protocol of the state: before a request leaves, its fields are marked as in doubt on the disk; once its
 * outcome is known, the mark is replaced by what the account holds now. A crash in between leaves the mark, and the fields
 * are sent again: more than needed, never less.
 */
export interface WriteAhead {
  /** Resolves when the mark would survive a power cut: only then may the request leave. */
  begin(patch: Patch): Promise<void>;
  /** Gives back the outcome. */
  commit<T extends Outcome | 'pending'>(patch: Patch, outcome: T, fate: Fate): T;
}

/** Without a state there is nothing to mark. `wholeOf` gives the whole patch behind one that was cut to what differs. */
export function createWriteAhead(
  state: State | undefined,
  wholeOf: (patch: Patch) => Comparable,
): WriteAhead {
  if (!state) return { begin: () => Promise.resolve(), commit: (_patch, outcome) => outcome };
  return {
    begin: (patch) => state.doubt(patch, patch.fields),
    commit(patch, outcome, fate) {
      if (fate === 'unsent' || (!fate && wasNotWritten(outcome))) state.refused(patch, patch.fields);
      else if (fate) state.delivered(wholeOf(patch), patch.fields, fate.contact);
      return outcome;
    },
  };
}

/** Whether the contact is as it was, for sure: after several writes one of them may have been applied. */
export function wasNotWritten(outcome: Outcome | 'pending'): boolean {
  if (outcome === 'pending') return false;
  const writes = (outcome.attempts ?? 0) - (outcome.reads ?? 0);
  return writes === 0 || (outcome.status === 'rejected' && writes === 1);
}
