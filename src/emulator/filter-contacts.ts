import { isObject } from '../core/json.ts';
import type { JsonValue } from '../core/types.ts';
import type { Contact } from './contact.ts';

/** Fields that a filter compares in any case; a phone has none. */
const FILTERED = ['name', 'email', 'identifier', 'phone_number'] as const;

/**
 * The contacts that a body of `POST contacts/filter` asks for, or undefined where it asks for anything but one field
 * that is equal to a value, which is all that is modelled (livedesk-api.md 5.9, trap 41).
 */
export function filterIn(body: JsonValue): ((contact: Contact) => boolean) | undefined {
  const payload = isObject(body) ? body['payload'] : undefined;
  const [condition, ...others] = Array.isArray(payload) ? payload : [];
  if (condition === undefined || others.length > 0 || !isObject(condition)) return undefined;
  const { attribute_key: key, filter_operator: operator, values } = condition;
  const field = FILTERED.find((name) => name === key);
  if (!field || operator !== 'equal_to' || !Array.isArray(values)) return undefined;
  const wanted = new Set(values.map((value) => String(value).toLowerCase()));
  return (contact) => {
    const value = contact[field];
    return value !== null && wanted.has(value.toLowerCase());
  };
}
