import type { JsonObject } from '../core/types.ts';
import type { Contact, UniqueColumn } from './contact.ts';
import { DEFAULT_INBOX, renderContactInbox } from './inboxes.ts';
import { hashOf } from './random.ts';

/** As shown, and as it stands in an e-mail address. */
const FIRST = [
  ['Anna', 'anna'],
  ['Björn', 'bjoern'],
  ['Chloé', 'chloe'],
  ['Daniel', 'daniel'],
  ['Emre', 'emre'],
  ['Fatima', 'fatima'],
  ['George', 'george'],
  ['Hana', 'hana'],
  ['Íñigo', 'inigo'],
  ['Julia', 'julia'],
  ['Kofi', 'kofi'],
  ['Łucja', 'lucja'],
  ['Mei', 'mei'],
  ['Noor', 'noor'],
  ['Olena', 'olena'],
  ['Priya', 'priya'],
] as const; // prettier-ignore
const LAST = [
  ['Álvarez', 'alvarez'],
  ['Brown', 'brown'],
  ['Chen', 'chen'],
  ['Dubois', 'dubois'],
  ['Eriksen', 'eriksen'],
  ['Fischer', 'fischer'],
  ['García', 'garcia'],
  ['Haddad', 'haddad'],
  ['Ito', 'ito'],
  ['Jansen', 'jansen'],
  ['Kowalska', 'kowalska'],
  ['López', 'lopez'],
  ['Müller', 'mueller'],
  ['Nguyễn', 'nguyen'],
  ["O'Neill", 'oneill'],
  ['Park', 'park'],
] as const; // prettier-ignore
const PLACES = [
  ['Berlin', 'Germany', 'DE', '+49151'],
  ['London', 'United Kingdom', 'GB', '+44790'],
  ['Tokyo', 'Japan', 'JP', '+81909'],
  ['São Paulo', 'Brazil', 'BR', '+55119'],
  ['Paris', 'France', 'FR', '+33612'],
  ['Austin', 'United States', 'US', '+15120'],
] as const; // prettier-ignore
const COMPANIES = ['Acme', 'Blue Harbor', 'Contoso', 'Delta Works', 'Evergreen', 'Fabrikam'];
const PLANS = ['free', 'team', 'business', 'enterprise'];
const PHONE_PREFIX_LENGTH = 6;
/** E.164 allows fifteen digits and the prefix takes five. */
const LARGEST_ID_IN_A_PHONE = 9_999_999_999;
const FIRST_CREATED_AT = 1_700_000_000;

/**
 * The contact with this id as it was before anyone wrote to it: a pure function, so that a million of them cost
 * nothing until they change. Email, identifier and phone hold the id, which makes them unique.
 */
export function seedContact(seed: number, id: number): Contact {
  const h = hashOf(seed, id);
  const [first, firstAscii] = pick(FIRST, h);
  const [last, lastAscii] = pick(LAST, h >>> 4);
  const [city, country, countryCode, prefix] = pick(PLACES, h >>> 8);
  const company = pick(COMPANIES, h >>> 11);
  const additional: JsonObject = { company_name: company, city, country, country_code: countryCode };
  if (h % 4 === 0) {
    const handle = `${firstAscii}${lastAscii}`;
    additional['social_profiles'] = {
      facebook: '',
      github: handle,
      instagram: '',
      linkedin: handle,
      twitter: '',
    };
  }
  // written by the e-mail channel itself, and lost to whoever replaces the object (livedesk-api.md 3.1)
  if (h % 5 === 0) additional['source_id'] = `email:${id}.${h.toString(16)}@mail.example.com`;
  const createdAt = FIRST_CREATED_AT + (id % 10_000_000) * 3;
  return {
    id,
    name: `${first} ${last}`,
    email: h % 20 === 1 ? null : `${firstAscii}.${lastAscii}.${id}@example.com`,
    phone_number: h % 10 === 2 || id > LARGEST_ID_IN_A_PHONE ? null : prefix + String(id).padStart(8, '0'),
    identifier: h % 10 === 3 ? null : `crm-${id}`,
    blocked: h % 200 === 4,
    additional_attributes: additional,
    custom_attributes: { plan: pick(PLANS, h >>> 14), score: (h >>> 16) % 101 },
    last_activity_at: h % 3 === 0 ? null : createdAt + (h % 1_000_000),
    created_at: createdAt,
    inboxes: `[${renderContactInbox(id, DEFAULT_INBOX, 'web')}]`,
  };
}

/**
 * The contact as a CSV import made it that began with `first`: the database stamped all of its contacts with one time, and
 * nobody has written to them (livedesk-api.md 5.8).
 */
export function importedAt(contact: Contact, first: Contact): Contact {
  return { ...contact, created_at: first.created_at, last_activity_at: null };
}

/** The only id whose seeded contact can hold this value, or undefined: unique values hold their contact's id. */
export function seedIdIn(column: UniqueColumn, value: string): number | undefined {
  const id = Number(digitsIn(column, value));
  return Number.isSafeInteger(id) && id > 0 ? id : undefined;
}

function digitsIn(column: UniqueColumn, value: string): string {
  if (column === 'phone_number') return value.slice(PHONE_PREFIX_LENGTH);
  if (column === 'identifier') return value.slice('crm-'.length);
  const at = value.lastIndexOf('@');
  return value.slice(value.lastIndexOf('.', at) + 1, at);
}

function pick<T>(list: readonly T[], hash: number): T {
  return list[hash % list.length] as T;
}
