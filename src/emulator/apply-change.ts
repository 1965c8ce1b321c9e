import { isDeepStrictEqual } from 'node:util';
import type { JsonObject, JsonValue } from '../core/types.ts';
import type { Contact } from './contact.ts';
import type { PermittedChange } from './permit.ts';

/** What a change of `additional_attributes` does to the keys it does not name (livedesk-api.md 5.3). */
export type AdditionalAttributes = 'merge' | 'replace';
/** What null does to a custom attribute; the first is what the upstream code does (livedesk-api.md 5.3). */
export const NULL_ATTRIBUTES = ['stored', 'deletes', 'ignored'] as const;
export type NullAttribute = (typeof NULL_ATTRIBUTES)[number];

/** The columns as the change makes them; those it does not touch are absent. */
export function applyChange(
  contact: Contact,
  change: PermittedChange,
  mode: AdditionalAttributes,
  nulls: NullAttribute = 'stored',
): Partial<Contact> {
  const { blocked, additional_attributes: additional, custom_attributes: custom, ...texts } = change;
  const next: Mutable<Partial<Contact>> = texts;
  if (typeof blocked === 'boolean') next.blocked = blocked;
  if (additional) {
    next.additional_attributes =
      mode === 'merge' ? { ...contact.additional_attributes, ...additional } : additional;
  }
  if (custom) next.custom_attributes = mergeCustom(contact.custom_attributes, custom, nulls);
  return next;
}

/** Paths whose value differs, e.g. `email`, `custom_attributes.vip_level`; attributes are one level deep. */
export function changedPaths(before: Contact, columns: Partial<Contact>): string[] {
  const paths: string[] = [];
  for (const [column, after] of Object.entries(columns)) {
    const was = before[column as Exclude<keyof Contact, 'overlong'>];
    if (typeof was === 'object' && was !== null) paths.push(...changedKeys(column, was, after as JsonObject));
    else if (was !== after) paths.push(column);
  }
  return paths;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function mergeCustom(stored: JsonObject | null, sent: JsonObject, nulls: NullAttribute): JsonObject {
  if (nulls === 'stored') return { ...stored, ...sent };
  const given = Object.entries(sent).filter(([, value]) => value !== null);
  const kept = Object.entries(stored ?? {}).filter(([key]) => nulls === 'ignored' || sent[key] !== null);
  return { ...Object.fromEntries(kept), ...Object.fromEntries(given) };
}

function changedKeys(column: string, was: JsonObject, after: JsonObject): string[] {
  const paths: string[] = [];
  for (const key in after) if (!isSame(was[key], after[key])) paths.push(`${column}.${key}`);
  for (const key in was) if (!Object.hasOwn(after, key)) paths.push(`${column}.${key}`);
  return paths;
}

function isSame(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return a === b || (typeof a === 'object' && isDeepStrictEqual(a, b));
}
