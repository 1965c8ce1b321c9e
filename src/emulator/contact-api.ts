import { isObject } from '../core/json.ts';
import type { JsonValue } from '../core/types.ts';
import { applyChange, changedPaths } from './apply-change.ts';
import type { Contact, UniqueColumn } from './contact.ts';
import { blankContact, renderContact } from './contact.ts';
import type { ContactStore } from './contact-store.ts';
import { renderContactInbox } from './inboxes.ts';
import type { WriteJournal } from './journal.ts';
import { contactLister } from './list-contacts.ts';
import type { Switches } from './options.ts';
import { answeredContact } from './patch-answer.ts';
import type { PermittedChange } from './permit.ts';
import { isEmpty, permit } from './permit.ts';
import type { EmulatorReply } from './reply.ts';
import {
  BAD_JSON,
  invalidRecord,
  jsonText,
  METHOD_NOT_ALLOWED,
  missingParameter,
  NO_ROUTE,
  NOT_FOUND,
  noContact,
  SERVER_ERROR,
} from './reply.ts';
import type { Route } from './route.ts';
import { breaksDatabase, isUnstorable, validate } from './validate.ts';

/** The contacts part of the API: a route and a body give a reply, writes go into the store and the journal. */
export class ContactApi {
  readonly #store: ContactStore;
  readonly #journal: WriteJournal;
  readonly #list: ReturnType<typeof contactLister>;

  constructor(store: ContactStore, journal: WriteJournal) {
    this.#store = store;
    this.#journal = journal;
    this.#list = contactLister(store);
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
        return this.#page(new URLSearchParams(route.query), switches);
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
    const contact = read ?? this.#store.get(id);
    if (contact === undefined) return noContact(switches.notFound);
    const body = parse(text);
    if (body === undefined) return BAD_JSON;
    const change = permit(body);
    const columns = applyChange(contact, change, switches.additionalAttributes, switches.nullAttribute);
    const next = { ...contact, ...columns };
    const refusal = this.#refusal(next, change, text, switches);
    if (refusal) return refusal;
    if (!isEmpty(change)) this.#write(contact, columns, 'update', text, at);
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

  #page(query: URLSearchParams, switches: Switches): EmulatorReply {
    const page = this.#list(query, switches);
    const withInboxes = wantsInboxes(query);
    const meta = JSON.stringify({ count: page.count, current_page: page.currentPage });
    const payload = page.contacts.map((contact) => renderContact(contact, withInboxes)).join(',');
    return jsonText(200, `{"meta":${meta},"payload":[${payload}]}`);
  }

  /** The inbox is looked up last and an unknown one leaves no contact behind (livedesk-api.md 3.2). */
  #create(text: string, switches: Switches, at: number): EmulatorReply {
    const body = parse(text);
    if (body === undefined) return BAD_JSON;
    const inboxId = isObject(body) ? body['inbox_id'] : undefined;
    if (inboxId === undefined || inboxId === null || inboxId === '') return missingParameter('inbox_id');
    const change = permit(body);
    const id = this.#store.newId();
    const blank = blankContact(id, Math.floor(at / 1000));
    const contact = { ...blank, ...applyChange(blank, change, 'replace') };
    const refusal = this.#refusal(contact, change, text, switches);
    if (refusal) return refusal;
    const inbox = renderContactInbox(id, Number(inboxId));
    if (inbox === undefined) return NOT_FOUND;
    const created = { ...contact, inboxes: `[${inbox}]` };
    this.#store.put(created);
    this.#journal.add(at, id, 'create', changedPaths(blank, contact), text);
    return jsonText(200, `{"payload":{"contact":${renderContact(created, true)},"contact_inbox":${inbox}}}`);
  }

  /** What an agent does in the dashboard: the same rules of merging, no validation. False: no such contact. */
  edit(id: number, patch: JsonValue, at: number): boolean {
    const contact = this.#store.get(id);
    if (contact === undefined) return false;
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

function parse(text: string): JsonValue | undefined {
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The literal `true` alone counts once the parameter is given (livedesk-api.md 2.1). */
function wantsInboxes(query: string | URLSearchParams): boolean {
  if (query === '') return true;
  const params = typeof query === 'string' ? new URLSearchParams(query) : query;
  const asked = params.get('include_contact_inboxes');
  return asked === null || asked === 'true';
}

function wrongMethod(switches: Switches): EmulatorReply {
  return switches.methodNotAllowed === 405 ? METHOD_NOT_ALLOWED : NO_ROUTE;
}
