import type { JsonObject, MatchKey, PatchBody } from '../../core/types.ts';
import { keyValue, matchKeysOf } from '../lookup/match-key.ts';

/** Fields that a new contact is made with; attributes follow in a patch (livedesk-api.md 3.2). */
export const CREATE_FIELDS = ['name', 'email', 'phone_number', 'identifier'] as const;

/** The body that makes a contact: what of a patch can be given at once, empty values left out. */
export function creationBody(inboxId: number | string, body: PatchBody): JsonObject {
  const fields = CREATE_FIELDS.flatMap((field) => {
    const value = body[field];
    return value === undefined || value === null || value === '' ? [] : [[field, value] as const];
  });
  return { inbox_id: inboxId, ...Object.fromEntries(fields) };
}

/**
 * The keys by which a contact that may have been made is found again: identifier and e-mail, since of these the
 * database holds each value once (livedesk-api.md 5.4). A phone says nothing: several contacts may have it.
 */
export function certainKeys(body: JsonObject): MatchKey[] {
  return matchKeysOf(body).filter(({ field }) => field !== 'phone_number');
}

/**
 * Whether a stored contact, which has a key of `body`, is the one that `body` would make. An identifier decides. With
 * only the e-mail in common and another identifier it is another person, and patching it would mix up the two.
 */
export function isSamePerson(body: JsonObject, stored: JsonObject): boolean {
  const [own, theirs] = [keyValue(body, 'identifier'), keyValue(stored, 'identifier')];
  return own === undefined || theirs === undefined || own === theirs;
}
