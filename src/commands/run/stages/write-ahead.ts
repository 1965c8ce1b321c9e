import type { JsonObject, Outcome, Patch, Row } from '../../../core/types.ts';
import type { Comparable, State } from '../../../state/state.ts';
import type { OutcomeLog } from './outcome-log.ts';

/** The contact of an answer, undefined where answers do not show what was written. */
export interface Applied {
  readonly contact: JsonObject | undefined;
}

/** What is known of a patch beside its outcome: the answer with which the API took it, or that no write of it has left. */
export type Fate = Applied | 'unsent' | undefined;

/**
 * The write-ahead protocol: before a request leaves, its fields are marked as in doubt, in the state and in the journal;
 * once its outcome is known, the mark is replaced by what the account holds now. A crash in between leaves the mark. In the
 * state it makes the next run send the fields again: more than needed, never less. In the journal it keeps older data from
 * them, until the run has gone on.
 */
export interface WriteAhead {
  /**
   * Resolves when the mark in the state would survive a power cut, and that in the journal a kill: only then may the request
   * leave. It may be called as soon as it is decided that the patch is sent, so that the request need not wait; later calls
   * wait for the same marks.
   */
  begin(patch: Patch, row: Row): Promise<unknown>;
  /** Gives back the outcome. */
  commit<T extends Outcome | 'pending'>(patch: Patch, row: Row, outcome: T, fate: Fate): T;
}

/** `wholeOf` gives the whole patch behind one that was cut to what differs. */
export function createWriteAhead(
  state: State | undefined,
  outcomes: Pick<OutcomeLog, 'sending'>,
  wholeOf: (patch: Patch) => Comparable,
): WriteAhead {
  const marks = new Map<Patch, Promise<unknown>>();
  return {
    begin(patch, row) {
      const begun = marks.get(patch);
      if (begun) return begun;
      const { fields } = patch;
      const sending = outcomes.sending(row, patch, fields);
      const mark = state ? Promise.all([sending, state.doubt(patch, fields)]) : sending;
      mark.catch(() => {}); // `update` awaits the mark and gets its failure; a withdrawn row awaits nothing
      marks.set(patch, mark);
      return mark;
    },
    commit(patch, row, outcome, fate) {
      const isBegun = marks.delete(patch);
      if (fate === 'unsent' && isBegun) void outcomes.sending(row, patch, undefined);
      if (fate === 'unsent' || (!fate && wasNotWritten(outcome))) state?.refused(patch);
      else if (fate) {
        const whole = wholeOf(patch);
        state?.delivered(whole, patch.fields, fate.contact);
        if (patch.undo) state?.putBack(patch.contactId, whole.fields, patch.undo.memory);
      } else state?.undecided(patch);
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
