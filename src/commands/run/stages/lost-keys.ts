import type { Logger } from '../../../core/logger.ts';
import { type JsonObject, KEY_FIELDS, type KeyField, type Patch } from '../../../core/types.ts';
import type { State } from '../../../state/state.ts';

/**
 * Whether a patch took the last of e-mail, phone and identifier from a contact: lists and searches show it no more, and no
 * key finds it again (livedesk-api.md 5.10). `contact` is as it is afterwards, where that is known.
 */
export function losesLastKey({ body }: Patch, contact: JsonObject | undefined): boolean {
  const cleared = KEY_FIELDS.filter((field) => isCleared(body, field));
  if (cleared.length === 0) return false;
  return contact
    ? KEY_FIELDS.every((field) => isBlank(contact[field]))
    : cleared.length === KEY_FIELDS.length;
}

/** Whether a patch that is not sent yet would do so, as far as `state` knows the contact. */
export function wouldLoseLastKey(
  { contactId, body }: Patch,
  state: Pick<State, 'compare'> | undefined,
): boolean {
  if (!KEY_FIELDS.some((field) => isCleared(body, field))) return false;
  const isKnownEmpty = (field: KeyField): boolean => {
    const clearing = { contactId, body: { [field]: null }, fields: [field], complete: false };
    return state?.compare(clearing, () => 'ours').settled ?? false;
  };
  return KEY_FIELDS.every((field) =>
    body[field] === undefined ? isKnownEmpty(field) : isBlank(body[field]),
  );
}

/**
 * Warns of each contact that loses its last key, and notes it once for the summary. In a dry run that is still to
 * come.
 */
export function createLostKeysWarning(
  isDryRun: boolean,
  log: Logger,
  onNote: (note: string) => void,
): (contactId: number) => void {
  let lost = 0;
  return (contactId) => {
    lost += 1;
    log.warn(
      { contact_id: contactId },
      isDryRun
        ? 'the contact would have no e-mail, phone or identifier any more'
        : 'the contact has no e-mail, phone or identifier any more',
    );
    if (lost > 1) return;
    onNote(
      `rows ${isDryRun ? 'would clear' : 'cleared'} the last of e-mail, phone and identifier of contacts: lists and searches show them no more, and LiveDesk may delete them; only their contact_id names them`,
    );
  };
}

// --- internal ---

function isCleared(body: Patch['body'], field: KeyField): boolean {
  const value = body[field];
  return value === null || value === '';
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
