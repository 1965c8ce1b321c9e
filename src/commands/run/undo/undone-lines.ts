import { overlaps } from '../../../core/field-path.ts';
import type { JsonValue } from '../../../core/types.ts';
import type { ImageLine } from '../../../journal/before-images/before-line.ts';
import type { UndoneField, UndoneLine } from '../../../journal/change-line.ts';
import type { UndoneRun } from '../../../journal/journal-lines.ts';
import { readTarget } from '../../../mapping/targets.ts';
import { settableValue } from '../changes/compile-changes.ts';
import { foldImage, type ImageFate, type WrittenContact, type WrittenField } from './fold-images.ts';
import type { LaterWrites } from './later-writes.ts';

/** Rows of a contact that its line names; a contact has seldom more. */
const NAMED_ROWS = 100;

/** The line that takes back what a run did to a contact; undefined where nothing of it is chosen. */
export function undoneLine(
  { contact, rows, fields, state }: WrittenContact,
  { fields: chosen = [] }: Pick<UndoneRun, 'fields'>,
  later: LaterWrites,
): UndoneLine | undefined {
  const isChosen = (path: string): boolean =>
    chosen.length === 0 || chosen.some((one) => overlaps(one, path));
  const undone = [...fields]
    .filter(([path]) => isChosen(path))
    .map(([path, field]) => [path, undoneField(path, field, later.has(contact, path))] as const);
  if (undone.length === 0) return undefined;
  return {
    contact,
    fields: Object.fromEntries(undone),
    // a line of an input is where its row begins, which an image does not know
    rows: rows
      .slice(0, NAMED_ROWS)
      .map(({ input, row }) => ({ ...(input > 0 ? { input } : {}), row, line: 0 })),
    ...(state ? { state } : {}),
  };
}

/**
 * The contacts that a run wrote, each once, with all that was done to it, from its images in their order. `imagesOf` says how
 * many images of a contact there are.
 */
export class ContactFolder {
  readonly #imagesOf: ReadonlyMap<number, number>;
  readonly #open = new Map<number, { readonly known: WrittenContact | undefined; readonly images: number }>();

  constructor(imagesOf: ReadonlyMap<number, number>) {
    this.#imagesOf = imagesOf;
  }

  /** Takes the next image; gives the contact where it was its last one and something was done to it. */
  take(image: ImageLine, fate: ImageFate): WrittenContact | undefined {
    const before = this.#open.get(image.contact);
    const known = foldImage(before?.known, image, fate);
    const images = 1 + (before?.images ?? 0);
    if (images < (this.#imagesOf.get(image.contact) ?? 1)) {
      this.#open.set(image.contact, { known, images });
      return undefined;
    }
    this.#open.delete(image.contact);
    return known;
  }
}

// --- internal ---

function undoneField(path: string, { old, unknown, left }: WrittenField, isNewer: boolean): UndoneField {
  const [from = null, ...or] = [...left].reverse();
  const to = old ?? null;
  const why = unknown ?? (isSettable(path, to) ? undefined : 'not_settable');
  const keep = why !== undefined ? 'not_reversible' : isNewer ? 'newer' : undefined;
  return {
    from,
    to,
    ...(or.length > 0 ? { or } : {}),
    ...(old === undefined && unknown === undefined ? { absent: true as const } : {}),
    ...(keep ? { keep } : {}),
    ...(why ? { why } : {}),
  };
}

function isSettable(path: string, to: JsonValue): boolean {
  const target = readTarget(path);
  return typeof target !== 'string' && 'value' in settableValue(target, to);
}
