import type { SavedContact } from './contact-backup.ts';
import { isForeign, isRefused, type Talk } from './probe-client.ts';
import type { Read } from './read-contact.ts';
import { bodyToPutBack, type Difference, differenceFrom } from './restore-body.ts';

/** A contact that is as it was, as far as the API allows. */
export interface Restored extends Difference {
  /** Whether anything had to be put back. */
  readonly isChanged: boolean;
}

/**
 * Puts a contact back and reads it again to see that it is so. A text says why it could not be done. Writes only
 * what the probe took away; what others changed meanwhile stays. A test key
 * that the contact did not have is deleted where the account can do that.
 */
export async function restore(saved: SavedContact, talk: Talk, read: Read): Promise<Restored | string> {
  let now = await read();
  let isChanged = false;
  for (const isSecond of [false, true]) {
    if (!now) return 'it cannot be read';
    const body = bodyToPutBack(saved, now, isSecond);
    if (!body) break;
    isChanged = true;
    const answer = await talk.update(saved.contact_id, body);
    if (isRefused(answer)) return `the API refused the write: ${answer.status}`;
    now = await read();
  }
  if (!now) return 'it cannot be read';
  const { contact_id: contactId, test_key: testKey } = saved;
  if (testKey !== null && differenceFrom(saved, now).stays.length > 0) {
    const answer = await talk.destroyAttribute(contactId, testKey);
    if (!isRefused(answer) && !isForeign(answer)) {
      isChanged = true;
      now = await read();
    }
    if (!now) return 'it cannot be read';
  }
  const difference = differenceFrom(saved, now);
  if (difference.ours.length > 0) return `it still differs in ${difference.ours.join(', ')}`;
  return { ...difference, isChanged };
}
