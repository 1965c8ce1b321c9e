import { isDeepStrictEqual } from 'node:util';
import { type Finding, notLearnt } from '../../account/finding.ts';
import type { JsonObject, JsonValue } from '../../core/types.ts';
import { attributesOf } from './contact-backup.ts';
import { type ForeignAnswer, isForeign, isRefused, type Refused } from './probe-client.ts';

/** Keys that are missed least while they are gone, the first one best; system data and nested ones last. */
const SPARED = ['telegram', 'description', 'company_name', 'country_code'];
const NEEDED = ['city', 'country', 'source_id', 'social_profiles'];

/**
 * The key of `additional_attributes` to leave out of a write. Undefined where none tells anything: an account that
 * replaces may still show a key that is gone as an empty one.
 */
export function keyToLeaveOut(attributes: JsonObject): string | undefined {
  const telling = Object.keys(attributes).filter((key) => !isEmpty(attributes[key]));
  if (Object.keys(attributes).length < 2 || !isExactValue(attributes)) return undefined;
  const rank = (key: string): number => {
    if (SPARED.includes(key)) return SPARED.indexOf(key);
    return NEEDED.includes(key) ? 100 + NEEDED.indexOf(key) : 50;
  };
  return telling.sort((a, b) => rank(a) - rank(b))[0];
}

/** Whether the value goes out as it came in: a double cannot hold every number of a JSON text. */
export function isExactValue(value: JsonValue): boolean {
  if (typeof value === 'number') {
    return Number.isInteger(value) ? Number.isSafeInteger(value) : String(value).length < 17;
  }
  return typeof value !== 'object' || value === null || Object.values(value).every(isExactValue);
}

/** What a write without `key` did to it. `after` is read afresh: the answer to the write may show what was before. */
export function judgeMerge(key: string, before: JsonObject, after: JsonObject): Finding {
  const question = 'additional_attributes';
  const how = 'all of its keys but one were sent with their own values, and it was read again';
  const [was, is] = [
    attributesOf(before, 'additional_attributes'),
    attributesOf(after, 'additional_attributes'),
  ];
  if (isEmpty(is[key])) {
    return {
      question,
      value: 'replaces',
      found: 'replaced: the key left out was gone',
      how,
      means: 'they are read and sent complete: two requests a row, unless nothing differs',
    };
  }
  if (!isDeepStrictEqual(was[key], is[key]))
    return notLearnt(question, 'somebody else changed the contact meanwhile');
  return {
    question,
    value: 'merges',
    found: 'merged: the key left out was still there',
    how,
    means: 'a mapping that does not say is taken to say "merges": one request a row, not two',
  };
}

/** What is known of the answers to a PATCH. */
export type AnswerKind = 'read-back' | 'stored' | 'not a read-back';

/**
 * Whether the answer to a write is what the contact holds afterwards, at `path`. Undefined where the write changed
 * nothing there, so that nobody can tell.
 */
export function judgeAnswer(
  before: JsonValue | undefined,
  answered: JsonValue | undefined,
  after: JsonValue | undefined,
): AnswerKind | undefined {
  if (isDeepStrictEqual(before, after)) return undefined;
  return isDeepStrictEqual(answered, after) ? 'read-back' : 'not a read-back';
}

/** The finding that these observations make; the worst one counts. */
export function patchAnswerFinding(seen: readonly AnswerKind[], why: string): Finding {
  const question = 'patch_answer';
  const value = (['not a read-back', 'read-back', 'stored'] as const).find((one) => seen.includes(one));
  switch (value) {
    case 'read-back':
      return {
        question,
        value,
        found: 'shows what was written',
        how: 'the answer to a write was compared with what was read afterwards',
        means: 'fields that an answer does not show are listed under not_applied from the first row on',
      };
    case 'not a read-back':
      return {
        question,
        value,
        found: 'does not show what is stored',
        how: 'the answer was compared with what another request showed',
        means: 'answers are not compared: not_applied is left out',
      };
    case 'stored':
      return {
        question,
        value,
        found: 'shows stored custom attributes',
        how: 'PATCH {} showed custom attributes; whether also those just written, --test-key would tell',
        means: 'a run finds out by itself, from its first answers',
      };
    default:
      return notLearnt(question, why, 'a run finds out by itself, from its first answers');
  }
}

/** What null did to the custom attribute `key`, which held something before. */
export function judgeNull(key: string, before: JsonObject, after: JsonObject): Finding {
  const question = 'null_attribute';
  const how = 'null was written to the test key, and it was read again';
  const is = attributesOf(after, 'custom_attributes');
  if (!Object.hasOwn(is, key)) {
    return {
      question,
      value: 'deletes',
      found: 'null deletes the key',
      how,
      means: 'cleared attributes vanish',
    };
  }
  if (is[key] === null) {
    const means = 'cleared attributes stay, with null: nothing documented deletes a key';
    return { question, value: 'stored', found: 'null is stored', how, means };
  }
  if (isDeepStrictEqual(is[key], attributesOf(before, 'custom_attributes')[key])) {
    return {
      question,
      value: 'ignored',
      found: 'null is ignored',
      how,
      means: 'empty: clear does not clear custom attributes',
    };
  }
  return notLearnt(question, 'somebody else changed the contact meanwhile');
}

/** Whether a custom attribute can be deleted, which `before` has. `after` is read afresh. */
export function judgeDestroy(
  key: string,
  before: JsonObject,
  after: JsonObject,
  answer: JsonObject | Refused | ForeignAnswer,
): Finding {
  const question = 'destroy_attribute';
  const how = 'POST destroy_custom_attributes with the test key, and the contact was read again';
  const means = 'a custom attribute can be emptied, not deleted';
  const [was, is] = [attributesOf(before, 'custom_attributes'), attributesOf(after, 'custom_attributes')];
  if (!Object.hasOwn(was, key)) return notLearnt(question, 'the test key could not be set', means);
  const others = Object.keys(was).filter((one) => one !== key && !Object.hasOwn(is, one));
  if (others.length > 0) {
    return { question, value: 'deletes more', found: 'deletes other keys, too', how, means };
  }
  if (!Object.hasOwn(is, key)) {
    return {
      question,
      value: 'deletes',
      found: 'deletes the key',
      how,
      means: 'a test key that was not there is taken away again; no run deletes keys',
    };
  }
  if (isForeign(answer)) return { question, value: 'absent', found: `gives ${answer.what}`, how, means };
  if (!isRefused(answer)) return { question, value: 'ignored', found: 'does not delete the key', how, means };
  const { status } = answer;
  if (status === 0 || status >= 500) return notLearnt(question, `${how}: ${status}`, means);
  return { question, value: 'absent', found: `is not there (${status})`, how, means };
}

// --- internal ---

function isEmpty(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || value === '' || isDeepStrictEqual(value, {});
}
