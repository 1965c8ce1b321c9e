import { overlaps } from '../../../core/field-path.ts';
import type { JsonObject, JsonValue } from '../../../core/types.ts';
import type { ImageField, ImageLine, Unknown } from '../../../journal/before-images/before-line.ts';
import { canonicalText } from '../../../state/compare/normalise.ts';

/**
 * What became of the write that an image was kept for: `written`, for sure; `maybe`, where no answer tells; `refused`, for
 * sure not applied.
 */
export type ImageFate = 'written' | 'maybe' | 'refused';

/** What a run did to one field of a contact, over all of its rows. */
export interface WrittenField {
  /** What the field held before; undefined where it was not there. */
  readonly old: JsonValue | undefined;
  /** Why that is not known; undefined where it is. */
  readonly unknown: Unknown | undefined;
  /** What the run may have left in it: several values where the fate of its last writes is not known. */
  readonly left: readonly JsonValue[];
}

/** What a run did to one contact. */
export interface WrittenContact {
  readonly contact: number;
  /** The rows that wrote it. */
  readonly rows: readonly { readonly input: number; readonly row: number }[];
  readonly fields: ReadonlyMap<string, WrittenField>;
  /** What the state remembered of the fields before. */
  readonly state: JsonObject | undefined;
}

/** Adds an image of a contact to what is known of it from the images before; undefined where there is nothing to undo. */
export function foldImage(
  known: WrittenContact | undefined,
  image: ImageLine,
  fate: ImageFate,
): WrittenContact | undefined {
  if (fate === 'refused') return known;
  const { contact, input = 0, row } = image;
  const fields = new Map(known?.fields);
  for (const [path, field] of Object.entries(image.fields)) {
    fields.set(path, foldField(path, fields.get(path), field, fate === 'written'));
  }
  const rows = known?.rows ?? [];
  const isNewRow = !rows.some((other) => other.input === input && other.row === row);
  return {
    contact,
    rows: isNewRow ? [...rows, { input, row }] : rows,
    fields,
    state: joinMemory(known, image),
  };
}

/**
 * What was done to a field, after one more write of it. What the write found decides what comes back: if it found what
 * the run itself had left, the value before; if another writer had changed the field meanwhile, the value of that writer.
 */
export function foldField(
  path: string,
  before: WrittenField | undefined,
  { old, unknown, written }: ImageField,
  isSure: boolean,
): WrittenField {
  if (!before) return { old, unknown, left: [written] };
  const isSame = (one: JsonValue | undefined, other: JsonValue | undefined): boolean =>
    canonicalText(path, one) === canonicalText(path, other);
  const isOurs = unknown !== undefined || before.left.some((value) => isSame(value, old));
  const left = isSure ? [] : isOurs ? before.left.filter((value) => !isSame(value, written)) : [];
  // an earlier write that was never applied leaves what it found
  const isUntouched = before.unknown === undefined && isSame(before.old, old);
  const from = isOurs || isUntouched ? before : { old, unknown };
  return { old: from.old, unknown: from.unknown, left: [...left, written] };
}

// --- internal ---

/** What the state remembered before the first write of each field: later it remembers the run's own. */
function joinMemory(known: WrittenContact | undefined, { state, fields }: ImageLine): JsonObject | undefined {
  const before = known?.state;
  if (!known || !before || !state || before['state'] !== state['state']) return before ?? state;
  const isFirst = (path: string): boolean =>
    ![...known.fields.keys()].some((other) => overlaps(path, other)) &&
    Object.keys(fields).some((other) => overlaps(path, other));
  const more = Object.entries(state['fields'] as JsonObject).filter(([path]) => isFirst(path));
  return { ...before, fields: { ...(before['fields'] as JsonObject), ...Object.fromEntries(more) } };
}
