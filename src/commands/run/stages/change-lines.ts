import type { Present, Revised } from '../../../client/write/update-contact.ts';
import {
  type JsonObject,
  KEPT_REASONS,
  type KeptFields,
  type Outcome,
  type Patch,
  type RowError,
  type UndoneChange,
} from '../../../core/types.ts';
import { withoutFields } from '../../../journal/delivered-fields.ts';
import type { Comparison, State } from '../../../state/state.ts';
import { decideChanges, decideUndo } from './decide-changes.ts';

export interface ChangeLinesOptions {
  /** Is kept in step with what the contacts hold; undefined without one, and in a dry run. */
  readonly state: State | undefined;
  /** A patch was cut down to what is left of it to send; `whole` is all that the contact holds once it was sent. */
  readonly onCut: (left: Patch, whole: Patch) => void;
}

/** Judges the rows of a plan that is applied, and of a run that is undone, by what their contacts hold just before the write. */
export interface ChangeLines {
  /** The patch of a row; `given` is the same patch with the fields that newer rows of the contact took from it. */
  prepare(patch: Patch, given: Patch): Patch;
  /** The contact must be seen, and decides what of the patch is sent. */
  presentOf(patch: Patch): Present;
}

export function createChangeLines({ state, onCut }: ChangeLinesOptions): ChangeLines {
  /** Nothing is left to send: the state learns that the contact holds it all. */
  const held = (patch: Patch): Outcome => {
    state?.confirm(patch, HELD);
    return { status: 'unchanged', contactId: patch.contactId };
  };
  const revisedApply = (patch: Patch, contact: JsonObject): Revised => {
    const { send, done, moved } = decideChanges(patch, contact);
    if (moved.length > 0) return { kind: 'done', outcome: movedOutcome(patch.contactId, moved) };
    const left = withoutFields(patch, done);
    if (!left) return { kind: 'done', outcome: held(patch) };
    if (send.length < patch.fields.length) onCut(left, patch);
    return { kind: 'send', patch: left };
  };
  /** The state's own record follows what is back already. */
  const revisedUndo = (patch: Patch, undo: UndoneChange, contact: JsonObject): Revised => {
    const { contactId } = patch;
    const { done, edited, notShown } = decideUndo(patch, undo, contact);
    const kept = joinKept(undo.kept, { edited, not_reversible: notShown });
    const back = withoutFields(patch, [...edited, ...notShown]);
    if (!back) {
      const reason = edited.length > 0 ? 'edited' : 'not_reversible';
      return { kind: 'done', outcome: { status: 'skipped', contactId, reason, kept, confirms: [] } };
    }
    const left = withoutFields(back, done);
    if (!left) {
      const outcome = held(back);
      state?.putBack(contactId, back.fields, undo.memory);
      return { kind: 'done', outcome: { ...outcome, kept, confirms: back.fields } };
    }
    const sent = { ...left, undo: { ...undo, kept, back: back.fields } };
    onCut(sent, back);
    return { kind: 'send', patch: sent };
  };

  return {
    prepare(patch, given) {
      if (!patch.undo) return patch;
      const newer = given.fields.filter((path) => !patch.fields.includes(path));
      if (newer.length === 0) return patch;
      return { ...patch, undo: { ...patch.undo, kept: joinKept(patch.undo.kept, { newer }) } };
    },
    presentOf: (patch) => ({
      seenAt: Number.NEGATIVE_INFINITY,
      isRequired: true,
      revise: (contact) =>
        patch.undo ? revisedUndo(patch, patch.undo, contact) : revisedApply(patch, contact),
    }),
  };
}

/** The outcome of a change line of which these fields are neither what they were nor what they are to be. */
export function movedOutcome(contactId: number, moved: readonly string[]): Outcome {
  const [field = ''] = moved;
  const error: RowError = {
    code: 'ERR_MOVED',
    message: `${moved.join(', ')}: changed in LiveDesk since the plan was made, so nothing of the line was sent; make a new plan to see what it holds now`,
    field,
  };
  return { status: 'invalid', contactId, error };
}

// --- internal ---

/** Of fields that hold already what is to be set. */
const HELD: Comparison = { send: [], conflicts: [], settled: true, isKnown: false };

/** Both, without reasons that no field has; undefined where no field is kept. */
function joinKept(kept: KeptFields = {}, more: KeptFields = {}): KeptFields | undefined {
  const both = KEPT_REASONS.map(
    (reason) => [reason, [...(kept[reason] ?? []), ...(more[reason] ?? [])]] as const,
  );
  const some = both.filter(([, paths]) => paths.length > 0);
  return some.length > 0 ? Object.fromEntries(some) : undefined;
}
