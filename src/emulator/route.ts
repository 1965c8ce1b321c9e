/** Where a request goes. */
export type Route =
  | {
      readonly to: 'update' | 'show' | 'destroy-attributes';
      readonly contactId: number;
      readonly query: string;
    }
  | { readonly to: 'list' | 'filter'; readonly contactId: null; readonly query: string }
  | { readonly to: 'create' | 'nowhere' | 'no-contact' | 'wrong-method'; readonly contactId: null };

const CONTACTS = '/api/v2/accounts/contacts';
const NOWHERE: Route = { to: 'nowhere', contactId: null };
const NO_CONTACT: Route = { to: 'no-contact', contactId: null };
const WRONG_METHOD: Route = { to: 'wrong-method', contactId: null };
const CREATE: Route = { to: 'create', contactId: null };
const DIGITS = /^\d+$/;

/** Finds the route of a request. With `idPrefixCast`, `12abc` is contact 12, as Rails has it (livedesk-api.md 5.10). */
export function routeOf(method: string, url: string, idPrefixCast: boolean): Route {
  if (!url.startsWith(CONTACTS)) return NOWHERE;
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = mark < 0 ? '' : url.slice(mark + 1);
  if (path.length <= CONTACTS.length + 1)
    return path.length > CONTACTS.length && !path.endsWith('/') ? NOWHERE : collection(method, query);
  if (path[CONTACTS.length] !== '/') return NOWHERE;
  const id = path.slice(CONTACTS.length + 1);
  if (method === 'POST' && id === 'filter') return { to: 'filter', contactId: null, query };
  const [, of] = (method === 'POST' && /^(\d+)\/destroy_custom_attributes$/.exec(id)) || [];
  if (of !== undefined && Number.isSafeInteger(Number(of)))
    return { to: 'destroy-attributes', contactId: Number(of), query };
  if (id.includes('/')) return NOWHERE;
  return member(method, id, query, idPrefixCast);
}

function collection(method: string, query: string): Route {
  if (method === 'GET') return { to: 'list', contactId: null, query };
  return method === 'POST' ? CREATE : WRONG_METHOD;
}

function member(method: string, id: string, query: string, idPrefixCast: boolean): Route {
  if (method !== 'PATCH' && method !== 'PUT' && method !== 'GET') return WRONG_METHOD;
  const contactId = DIGITS.test(id) ? Number(id) : idPrefixCast ? Number.parseInt(id, 10) : Number.NaN;
  if (!Number.isSafeInteger(contactId)) return NO_CONTACT;
  return { to: method === 'GET' ? 'show' : 'update', contactId, query };
}
