import { isDeepStrictEqual } from 'node:util';
import type { JsonObject, JsonValue } from '../types.ts';
import type { Contact } from './contact.ts';
import type { Change } from './permit.ts';

/** What a change of `additional_attributes` does to the keys it does not name (livedesk-api.md 5.3). */
export type AdditionalAttributes = 'merge' | 'replace';

/** The columns as the change makes them; those it does not touch are absent. */
export function applyChange(contact: Contact, change: Change, mode: AdditionalAttributes): Partial<Contact> {
  const { blocked, additional_attributes: additional, custom_attributes: custom, ...texts } = change;
  const next: Mutable<Partial<Contact>> = texts;
  if (typeof blocked === 'boolean') next.blocked = blocked;
  if (additional) {
    next.additional_attributes =
      mode === 'merge' ? { ...contact.additional_attributes, ...additional } : additional;
  }
  if (custom) next.custom_attributes = { ...contact.custom_attributes, ...custom };
  return next;
}

/** Paths whose value differs, e.g. `email`, `custom_attributes.vip_level`; attributes are one level deep. */
export function changedPaths(before: Contact, columns: Partial<Contact>): string[] {
  const paths: string[] = [];
  for (const [column, after] of Object.entries(columns)) {
    const was = before[column as keyof Contact];
    if (typeof was === 'object' && was !== null) paths.push(...changedKeys(column, was, after as JsonObject));
    else if (was !== after) paths.push(column);
  }
  return paths;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function changedKeys(column: string, was: JsonObject, after: JsonObject): string[] {
  const paths: string[] = [];
  for (const key in after) if (!isSame(was[key], after[key])) paths.push(`${column}.${key}`);
  for (const key in was) if (!Object.hasOwn(after, key)) paths.push(`${column}.${key}`);
  return paths;
}

function isSame(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return a === b || (typeof a === 'object' && isDeepStrictEqual(a, b));
}
