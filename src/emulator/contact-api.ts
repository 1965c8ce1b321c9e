import { isObject } from '../core/json.ts';
import type { JsonValue } from '../core/types.ts';
import { applyChange, changedPaths } from './apply-change.ts';
import type { Contact, UniqueColumn } from './contact.ts';
import { blankContact, renderContact } from './contact.ts';
import type { ContactStore } from './contact-store.ts';
import { filterIn } from './filter-contacts.ts';
import { linkTo } from './inboxes.ts';
import type { WriteJournal } from './journal.ts';
import { type ContactPage, contactLister, isRefusedSort } from './list-contacts.ts';
import type { Switches } from './options.ts';
import { answeredContact } from './patch-answer.ts';
import type { PermittedChange } from './permit.ts';
import { isEmpty, permit } from './permit.ts';
import type { EmulatorReply } from './reply.ts';
import {
  BAD_JSON,
  invalidRecord,
  json,
  jsonText,
  METHOD_NOT_ALLOWED,
  missingParameter,
  NO_ROUTE,
  noContact,
  SERVER_ERROR,
} from './reply.ts';
import type { Route } from './route.ts';
import { breaksDatabase, isUnstorable, overlongColumns, validate } from './validate.ts';

/** The contacts part of the API: a route and a body give a reply, writes go into the store and the journal. */
export class ContactApi {
  readonly #store: ContactStore;
  readonly #journal: WriteJournal;
  readonly #lister: ReturnType<typeof contactLister>;

  constructor(store: ContactStore, journal: WriteJournal) {
    this.#store = store;
    this.#journal = journal;
    this.#lister = contactLister(store);
  }

  /**
   * Answers a request at `at` (unix ms) that passed authentication. `read` is the contact as it was read earlier:
   * what is written back is computed from it, as by a server that holds no lock (livedesk-api.md 5.3).
   */
  answer(route: Route, text: string, switches: Switches, at: number, read?: Contact): EmulatorReply {
    switch (route.to) {
      case 'update':
        return this.#update(route.contactId, route.query, text, switches, at, read);
      case 'show':
        return switches.showContact
          ? this.#show(route.contactId, route.query, switches)
          : wrongMethod(switches);
      case 'list':
        return this.#list(new URLSearchParams(route.query), switches);
      case 'filter':
        return switches.filterContacts ? this.#filter(route.query, text, switches) : wrongMethod(switches);
      case 'destroy-attributes':
        return switches.destroyAttributes
          ? this.#destroyAttributes(route.contactId, text, switches, at)
          : NO_ROUTE;
      case 'create':
        return this.#create(text, switches, at);
      case 'no-contact':
        return noContact(switches.notFound);
      case 'wrong-method':
        return wrongMethod(switches);
      case 'nowhere':
        return NO_ROUTE;
    }
  }

  #update(
    id: number,
    query: string,
    text: string,
    switches: Switches,
    at: number,
    read?: Contact,
  ): EmulatorReply {
    const body = parse(text);
    if (body === undefined) return BAD_JSON;
    const stored = read ?? this.#store.get(id);
    if (stored === undefined) return noContact(switches.notFound);
    const change = permit(body);
    if (breaksOnNull(stored, change, switches)) return SERVER_ERROR;
    const contact = healed(stored);
    if (contact !== stored) this.#store.put(contact);
    const columns = applyChange(contact, change, switches.additionalAttributes, switches.nullAttribute);
    const next = { ...contact, ...columns };
    const refusal = this.#refusal(next, change, text, switches);
    if (refusal) return refusal;
    if (!isEmpty(change)) this.#write(contact, columns, 'update', text, at);
    this.#sync(id, switches);
    const answered = answeredContact(switches.patchAnswer, contact, next);
    return jsonText(200, `{"payload":${renderContact(answered, wantsInboxes(query))}}`);
  }

  /** Writes only the columns that differ from what was read, onto what is stored by now. */
  #write(read: Contact, columns: Partial<Contact>, by: 'update' | 'agent', text: string, at: number): void {
    const changed = changedPaths(read, columns);
    const current = this.#store.get(read.id);
    if (current && changed.length > 0) {
      const dirty = new Set(changed.map((path) => path.split('.', 1)[0]));
      const written = Object.fromEntries(Object.entries(columns).filter(([column]) => dirty.has(column)));
      this.#store.put({ ...current, ...written });
    }
    this.#journal.add(at, read.id, by, changed, text);
  }

  /** What every save does after the contact was checked, one that changes nothing as well. */
  #sync(id: number, { syncedColumns }: Switches): void {
    const contact = this.#store.get(id);
    if (!contact || syncedColumns === 'off') return;
    const overlong = overlongColumns(contact);
    if (overlong.length > 0) this.#store.put({ ...contact, overlong });
  }

  #refusal(
    next: Contact,
    change: PermittedChange,
    text: string,
    switches: Switches,
  ): EmulatorReply | undefined {
    // in JSON text such characters can only stand as escapes
    if (text.includes('\\u') && Object.values(change).some(isUnstorable)) return SERVER_ERROR;
    const isTaken = (column: UniqueColumn, value: string) => this.#store.isTaken(column, value, next.id);
    const problems = validate(next, isTaken, switches.phonePattern);
    if (problems.length > 0) return invalidRecord(problems);
    return breaksDatabase(change, isTaken) ? SERVER_ERROR : undefined;
  }

  #show(id: number, query: string, switches: Switches): EmulatorReply {
    const contact = this.#store.get(id);
    if (contact === undefined) return noContact(switches.notFound);
    return jsonText(200, `{"payload":${renderContact(contact, wantsInboxes(query))}}`);
  }

  #list(query: URLSearchParams, switches: Switches): EmulatorReply {
    if (isRefusedSort(query, switches)) return json(422, { error: 'Invalid sort' });
    return pageReply(this.#lister.list(query, switches), query);
  }

  #filter(query: string, text: string, switches: Switches): EmulatorReply {
    const body = parse(text);
    if (body === undefined) return BAD_JSON;
    const isWanted = filterIn(body);
    if (!isWanted) return json(422, { error: 'Invalid query' });
    const params = new URLSearchParams(query);
    return pageReply(this.#lister.filter(isWanted, params, switches), params);
  }

  #destroyAttributes(id: number, text: string, switches: Switches, at: number): EmulatorReply {
    const body = parse(text);
    if (body === undefined) return BAD_JSON;
    const contact = this.#store.get(id);
    if (contact === undefined) return noContact(switches.notFound);
    const names = isObject(body) ? body['custom_attributes'] : undefined;
    if (!Array.isArray(names)) return missingParameter('custom_attributes');
    const left = Object.entries(contact.custom_attributes ?? {}).filter(([key]) => !names.includes(key));
    this.#write(contact, { custom_attributes: Object.fromEntries(left) }, 'update', text, at);
    this.#sync(id, switches);
    return jsonText(200, `{"payload":${renderContact(this.#store.get(id) ?? contact, true)}}`);
  }

  /** The inbox is looked up last and an unknown one leaves no contact behind (livedesk-api.md 3.2). */
  #create(text: string, switches: Switches, at: number): EmulatorReply {
    const body = parse(text);
    if (body === undefined) return BAD_JSON;
    const inboxId = isObject(body) ? body['inbox_id'] : undefined;
    if (inboxId === undefined || inboxId === null || inboxId === '') return missingParameter('inbox_id');
    const sent = permit(body);
    const { additional_attributes: _, custom_attributes: __, ...withoutAttributes } = sent;
    const change = switches.createAttributes === 'taken' ? sent : withoutAttributes;
    const id = this.#store.newId();
    const blank = blankContact(id, at / 1000);
    const contact = { ...blank, ...applyChange(blank, change, 'replace') };
    const refusal = this.#refusal(contact, change, text, switches);
    if (refusal) return refusal;
    const inbox = linkTo(switches.inboxes, Number(inboxId), contact);
    if (typeof inbox !== 'string') return inbox;
    const created = { ...contact, inboxes: `[${inbox}]` };
    this.#store.put(created);
    this.#journal.add(at, id, 'create', changedPaths(blank, contact), text);
    this.#sync(id, switches);
    return jsonText(200, `{"payload":{"contact":${renderContact(created, true)},"contact_inbox":${inbox}}}`);
  }

  /** What an agent does in the dashboard: the same rules of merging, no validation. False: no such contact. */
  edit(id: number, patch: JsonValue, at: number): boolean {
    const stored = this.#store.get(id);
    if (stored === undefined) return false;
    const contact = healed(stored);
    this.#write(contact, applyChange(contact, permit(patch), 'merge'), 'agent', JSON.stringify(patch), at);
    return true;
  }

  /** Deletes a contact, as an agent does in the dashboard or by merging it into another. False: no such contact. */
  remove(id: number, at: number): boolean {
    if (!this.#store.remove(id)) return false;
    this.#journal.add(at, id, 'delete', [], '{}');
    return true;
  }
}

/** Whether the server merges into an attribute column that is null, which breaks it (livedesk-api.md 6.21). */
function breaksOnNull(
  contact: Contact,
  change: PermittedChange,
  { additionalAttributes }: Switches,
): boolean {
  const { custom_attributes: custom, additional_attributes: additional } = change;
  return (
    (contact.custom_attributes === null && custom !== undefined) ||
    (contact.additional_attributes === null && additional !== undefined && additionalAttributes === 'merge')
  );
}

/** The contact as any save leaves it: attributes that were null are empty. */
function healed(contact: Contact): Contact {
  if (contact.custom_attributes !== null && contact.additional_attributes !== null) return contact;
  return {
    ...contact,
    custom_attributes: contact.custom_attributes ?? {},
    additional_attributes: contact.additional_attributes ?? {},
  };
}

function pageReply(page: ContactPage, query: URLSearchParams): EmulatorReply {
  const withInboxes = wantsInboxes(query);
  const { count, currentPage, hasMore } = page;
  const meta = JSON.stringify({ count, current_page: currentPage, has_more: hasMore });
  const payload = page.contacts.map((contact) => renderContact(contact, withInboxes)).join(',');
  return jsonText(200, `{"meta":${meta},"payload":[${payload}]}`);
}

function parse(text: string): JsonValue | undefined {
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The literal `true` alone counts once the parameter is given; a blank one is none (livedesk-api.md 2.1, 5.8). */
function wantsInboxes(query: string | URLSearchParams): boolean {
  if (query === '') return true;
  const params = typeof query === 'string' ? new URLSearchParams(query) : query;
  const asked = params.get('include_contact_inboxes');
  return asked === null || asked.trim() === '' || asked === 'true';
}

function wrongMethod(switches: Switches): EmulatorReply {
  return switches.methodNotAllowed === 405 ? METHOD_NOT_ALLOWED : NO_ROUTE;
}
