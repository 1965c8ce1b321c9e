import type { JsonValue } from './types.ts';

/** A string column of the API holds 255 characters (livedesk-api.md 5.4). */
export const MAX_COLUMN_LENGTH = 255;

/** Keys of `additional_attributes` that the API copies into string columns, with the column (livedesk-api.md trap 39). */
export const SYNCED_COLUMNS = { city: 'location', country: 'country_code' } as const;
export type SyncedKey = keyof typeof SYNCED_COLUMNS;

/** Whether a text has more characters than a string column holds. */
export function isTooLongForColumn(text: string): boolean {
  // code points are never more than code units, so short texts need no counting
  return text.length > MAX_COLUMN_LENGTH && codePoints(text) > MAX_COLUMN_LENGTH;
}

/**
 * The key of these `additional_attributes` whose value would not fit into its column. A save copies it there unchecked, and
 * from then on the API refuses every change of the contact, one that shortens the value as well. A value that is no text is
 * as long as its text.
 */
export function overlongKey(additional: JsonValue | undefined): SyncedKey | undefined {
  if (typeof additional !== 'object' || additional === null || Array.isArray(additional)) return undefined;
  return KEYS.find((key) => Object.hasOwn(additional, key) && isOverlong(additional[key]));
}

// --- internal ---

const KEYS = Object.keys(SYNCED_COLUMNS) as readonly SyncedKey[];

function isOverlong(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null) return false;
  return isTooLongForColumn(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
