import { didYouMean, nearMiss } from '../core/did-you-mean.ts';
import { quotedName } from '../core/invisible.ts';
import type { JsonValue } from '../core/types.ts';
import type { EmptyPolicy, FieldType } from './policies.ts';

/** A place in the body of a PATCH. */
export type Target =
  /** A column of the contact, e.g. `email`. */
  | { readonly kind: 'column'; readonly key: ContactColumn }
  /** A whole object. */
  | { readonly kind: 'whole'; readonly key: 'custom_attributes' | 'additional_attributes' }
  /** A key of one; `*` when the columns of a glob give the keys. */
  | { readonly kind: 'custom' | 'additional' | 'social'; readonly key: string };

/** What is known of a column of the contact. */
interface ColumnFacts {
  readonly type: FieldType;
  /** Whether the API drops it without a word (livedesk-api.md 2.2). */
  readonly ignored?: 'known' | 'likely';
}

/** Every column of the Update Contact page (livedesk-api.md 2.2), with the type its example has. */
const CONTACT_COLUMNS = {
  name: { type: 'string' },
  email: { type: 'email' },
  phone_number: { type: 'phone' },
  identifier: { type: 'string' },
  blocked: { type: 'boolean' },
  first_name: { type: 'string', ignored: 'likely' },
  last_name: { type: 'string', ignored: 'likely' },
  avatar_url: { type: 'url', ignored: 'likely' },
  thumbnail: { type: 'string', ignored: 'known' },
  availability_status: { type: 'string', ignored: 'known' },
  created_at: { type: 'timestamp', ignored: 'known' },
  last_activity_at: { type: 'timestamp', ignored: 'known' },
} as const satisfies Record<string, ColumnFacts>;
export type ContactColumn = keyof typeof CONTACT_COLUMNS;
/** The columns of the contact, in the order of the page. */
export const COLUMN_NAMES = Object.keys(CONTACT_COLUMNS) as readonly ContactColumn[];

/** Keys of `additional_attributes` that the Update Contact page shows (livedesk-api.md 2.2); others are allowed. */
export const ADDITIONAL_KEYS = [
  'company_name',
  'city',
  'country',
  'country_code',
  'description',
  'telegram',
  'social_profiles',
] as const;
/** Keys of `additional_attributes.social_profiles` that the page shows; others are allowed. */
export const SOCIAL_NETWORKS = ['facebook', 'github', 'instagram', 'linkedin', 'twitter'] as const;

/** Names that reach into a prototype when they are used as a key. */
export const RESERVED_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const SOCIAL = 'additional_attributes.social_profiles.';
const KNOWN = [
  ...COLUMN_NAMES,
  'custom_attributes',
  'custom_attributes.*',
  'additional_attributes',
  ...ADDITIONAL_KEYS.map((key) => `additional_attributes.${key}`),
];

/** Reads a target as the mapping writes it; a text says why it is none. A dot inside an attribute's key is part of the key. */
export function readTarget(path: string): Target | string {
  if (isContactColumn(path)) return { kind: 'column', key: path };
  if (path === 'custom_attributes' || path === 'additional_attributes') return { kind: 'whole', key: path };
  if (path.startsWith(SOCIAL)) return attribute('social', path.slice(SOCIAL.length));
  const dot = path.indexOf('.');
  const key = path.slice(dot + 1);
  if (path.startsWith('custom_attributes.')) return attribute('custom', key);
  if (path.startsWith('additional_attributes.')) return attribute('additional', key);
  if (path === 'id' || path === 'contact_id') {
    return `${path} is not a field to set: the id is named by "contact_id" at the top of the mapping.`;
  }
  const hint =
    didYouMeanTail(path) ||
    didYouMean(path, KNOWN) ||
    didYouMeanAttribute(path) ||
    ` An attribute of your own is "custom_attributes.<key>".`;
  return `${JSON.stringify(path)} is not a field of a contact.${hint}`;
}

/** The path of an attribute found at run time, or a text that says why it must not be set. */
export function refusedKey(key: string): string | undefined {
  if (key === '') return 'an attribute needs a name.';
  if (RESERVED_KEYS.has(key)) return `${JSON.stringify(key)} is reserved and cannot be an attribute.`;
  return undefined;
}

/** The only type a column of the contact takes, or undefined where the mapping may choose. */
export function fixedType(target: Target): FieldType | undefined {
  if (target.kind === 'whole') return 'json';
  if (target.kind !== 'column') return undefined;
  return ignoredBy(target) === undefined ? CONTACT_COLUMNS[target.key].type : undefined;
}

/** The type of a field that names none. Undefined: an attribute, which keeps a JSON value as it is. */
export function defaultType(target: Target): FieldType | undefined {
  return target.kind === 'column' ? CONTACT_COLUMNS[target.key].type : fixedType(target);
}

/** Whether the API is known, or likely, to drop the field and still answer 200 (livedesk-api.md 2.2). */
export function ignoredBy(target: Target): 'known' | 'likely' | undefined {
  if (target.kind !== 'column') return undefined;
  const facts: ColumnFacts = CONTACT_COLUMNS[target.key];
  return facts.ignored;
}

/** Whether the API keeps the field in a string column, which holds 255 characters (livedesk-api.md 5.4). */
export function isStringColumn(target: Target): boolean {
  return target.kind === 'column' && ['name', 'email', 'phone_number', 'identifier'].includes(target.key);
}

/**
 * What is sent to clear the field, or undefined where nothing clears it: a null in `blocked` makes the API
 * answer 500, and a whole object has no empty form that means the same on every account (livedesk-api.md 5.3, 5.5).
 */
export function clearingValue(target: Target): JsonValue | undefined {
  switch (target.kind) {
    case 'column':
      return target.key === 'blocked' ? undefined : null;
    case 'whole':
      return undefined;
    case 'custom':
      return null;
    case 'additional':
      return target.key === 'social_profiles' ? {} : '';
    case 'social':
      return '';
  }
}

/** Whether `policy` may stand at a field of this target. The keys of a whole `custom_attributes` can be cleared one by one. */
export function allows(target: Target, policy: EmptyPolicy): boolean {
  if (policy !== 'clear' || clearingValue(target) !== undefined) return true;
  return target.kind === 'whole' && target.key === 'custom_attributes';
}

// --- internal ---

function attribute(kind: 'custom' | 'additional' | 'social', key: string): Target | string {
  if (key === '*' && kind !== 'custom') {
    return 'columns can be taken by a pattern for "custom_attributes.*" only: name these one by one.';
  }
  return refusedKey(key) ?? { kind, key };
}

/** For an attribute whose object is mistyped: the object that was meant, with the attribute's own key. */
function didYouMeanTail(path: string): string {
  const dot = path.indexOf('.');
  const key = path.slice(dot + 1);
  const object = dot <= 0 ? undefined : nearMiss(path.slice(0, dot), OBJECTS);
  if (object === undefined || key === '') return '';
  const social = /^([^.]+)\.(.+)$/.exec(key);
  const isNetwork = object === 'additional_attributes' && nearMiss(social?.[1] ?? '', ['social_profiles']);
  const known = isNetwork ? `social_profiles.${social?.[2]}` : knownKey(object, key);
  return ` Did you mean ${quotedName(`${object}.${known}`)}?`;
}

const OBJECTS = ['custom_attributes', 'additional_attributes'];

function knownKey(object: string, key: string): string {
  return (object === 'additional_attributes' ? nearMiss(key, ADDITIONAL_KEYS) : undefined) ?? key;
}

/** For `company_name` without what it belongs to. */
function didYouMeanAttribute(path: string): string {
  const full = KNOWN.find((known) => known === `additional_attributes.${path}`);
  return full === undefined ? '' : ` Did you mean ${JSON.stringify(full)}?`;
}

function isContactColumn(name: string): name is ContactColumn {
  return Object.hasOwn(CONTACT_COLUMNS, name);
}
