import { overlaps, withoutPaths } from '../core/field-path.ts';
import { comparePositions, type Position } from '../core/position.ts';
import type { Patch } from '../core/types.ts';

/** Of some contacts, or of all, the newest row that set each field, may have set it, or found it as it is. */
export class DeliveredFields {
  readonly #contacts = new Map<number, Map<string, Mark>>();
  readonly #wanted: ReadonlySet<number> | undefined;

  /** `wanted` are the contacts to remember; undefined for all, which takes memory for each. */
  constructor(wanted: ReadonlySet<number> | undefined) {
    this.#wanted = wanted;
  }

  /**
   * The row at `position` set `fields` of `contact` or confirmed them, in the run of number `by`; with `isInDoubt` it may
   * have set them.
   */
  add(contact: number, position: Position, by: number, fields: readonly string[], isInDoubt = false): void {
    if (this.#wanted && !this.#wanted.has(contact)) return;
    let newest = this.#contacts.get(contact);
    if (!newest) {
      newest = new Map();
      this.#contacts.set(contact, newest);
    }
    const mark = { position, by, isInDoubt };
    for (const field of fields) {
      const before = newest.get(field);
      if (!before || isNewer(mark, before)) newest.set(field, mark);
    }
  }

  /**
   * The fields of a patch at `position` that a newer row set, may have set, or confirmed, the whole of an object counting
   * for its parts. `by` is the number of the run that has the row now: of two corrections of one row, the later one is
   * newer. `isCorrected`: the row was edited, so that it is no older than what its run sent from its position.
   */
  superseded(patch: Patch, position: Position, by: number, isCorrected = false): string[] {
    const newest = this.#contacts.get(patch.contactId);
    if (!newest) return [];
    const own = { position, by, isInDoubt: !isCorrected };
    return patch.fields.filter((field) =>
      [...newest].some(([other, mark]) => isNewer(mark, own) && overlaps(field, other)),
    );
  }
}

/** The patch without some of its fields; undefined if none is left. */
export function withoutFields(patch: Patch, fields: readonly string[]): Patch | undefined {
  if (fields.length === 0) return patch;
  const left = patch.fields.filter((field) => !fields.includes(field));
  if (left.length === 0) return undefined;
  const body = withoutPaths(patch.body, fields);
  return { ...patch, body, fields: left, complete: patch.complete && 'additional_attributes' in body };
}

// --- internal ---

interface Mark {
  readonly position: Position;
  /** Number of the run that had the row. */
  readonly by: number;
  readonly isInDoubt: boolean;
}

/** Of one row, the later correction counts, and in one run what is sure for more than what is in doubt. */
function isNewer(a: Mark, b: Mark): boolean {
  const order = comparePositions(a.position, b.position) || a.by - b.by;
  return (order || Number(b.isInDoubt) - Number(a.isInDoubt)) > 0;
}
