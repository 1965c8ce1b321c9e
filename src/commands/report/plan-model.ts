import type { JsonValue } from '../../core/types.ts';
import type { PlanHeader } from '../../journal/change-line.ts';

/** Contacts that are shown before anybody asks for more; those of a large plan are not held in memory. */
export const FIRST_CONTACTS = 200;

/** A plan as its page and its Markdown show it. */
export interface PlanReport {
  /** The file as a user types it. */
  readonly file: string;
  readonly header: PlanHeader;
  /** The first {@link FIRST_CONTACTS} of them. */
  readonly contacts: readonly PlannedContact[];
  /** The commands that send it, in the order in which they are typed. */
  readonly next: readonly { readonly words: string; readonly command: string }[];
}

/** A contact that is to change. */
export interface PlannedContact {
  readonly contact: number;
  /** The rows that it comes from, as in `row 3, row 7`. */
  readonly rows: string;
  readonly fields: readonly PlannedField[];
}

/** A field with what it holds and is to hold, as text; null for nothing. */
export interface PlannedField {
  readonly path: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** A value as a person reads it: a text as it is, all else as JSON; null for what the account takes for nothing. */
export function valueText(value: JsonValue): string | null {
  if (value === null || value === '') return null;
  if (typeof value === 'object' && Object.keys(value).length === 0) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
