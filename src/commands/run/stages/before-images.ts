import type { Clock } from '../../../core/clock.ts';
import { valueAt } from '../../../core/field-path.ts';
import { isObject } from '../../../core/json.ts';
import type { JsonObject, JsonValue, Patch, Row } from '../../../core/types.ts';
import { BeforeFile } from '../../../journal/before-images/before-file.ts';
import type { ImageField, ImageLine } from '../../../journal/before-images/before-line.ts';
import { NO_IMAGES, wholeImagesOf } from '../../../journal/before-images/read-before-images.ts';
import type { State } from '../../../state/state.ts';
import type { Plan } from '../plan/plan.ts';
import type { OutcomeLog } from './outcome-log.ts';

/** Keeps what contacts held before the run writes to them. */
export interface BeforeImages extends AsyncDisposable {
  /**
   * Resolves when what the contact holds in the fields of the patch, as the read before the write showed it, would survive a
   * power cut: only then may the write leave. Further calls for what the same read showed wait for the same. Rejects with a
   * `RunError` (3) where it cannot be written.
   */
  keep(patch: Patch, row: Row, shown: JsonObject): Promise<void>;
}

/** Opens the before-images of an undoable run; a resumed run appends to those that it has. */
export async function openBeforeImages(
  { dir, earlier, reading }: Plan,
  { header }: Pick<OutcomeLog, 'header'>,
  state: State | undefined,
  clock: Clock,
): Promise<BeforeImages> {
  const left = earlier ? await wholeImagesOf(dir, header, earlier.delivered) : NO_IMAGES;
  const file = new BeforeFile({ dir, runId: header.run_id, account: header.account, left, clock });
  const hasInputs = reading.sources.length > 1;
  const kept = new WeakMap<JsonObject, Promise<void>>();
  return {
    keep(patch, row, shown) {
      const known = kept.get(shown);
      if (known) return known;
      const memory = state?.remembered(patch.contactId, patch.fields);
      const keeping = file.keep(imageOf(patch, row, shown, { hasInputs, memory }));
      kept.set(shown, keeping);
      return keeping;
    },
    [Symbol.asyncDispose]: () => file.close(),
  };
}

/** The image of the fields of a patch in a contact. */
export function imageOf(
  { contactId, body, fields }: Pick<Patch, 'contactId' | 'body' | 'fields'>,
  { input, row }: Pick<Row, 'input' | 'row'>,
  shown: JsonObject,
  {
    hasInputs = false,
    memory,
  }: { readonly hasInputs?: boolean; readonly memory?: JsonObject | undefined } = {},
): ImageLine {
  const images = fields.map((path) => [path, fieldOf(shown, path, valueAt(body, path) ?? null)] as const);
  return {
    type: 'image',
    contact: contactId,
    ...(hasInputs ? { input } : {}),
    row,
    fields: Object.fromEntries(images),
    ...(memory ? { state: memory } : {}),
  };
}

// --- internal ---

function fieldOf(contact: JsonObject, path: string, written: JsonValue): ImageField {
  if (!isShown(contact, path)) return { unknown: 'not_shown', written };
  const old = valueAt(contact, path);
  if (old === undefined) return { written };
  return isExact(old) ? { old, written } : { unknown: 'inexact', written };
}

/** Whether the contact shows what it holds at a path, be it nothing. */
function isShown(contact: JsonObject, path: string): boolean {
  const [area = ''] = path.split('.', 1);
  if (!Object.hasOwn(contact, area)) return false;
  return area === path || contact[area] === null || isObject(contact[area]);
}

/** Whether no number was read with fewer digits than the API gave. */
function isExact(value: JsonValue): boolean {
  if (typeof value === 'number') return !Number.isInteger(value) || Number.isSafeInteger(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every(isExact);
}
