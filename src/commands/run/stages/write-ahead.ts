import type { JsonObject, Outcome, Patch } from '../../../core/types.ts';
import type { Comparable, State } from '../../../state/state.ts';

/** The contact of an answer, undefined where answers do not show what was written. */
export interface Applied {
  readonly contact: JsonObject | undefined;
}

/**
 * The write-ahead protocol of the state: before a request leaves, its fields are marked as in doubt on the disk; once its
 * outcome is known, the mark is replaced by what the account holds now. A crash in between leaves the mark, and the fields
 * are sent again: more than needed, never less.
 */
export interface WriteAhead {
  /**
   * Resolves when the mark would survive a power cut: only then may the request leave. It may be called as soon as it is
   * decided that the patch is sent, so that the request need not wait; later calls wait for the same mark.
   */
  begin(patch: Patch): Promise<void>;
  /** `applied` is the answer where the API took the patch. Gives back the outcome. */
  commit<T extends Outcome | 'pending'>(patch: Patch, outcome: T, applied: Applied | undefined): T;
}

/** Without a state there is nothing to mark. `wholeOf` gives the whole patch behind one that was cut to what differs. */
export function createWriteAhead(
  state: State | undefined,
  wholeOf: (patch: Patch) => Comparable,
): WriteAhead {
  if (!state) return { begin: () => Promise.resolve(), commit: (_patch, outcome) => outcome };
  const marks = new WeakMap<Patch, Promise<void>>();
  return {
    begin(patch) {
      const begun = marks.get(patch);
      if (begun) return begun;
      const mark = state.doubt(patch, patch.fields);
      mark.catch(() => {}); // whoever waits for it gets the failure; a row that is not sent any more does not
      marks.set(patch, mark);
      return mark;
    },
    commit(patch, outcome, applied) {
      if (applied) state.delivered(wholeOf(patch), patch.fields, applied.contact);
      else if (wasNotWritten(outcome)) state.refused(patch);
      else state.undecided(patch);
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
