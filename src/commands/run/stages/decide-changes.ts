import { valueAt } from '../../../core/field-path.ts';
import type { JsonObject, JsonValue, Patch, UndoneChange } from '../../../core/types.ts';
import { isShownIn } from '../../../state/compare/compare-patch.ts';
import { canonicalText, kindOf } from '../../../state/compare/normalise.ts';

/** Where the fields of a change line stand, by what their contact holds now. */
export interface ChangesDecided {
  /** They hold what they held when the change was planned. */
  readonly send: readonly string[];
  /** They hold already what is to be set. */
  readonly done: readonly string[];
  /** They hold neither: another hand has changed them since. */
  readonly moved: readonly string[];
}

/**
 * Decides, for a patch with `from` and the contact as it was read just now, which fields are still to be sent. A number and
 * its text are told apart where that is the change; else they mean the same, as in the comparison with the state.
 */
export function decideChanges({ body, fields, from = {} }: Patch, contact: JsonObject): ChangesDecided {
  const send: string[] = [];
  const done: string[] = [];
  const moved: string[] = [];
  for (const path of fields) {
    const now = valueAt(contact, path);
    const to = valueAt(body, path);
    const before = from[path];
    if (isSame(path, now, to)) done.push(path);
    else if (isSame(path, now, before)) send.push(path);
    else if (meansSame(path, now, to)) done.push(path);
    else if (meansSame(path, now, before)) send.push(path);
    else moved.push(path);
  }
  return { send, done, moved };
}

/** Where the fields of a line that takes something back stand. */
export interface UndoDecided {
  /** They hold what the run left in them. */
  readonly send: readonly string[];
  /** They hold already what they held before the run. */
  readonly done: readonly string[];
  /** They hold neither. */
  readonly edited: readonly string[];
  /** The contact was read without them, so that nothing is known of what they hold. */
  readonly notShown: readonly string[];
}

/** Decides, for a patch that takes back what a run has left, and the contact as it was read just now, what goes back. */
export function decideUndo(
  { body, fields, from = {} }: Patch,
  { or }: UndoneChange,
  contact: JsonObject,
): UndoDecided {
  const send: string[] = [];
  const done: string[] = [];
  const edited: string[] = [];
  const notShown: string[] = [];
  for (const path of fields) {
    const now = valueAt(contact, path);
    const to = valueAt(body, path);
    const left = [from[path], ...(or[path] ?? [])];
    if (!isShownIn(contact, path)) notShown.push(path);
    else if (isSame(path, now, to)) done.push(path);
    else if (left.some((value) => isSame(path, now, value))) send.push(path);
    else if (meansSame(path, now, to)) done.push(path);
    else if (left.some((value) => meansSame(path, now, value))) send.push(path);
    else edited.push(path);
  }
  return { send, done, edited, notShown };
}

/** Whether two values of a field are the same, of the same JSON type where that makes a difference. */
export function isSame(path: string, a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return meansSame(path, a, b) && kindOf(path, a) === kindOf(path, b);
}

// --- internal ---

/** As the state compares: absent, null and empty are one, and so are e-mails in any case. */
function meansSame(path: string, a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return canonicalText(path, a) === canonicalText(path, b);
}
