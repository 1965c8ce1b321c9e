import type { JsonObject } from '../core/types.ts';

/** A stored contact. Never changed in place, so that a reader's copy stays what it read. */
export interface Contact {
  readonly id: number;
  readonly name: string | null;
  readonly email: string | null;
  readonly phone_number: string | null;
  readonly identifier: string | null;
  readonly blocked: boolean;
  /** Null in rows older than the column's default: a PATCH of it is a 500 then (livedesk-api.md 6.21). */
  readonly additional_attributes: JsonObject | null;
  readonly custom_attributes: JsonObject | null;
  /** Unix seconds; null is left out of answers (livedesk-api.md 2.3). */
  readonly last_activity_at: number | null;
  /** Unix seconds with fractions, as the database has them; answers show whole seconds. Null is left out of answers. */
  readonly created_at: number | null;
  /** `contact_inboxes` as JSON text: it never changes, so it is rendered once. */
  readonly inboxes: string;
  /**
   * The columns of at most 255 characters that a save filled with more, after they were checked: every later save is
   * refused for them (livedesk-api.md trap 39).
   */
  readonly overlong?: readonly SyncedColumn[];
}

/** Columns that every save fills from `additional_attributes`, with the key that they are filled from. */
export const FILLED_COLUMNS = [
  ['location', 'city'],
  ['country_code', 'country'],
] as const;
export type SyncedColumn = (typeof FILLED_COLUMNS)[number][0];

/** The columns of which every value belongs to one contact only (livedesk-api.md 5.4). */
export const UNIQUE_COLUMNS = ['email', 'identifier', 'phone_number'] as const;
export type UniqueColumn = (typeof UNIQUE_COLUMNS)[number];

/** A contact as JSON text, keys in the documented order (livedesk-api.md 2.3). */
export function renderContact(contact: Contact, withInboxes: boolean): string {
  let text = '{"additional_attributes":';
  text += JSON.stringify(contact.additional_attributes);
  text += ',"availability_status":"offline","email":';
  text += JSON.stringify(contact.email);
  text += `,"id":${contact.id},"name":`;
  text += JSON.stringify(contact.name);
  text += ',"phone_number":';
  text += JSON.stringify(contact.phone_number);
  text += contact.blocked ? ',"blocked":true,"identifier":' : ',"blocked":false,"identifier":';
  text += JSON.stringify(contact.identifier);
  text += ',"thumbnail":"","custom_attributes":';
  text += JSON.stringify(contact.custom_attributes);
  if (contact.last_activity_at !== null) text += `,"last_activity_at":${contact.last_activity_at}`;
  if (contact.created_at !== null) text += `,"created_at":${Math.floor(contact.created_at)}`;
  if (withInboxes) text += `,"contact_inboxes":${contact.inboxes}`;
  return `${text}}`;
}

/** Whether list and search show it: a contact without email, phone and identifier is invisible (5.8). */
export function isResolved(contact: Contact): boolean {
  return Boolean(contact.email || contact.phone_number || contact.identifier);
}

/** Whether upstream counts it among its leads: with an identifier alone it stays a visitor (livedesk-api.md 5.8). */
export function isLead(contact: Contact): boolean {
  return Boolean(contact.email || contact.phone_number);
}

/** A contact with nothing but its id. */
export function blankContact(id: number, createdAt: number | null): Contact {
  return {
    id,
    name: '',
    email: null,
    phone_number: null,
    identifier: null,
    blocked: false,
    additional_attributes: {},
    custom_attributes: {},
    last_activity_at: null,
    created_at: createdAt,
    inboxes: '[]',
  };
}
