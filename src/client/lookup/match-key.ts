import { type JsonObject, KEY_FIELDS, type KeyField, type MatchKey } from '../../core/types.ts';

/** The value of a field that identifies a contact, as keys have it; undefined where the contact has none. */
export function keyValue(contact: JsonObject, field: KeyField): string | undefined {
  const value = contact[field];
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text === '') return undefined;
  return field === 'email' ? text.toLowerCase() : text;
}

/**
 * Whether the contact has exactly this key: e-mails in any case, the others to the letter (livedesk-api.md 5.4).
 * A search alone does not say so, since it finds parts of values and takes `%` and `_` for wildcards (5.8).
 */
export function hasKey(contact: JsonObject, { field, value }: MatchKey): boolean {
  return keyValue(contact, field) === (field === 'email' ? value.toLowerCase() : value);
}

/** Every key of a contact. */
export function matchKeysOf(contact: JsonObject): MatchKey[] {
  return KEY_FIELDS.flatMap((field) => {
    const value = keyValue(contact, field);
    return value === undefined ? [] : [{ field, value }];
  });
}

/** A key as one text, equal for keys that mean the same contact. */
export function textOf({ field, value }: MatchKey): string {
  return `${field}:${field === 'email' ? value.toLowerCase() : value}`;
}

/** The contact as a write of `body` leaves it, as far as it sets fields that identify it; undefined where it sets none. */
export function keysWritten(id: number, body: JsonObject): JsonObject | undefined {
  const set = KEY_FIELDS.filter((field) => Object.hasOwn(body, field));
  return set.length === 0
    ? undefined
    : { id, ...Object.fromEntries(set.map((field) => [field, body[field] ?? null])) };
}

/** A contact with nothing but its id and the fields that identify it, as far as it shows them. */
export function onlyKeys(contact: JsonObject): JsonObject {
  const names = ['id', ...KEY_FIELDS];
  return Object.fromEntries(Object.entries(contact).filter(([name]) => names.includes(name)));
}
