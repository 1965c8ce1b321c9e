import { type JsonObject, KEY_FIELDS, type Patch } from '../../../core/types.ts';

/**
 * Whether a patch took the last of e-mail, phone and identifier from a contact: lists and searches show it no more, and no
 * key finds it again (livedesk-api.md 5.10). `contact` is as it is afterwards, where that is known.
 */
export function losesLastKey({ body }: Patch, contact: JsonObject | undefined): boolean {
  const cleared = KEY_FIELDS.filter((field) => body[field] !== undefined && isBlank(body[field]));
  if (cleared.length === 0) return false;
  return contact
    ? KEY_FIELDS.every((field) => isBlank(contact[field]))
    : cleared.length === KEY_FIELDS.length;
}

// --- internal ---

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
