import type { JsonObject, JsonValue } from '../../core/types.ts';

/** The parts of a contact that an answer shows whole or not at all. */
export const AREAS = ['columns', 'custom_attributes', 'additional_attributes'] as const;
export type Area = (typeof AREAS)[number];

const COLUMNS = ['name', 'email', 'phone_number', 'identifier', 'blocked'] as const;
const SOCIAL = 'additional_attributes.social_profiles';

/** Whether the path is of the social profiles, the only object of a contact whose keys are fields of their own beside it. */
export function isSocial(path: string): boolean {
  return path.startsWith(SOCIAL);
}

/** Where an answer would show the field; undefined for fields that answers never or not faithfully show (livedesk-api.md 2.3). */
export function areaOf(path: string): Area | undefined {
  if (path.startsWith('custom_attributes.')) return 'custom_attributes';
  if (path.startsWith('additional_attributes.')) return 'additional_attributes';
  return (COLUMNS as readonly string[]).includes(path) ? 'columns' : undefined;
}

/** The value at a path. A dot inside the key of an attribute belongs to the key. */
export function valueAt(object: JsonObject, path: string): JsonValue | undefined {
  if (path.startsWith(`${SOCIAL}.`)) {
    return at(at(at(object, 'additional_attributes'), 'social_profiles'), path.slice(SOCIAL.length + 1));
  }
  const dot = path.indexOf('.');
  return dot < 0 ? at(object, path) : at(at(object, path.slice(0, dot)), path.slice(dot + 1));
}

/** What an answer shows of a contact: paths with their values, and the areas in which what is not listed is empty. */
export interface Seen {
  readonly areas: readonly Area[];
  readonly values: ReadonlyMap<string, JsonValue>;
}

/** Reads a contact as the API shows it. An area that is missing was not shown: nothing is learned of it. */
export function seenOf(contact: JsonObject): Seen {
  const values = new Map<string, JsonValue>();
  const areas: Area[] = [];
  for (const column of COLUMNS) {
    if (Object.hasOwn(contact, column)) values.set(column, contact[column] ?? null);
  }
  if (values.size === COLUMNS.length) areas.push('columns');
  for (const area of ['custom_attributes', 'additional_attributes'] as const) {
    const attributes = at(contact, area);
    if (!isPlain(attributes)) continue;
    areas.push(area);
    for (const [key, value] of Object.entries(attributes)) {
      values.set(`${area}.${key}`, value);
      if (area !== 'additional_attributes' || key !== 'social_profiles' || !isPlain(value)) continue;
      for (const [profile, inner] of Object.entries(value)) values.set(`${SOCIAL}.${profile}`, inner);
    }
  }
  return { areas, values };
}

/** Whether a write to one of the paths changes what the other holds: the profiles as a whole, and one of them. */
export function overlaps(a: string, b: string): boolean {
  return (a === SOCIAL && b.startsWith(`${SOCIAL}.`)) || (b === SOCIAL && a.startsWith(`${SOCIAL}.`));
}

// --- internal ---

function at(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return isPlain(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function isPlain(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
