import type { JsonObject, MatchKey } from '../../core/types.ts';
import type { ApiRequest } from './reply.ts';

/** Where contacts are listed, searched and made (livedesk-api.md 3). */
const CONTACTS = '/api/v2/accounts/contacts';
/** Contacts of one page, whatever is asked for (livedesk-api.md 3.1, trap 6). */
export const PAGE_SIZE = 15;
const NO_INBOXES = 'include_contact_inboxes=false';

/** How a list is sorted; several keys stand in `sort` with commas between. */
export interface ListOrder {
  readonly sort: string;
  readonly direction: 'asc' | 'desc';
}

/** By age, the only order in which no edit moves a contact. */
export const OLDEST_FIRST: ListOrder = { sort: 'created_at', direction: 'asc' };
/** The same, and contacts of one import in an order among them, where the API takes several keys (livedesk-api.md 5.8). */
export const OLDEST_FIRST_UNTIED: ListOrder = {
  sort: 'created_at,email,phone_number,name',
  direction: 'asc',
};

/** Reads a page of all contacts, from 1. `pageSize` is in one example of the documentation and may be ignored (livedesk-api.md 3.1). */
export function listRequest(page: number, pageSize: number, order: ListOrder = OLDEST_FIRST): ApiRequest {
  const size = pageSize === PAGE_SIZE ? '' : `&page_size=${pageSize}`;
  return read(`page=${page}${size}&${orderText(order)}`);
}

/** Reads a page, from 1, of the contacts in which `value` stands somewhere. */
export function searchRequest(value: string, page: number, order: ListOrder = OLDEST_FIRST): ApiRequest {
  // a backslash would escape what follows it in the pattern that the API makes of this; _ is any one character
  const pattern = encodeURIComponent(value.replaceAll('\\', '_'));
  return read(`q=${pattern}&page=${page}&${orderText(order)}`);
}

/**
 * Reads a page, from 1, of the contacts whose field equals the key, e-mails and identifiers in any case. LiveDesk documents
 * no such call; upstream has it (livedesk-api.md trap 41), and a probe finds out whether an account does.
 */
export function filterRequest(
  { field, value }: MatchKey,
  page: number,
  order: ListOrder = OLDEST_FIRST,
): ApiRequest {
  const condition = {
    attribute_key: field,
    filter_operator: 'equal_to',
    values: [value],
    query_operator: null,
  };
  return {
    method: 'POST',
    path: `${CONTACTS}/filter?page=${page}&${orderText(order)}&${NO_INBOXES}`,
    body: JSON.stringify({ payload: [condition] }),
    isRead: true,
  };
}

/** Reads one contact; LiveDesk documents no such call (livedesk-api.md 10). */
export function showRequest(contactId: number): ApiRequest {
  return { method: 'GET', path: `${CONTACTS}/${contactId}` };
}

/** Changes a contact; `{}` changes nothing and answers the whole contact (livedesk-api.md 2, 5.2). */
export function updateRequest(contactId: number, body: JsonObject): ApiRequest {
  // an empty patch changes nothing and answers the whole contact (livedesk-api.md 5.2)
  const isRead = Object.keys(body).length === 0;
  return {
    method: 'PATCH',
    path: `${CONTACTS}/${contactId}`,
    body: JSON.stringify(body),
    ...(isRead ? { isRead } : {}),
  };
}

/** Deletes custom attributes of a contact; LiveDesk documents no such call, upstream has it (livedesk-api.md trap 42). */
export function destroyAttributesRequest(contactId: number, keys: readonly string[]): ApiRequest {
  const path = `${CONTACTS}/${contactId}/destroy_custom_attributes`;
  return { method: 'POST', path, body: JSON.stringify({ custom_attributes: keys }) };
}

/** Makes a contact (livedesk-api.md 3.2). */
export function createRequest(body: JsonObject): ApiRequest {
  return { method: 'POST', path: CONTACTS, body: JSON.stringify(body) };
}

// --- internal ---

function orderText({ sort, direction }: ListOrder): string {
  return `sort=${sort}&direction=${direction}`;
}

function read(query: string): ApiRequest {
  const path = `${CONTACTS}?${query}&${NO_INBOXES}`;
  return { method: 'GET', path };
}
