import { blankContact } from './contact.ts';
import { ContactStore } from './contact-store.ts';
import { DEFAULT_INBOX, DEFAULT_INBOXES, renderContactInbox } from './inboxes.ts';
import type { EmulatorOptions } from './options.ts';

const DEFAULT_CONTACTS = 1000;

/** The contacts an emulator begins with. */
export function fillStore(options: EmulatorOptions, seed: number): ContactStore {
  const { contactList = [], firstId = 1, sharedPhones = 0, imported = [], nullAttributesOf = [] } = options;
  const count = options.contacts ?? (options.contactList ? 0 : DEFAULT_CONTACTS);
  const store = new ContactStore(seed, firstId, count, [imported].flat());
  const kind = (options.inboxes ?? DEFAULT_INBOXES)[DEFAULT_INBOX] ?? 'web';
  for (const { id, ...given } of contactList) {
    const inboxes = `[${renderContactInbox(id, DEFAULT_INBOX, kind)}]`;
    store.put({ ...blankContact(id, null), ...given, inboxes });
  }
  for (let pair = 0; pair < sharedPhones; pair += 1) sharePhone(store, firstId + 2 * pair);
  for (const id of nullAttributesOf) {
    const contact = store.get(id);
    if (contact) store.put({ ...contact, custom_attributes: null, additional_attributes: null });
  }
  return store;
}

/** Gives two neighbours one phone, as an import once did to real accounts (livedesk-api.md 5.11). */
function sharePhone(store: ContactStore, id: number): void {
  const [one, other] = [store.get(id), store.get(id + 1)];
  if (!one || !other) return;
  const phone_number = one.phone_number ?? other.phone_number ?? `+1555${String(id).padStart(7, '0')}`;
  store.put({ ...one, phone_number });
  store.put({ ...other, phone_number });
}
