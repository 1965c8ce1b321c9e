import { SOCIAL_PROFILES, valueAt } from '../../core/field-path.ts';
import { isObject } from '../../core/json.ts';
import type { JsonObject, JsonValue } from '../../core/types.ts';

/** The parts of a contact that an answer shows whole or not at all. */
export const AREAS = ['columns', 'custom_attributes', 'additional_attributes'] as const;
export type Area = (typeof AREAS)[number];

const COLUMNS = ['name', 'email', 'phone_number', 'identifier', 'blocked'] as const;

/** Whether the path is of the social profiles, the only object of a contact whose keys are fields of their own beside it. */
export function isSocial(path: string): boolean {
  return path === SOCIAL_PROFILES || path.startsWith(`${SOCIAL_PROFILES}.`);
}

/** Where an answer would show the field; undefined for fields that answers never or not faithfully show (livedesk-api.md 2.3). */
export function areaOf(path: string): Area | undefined {
  if (path.startsWith('custom_attributes.')) return 'custom_attributes';
  if (path.startsWith('additional_attributes.')) return 'additional_attributes';
  return (COLUMNS as readonly string[]).includes(path) ? 'columns' : undefined;
}

/** Whether an answer shows what the contact holds at a path, be it nothing. */
export function isShownIn(contact: JsonObject, path: string): boolean {
  const area = areaOf(path);
  if (area === undefined || area === 'columns') return Object.hasOwn(contact, path);
  return isObject(contact[area]);
}

/** What an answer shows of a contact: paths with their values, and the areas in which what is not listed is empty. */
export interface SeenFields {
  readonly areas: readonly Area[];
  readonly values: ReadonlyMap<string, JsonValue>;
}

/** Reads a contact as the API shows it. An area that is missing was not shown: nothing is learned of it. */
export function seenOf(contact: JsonObject): SeenFields {
  const values = new Map<string, JsonValue>();
  const areas: Area[] = [];
  for (const column of COLUMNS) {
    if (Object.hasOwn(contact, column)) values.set(column, contact[column] ?? null);
  }
  if (values.size === COLUMNS.length) areas.push('columns');
  for (const area of ['custom_attributes', 'additional_attributes'] as const) {
    const attributes = valueAt(contact, area);
    if (!isObject(attributes)) continue;
    areas.push(area);
    for (const [key, value] of Object.entries(attributes)) {
      values.set(`${area}.${key}`, value);
      if (area !== 'additional_attributes' || key !== 'social_profiles' || !isObject(value)) continue;
      for (const [profile, inner] of Object.entries(value))
        values.set(`${SOCIAL_PROFILES}.${profile}`, inner);
    }
  }
  return { areas, values };
}
