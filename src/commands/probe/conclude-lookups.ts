import { isDeepStrictEqual } from 'node:util';
import { type Finding, notLearnt } from '../../account/finding.ts';
import { contactIdOf, type Page } from '../../client/answer/payload.ts';
import { hasKey, keyValue } from '../../client/lookup/match-key.ts';
import type { JsonObject, JsonValue, MatchKey } from '../../core/types.ts';
import { type ForeignAnswer, isForeign, isRefused, type Refused } from './probe-client.ts';

/** Contacts on a page that are enough to tell an order from chance. */
const ENOUGH = 8;

/** Whether all contacts of a page were made in the same second, as those of one import are (livedesk-api.md 5.8). */
export function isOfOneMoment(contacts: readonly JsonObject[]): boolean {
  const [first] = contacts;
  const at = first?.['created_at'];
  return at !== undefined && contacts.length >= ENOUGH && contacts.every(({ created_at: one }) => one === at);
}

/**
 * Whether contacts of one moment stand in the order of e-mail, phone and name. A collation may put some of them where code
 * units do not; by chance about half of them follow one another.
 */
export function isSortedByKeys(contacts: readonly JsonObject[]): boolean {
  if (!isOfOneMoment(contacts)) return false;
  const keys = contacts.map(({ email, phone_number: phone, name }) =>
    [email, phone, name].map(sortText).join('\0'),
  );
  if (new Set(keys).size < ENOUGH) return false;
  const rising = keys.filter((key, i) => i > 0 && key >= (keys[i - 1] ?? '')).length;
  return rising >= 0.75 * (keys.length - 1);
}

/** Whether the contacts of a page stand in the opposite order among those of the pages at the same place of the turned list. */
export function standsTurned(contacts: readonly JsonObject[], turned: readonly JsonObject[]): boolean {
  const ids = contacts.map(contactIdOf);
  const there = turned.map(contactIdOf).filter((id) => ids.includes(id));
  const here = ids.filter((id) => there.includes(id));
  // contacts that came in meanwhile may have moved some of them off these pages
  return here.length >= contacts.length / 2 && isDeepStrictEqual(here, there.toReversed());
}

/** The order of contacts that were made at the same moment; undefined where no page of such contacts was seen. */
export function judgeListOrder(value: 'sorted' | 'kept' | 'uncertain' | undefined): Finding {
  const question = 'list_order';
  const how = 'a page of contacts of one moment, under one sort key, under several, and turned round';
  switch (value) {
    case 'sorted':
      return {
        question,
        value,
        found: 'contacts of one moment are sorted by further keys',
        how,
        means: 'pull and lists read all contacts by age, once',
      };
    case 'kept':
      return {
        question,
        value,
        found: 'contacts of one moment keep their order',
        how,
        means: 'pull and lists read all contacts by age',
      };
    case 'uncertain':
      return {
        question,
        value,
        found: 'contacts of one moment are in no certain order',
        how,
        means: 'pull and lists read all contacts by e-mail, and by phone or name what is left',
      };
    case undefined:
      return notLearnt(
        question,
        'no page of contacts that were made at the same moment was seen',
        'a list finds it out by itself',
      );
  }
}

/** A look-up by an exact key, and what came. */
export interface FilterTried {
  readonly key: MatchKey;
  readonly answer: Page | Refused | ForeignAnswer;
}

/** By which keys contacts are found exactly. The first look-up is for a key that no contact has. */
export function judgeExactLookup(tried: readonly FilterTried[]): Finding {
  const question = 'exact_lookup';
  const how = 'POST contacts/filter with equal_to, for a key that no contact has and for keys of contacts';
  const means = 'match searches for contacts';
  const [nobody, ...keys] = tried;
  if (!nobody) return notLearnt(question, 'nothing was asked', means);
  const { answer } = nobody;
  if (isForeign(answer)) return { question, value: [], found: `gives ${answer.what}`, how, means };
  if (isRefused(answer)) {
    const { status } = answer;
    if (status === 0 || status >= 500) return notLearnt(question, `${how}: ${status}`, means);
    return { question, value: [], found: `is not there (${status})`, how, means };
  }
  if (answer.contacts.length > 0) {
    return { question, value: [], found: 'shows contacts without the key', how, means };
  }
  if (keys.length === 0) return notLearnt(question, 'no contact with a key was seen', means);
  const fields = keys.filter(isFound).map(({ key }) => key.field);
  if (fields.length === 0) return { question, value: [], found: 'does not find exact keys', how, means };
  const found = `finds ${fields.join(', ')}`;
  return { question, value: fields, found, how, means: 'match looks these up, one request a key' };
}

// --- internal ---

/** Empty values stand last. */
function sortText(value: JsonValue | undefined): string {
  return typeof value === 'string' && value !== '' ? value.toLowerCase() : '\uffff';
}

/** Whether the contact was found, and none that has another key. */
function isFound({ key, answer }: FilterTried): boolean {
  if (isRefused(answer) || isForeign(answer)) return false;
  const isEqual = (contact: JsonObject): boolean =>
    keyValue(contact, key.field)?.toLowerCase() === key.value.toLowerCase();
  return answer.contacts.some((contact) => hasKey(contact, key)) && answer.contacts.every(isEqual);
}
