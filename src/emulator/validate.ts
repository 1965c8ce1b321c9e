import type { JsonValue } from '../core/types.ts';
import type { Contact, SyncedColumn, UniqueColumn } from './contact.ts';
import { FILLED_COLUMNS } from './contact.ts';
import type { PermittedChange } from './permit.ts';

/** Whether another contact holds the value. */
export type IsTaken = (column: UniqueColumn, value: string) => boolean;
/** `anchored` is newer upstream code; `unanchored` lets `tel:+1555…` pass (livedesk-api.md 5.4). */
export type PhonePattern = 'anchored' | 'unanchored';

/** One complaint of the 422 answer. */
export interface Problem {
  readonly attribute: string;
  readonly message: string;
}

const MAX_TEXT_LENGTH = 255;
const TEXT_COLUMNS = [
  ['name', 'Name'],
  ['email', 'Email'],
  ['phone_number', 'Phone number'],
  ['identifier', 'Identifier'],
] as const;
const SYNCED_LABELS: Readonly<Record<SyncedColumn, string>> = {
  location: 'Location',
  country_code: 'Country code',
};
// the white space of a Ruby pattern is that of ASCII: a no-break space passes
const EMAIL = /^[^@ \t\r\n\f\v]+@[^@ \t\r\n\f\v]+$/;
const PHONE: Readonly<Record<PhonePattern, RegExp>> = {
  anchored: /^\+[1-9]\d{1,14}$/,
  unanchored: /\+[1-9]\d{1,14}$/,
};

/**
 * What the model finds wrong with the whole record, fields that were not sent too (livedesk-api.md 5.4): lengths
 * first, then e-mail, identifier and phone, for each first whether it is taken.
 */
export function validate(contact: Contact, isTaken: IsTaken, phonePattern: PhonePattern): readonly Problem[] {
  const problems: Problem[] = [];
  const say = (attribute: string, message: string) => problems.push({ attribute, message });
  for (const [column, label] of TEXT_COLUMNS) {
    if (isTooLong(contact[column])) {
      say(column, tooLong(label));
    }
  }
  for (const column of contact.overlong ?? []) say(column, tooLong(SYNCED_LABELS[column]));
  const { email, identifier, phone_number: phone } = contact;
  if (isPresent(email)) {
    if (isTaken('email', email)) say('email', 'Email has already been taken');
    if (!EMAIL.test(email)) say('email', 'Email Invalid email');
  }
  if (isPresent(identifier) && isTaken('identifier', identifier)) {
    say('identifier', 'Identifier has already been taken');
  }
  if (isPresent(phone)) {
    if (isTaken('phone_number', phone)) say('phone_number', 'Phone number has already been taken');
    if (!PHONE[phonePattern].test(phone)) say('phone_number', 'Phone number should be in e164 format');
  }
  return problems;
}

/**
 * The columns that a save of this contact fills with more than they hold. They are filled after the contact was checked,
 * so that the save passes and every later one is refused (livedesk-api.md trap 39).
 */
export function overlongColumns({ additional_attributes: additional }: Contact): readonly SyncedColumn[] {
  return FILLED_COLUMNS.flatMap(([column, key]) =>
    isTooLong(columnText(additional?.[key])) ? [column] : [],
  );
}

/**
 * Whether the database refuses what the model let pass, which is a 500 (livedesk-api.md 5.5, 5.6): `blocked` without
 * a value, a second empty identifier, a character that PostgreSQL cannot store.
 */
export function breaksDatabase(change: PermittedChange, isTaken: IsTaken): boolean {
  if (change.blocked === null) return true;
  if (change.identifier !== undefined && change.identifier !== null && !isPresent(change.identifier)) {
    if (isTaken('identifier', change.identifier)) return true;
  }
  return false;
}

/** Whether any text in the value holds NUL or half of a surrogate pair. */
export function isUnstorable(value: JsonValue | undefined): boolean {
  if (typeof value === 'string') return UNSTORABLE.test(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, inner]) => UNSTORABLE.test(key) || isUnstorable(inner));
}

const UNSTORABLE = /\0|\p{Surrogate}/u;

function isPresent(value: string | null): value is string {
  return value !== null && value !== '' && value.trim() !== '';
}

function tooLong(label: string): string {
  return `${label} is too long (maximum is ${MAX_TEXT_LENGTH} characters)`;
}

/** A value as a column of text takes it; a list or an object as Ruby writes it, which is about as long as its JSON. */
function columnText(value: JsonValue | undefined): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function isTooLong(value: string | null): boolean {
  if (value === null || value.length <= MAX_TEXT_LENGTH) return false;
  return [...value].length > MAX_TEXT_LENGTH;
}
