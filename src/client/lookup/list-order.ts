import type { JsonObject, JsonValue } from '../../core/types.ts';
import type { ListOrder } from '../http/requests.ts';

/** The fields that a listing is sorted by where sorting by age leaves contacts tied (livedesk-api.md 5.8). */
export const SORT_FIELDS = ['email', 'last_activity_at', 'phone_number', 'name'] as const;
export type SortField = (typeof SORT_FIELDS)[number];

/**
 * In which order a list by age shows contacts that were made at the same moment: sorted by the further sort keys, always
 * in the same one, or in none that could be relied on.
 */
export type AgeTies = 'sorted' | 'kept' | 'uncertain';

/** Whether a contact has a value in the field: those without stand together at one end of the list, in no order. */
export function hasValue(contact: JsonObject, field: SortField): boolean {
  const value = contact[field];
  return value !== undefined && value !== null && value !== '';
}

/** What an order sorts a contact by, as one text: contacts with the same text stand in no order among them. */
export function sortedBy({ sort }: ListOrder): (contact: JsonObject) => string {
  const fields = sort.split(',');
  return (contact) => JSON.stringify(fields.map((field) => plain(contact[field])));
}

/**
 * Whether contacts of the same second stand in the order of their e-mails, so far as they have some: a sort by several
 * keys was taken. A collation may put a few of them where code units do not, and without an order half of them are.
 */
export function isTieBroken(contacts: readonly JsonObject[]): boolean {
  const emails = contacts.flatMap(({ email }) => (typeof email === 'string' ? [email.toLowerCase()] : []));
  const rising = emails.filter((email, i) => i > 0 && email > (emails[i - 1] ?? '')).length;
  return rising >= 0.75 * (emails.length - 1);
}

// --- internal ---

function plain(value: JsonValue | undefined): JsonValue {
  if (value === undefined || value === '') return null;
  return typeof value === 'string' ? value.toLowerCase() : value;
}
