import { expect, test } from 'vitest';
import {
  isLimitHeader,
  judgeNotFound,
  judgePageSize,
  judgeReadOnlyFields,
  judgeSearch,
  judgeShow,
  nextPageSize,
  type PageTried,
  type Shown,
} from '../../../src/commands/probe/conclude-reads.ts';
import {
  type AnswerKind,
  isExactValue,
  judgeAnswer,
  judgeMerge,
  judgeNull,
  keyToLeaveOut,
  patchAnswerFinding,
} from '../../../src/commands/probe/conclude-writes.ts';
import type { JsonObject, JsonValue } from '../../../src/core/types.ts';

test.each<
  [
    what: string,
    count: number | undefined,
    tried: [number, number][],
    value: JsonValue,
    next: number | undefined,
  ]
>([
  ['nothing asked yet', undefined, [], null, 100],
  ['no count', undefined, [[100, 15]], null, undefined],
  ['nobody', 0, [[100, 0]], null, undefined],
  ['one contact', 1, [[100, 1]], null, undefined],
  ['15 of many', 400, [[100, 15]], { honoured: false }, undefined],
  ['pages smaller than LiveDesk has', 400, [[100, 10]], { honoured: false }, undefined],
  ['100 of many', 4000, [[100, 100]], { honoured: true, most: 100, is_bound: false }, 1000],
  [
    'at most 100',
    4000,
    [
      [100, 100],
      [1000, 100],
    ],
    { honoured: true, most: 100, is_bound: true },
    undefined,
  ],
  [
    '1,000',
    4000,
    [
      [100, 100],
      [1000, 1000],
    ],
    { honoured: true, most: 1000, is_bound: false },
    undefined,
  ],
  [
    'all there are',
    400,
    [
      [100, 100],
      [1000, 400],
    ],
    { honoured: true, most: 400, is_bound: false },
    undefined,
  ],
  ['at most 50', 400, [[100, 50]], { honoured: true, most: 50, is_bound: true }, undefined],
  ['40 of 40', 40, [[100, 40]], { honoured: true, most: 40, is_bound: false }, undefined],
  [
    'a small account, ignored',
    9,
    [
      [100, 9],
      [1, 9],
    ],
    { honoured: false },
    undefined,
  ],
  [
    'a small account, honoured',
    9,
    [
      [100, 9],
      [1, 1],
    ],
    { honoured: true, most: 15, is_bound: false },
    undefined,
  ],
])('page_size: %s', (_what, count, pairs, value, next) => {
  const tried: PageTried[] = pairs.map(([asked, got]) => ({ asked, got }));
  expect(judgePageSize(count, tried).value).toEqual(value);
  expect(nextPageSize(count, tried)).toBe(next);
});

const contact = (email: string, id = 1): JsonObject => ({ id, email });
test.each<[what: string, contacts: JsonObject[], value: JsonValue]>([
  ['the contact, in another case', [contact('A_b@X.yz')], 'finds'],
  ['others that match the pattern, too', [contact('axb@x.yz', 2), contact('a_b@x.yz')], 'finds'],
  ['others alone', [contact('axb@x.yz', 2)], 'misses'],
  ['nobody', [], 'misses'],
  ['anybody', [contact('a_b@x.yz'), contact('c@d.ef', 2)], 'ignored'],
])('search shows %s', (_what, contacts, value) => {
  expect(judgeSearch('a_b@x.yz', { count: contacts.length, contacts }).value).toBe(value);
});

test.each<[what: string, shown: Shown, value: JsonValue]>([
  ['the contact', { kind: 'shown' }, true],
  ['a page', { kind: 'foreign', what: 'an HTML page' }, false],
  ['404 for one that is there', { kind: 'refused', status: 404, isSurelyThere: true }, false],
  ['404 for one that may not be there', { kind: 'refused', status: 404, isSurelyThere: false }, null],
  ['500', { kind: 'refused', status: 500, isSurelyThere: true }, null],
])('GET of one contact gives %s', (_what, shown, value) => {
  expect(judgeShow(shown).value).toBe(value);
});

test.each<[body: string, shape: string]>([
  ['{"error":"Resource could not be found"}', '{error}'],
  ['{"code":1,"Ann Smith":2}', '{code}'],
  ['', 'an empty body'],
  ['<html>', 'HTML'],
  ['Not here', 'text'],
  ['"Ann"', 'JSON'],
])('a missing contact answered with %j is told without its values', (body, shape) => {
  const answer = { kind: 'answer', status: 404, headers: {}, body } as const;
  expect(judgeNotFound(answer, 'ERR_NOT_FOUND').value).toEqual({
    status: 404,
    shape,
    taken_for: 'ERR_NOT_FOUND',
  });
  expect(judgeNotFound(answer, undefined).value).toBe(null);
});

test.each([
  ['retry-after', true],
  ['ratelimit', true],
  ['ratelimit-policy', true],
  ['x-ratelimit-limit', true],
  ['x-rate-limit-reset', true],
  ['x-request-id', false],
  ['content-type', false],
])('%s tells of a limit: %s', (name, is) => {
  expect(isLimitHeader(name)).toBe(is);
});

test('fields that may be read-only are never written, and it is told which of them show', () => {
  const { value, how } = judgeReadOnlyFields({ thumbnail: 'https://x/ann.png', first_name: 'Ann' });
  expect(value).toBe(null);
  expect(how).toContain('answers show first_name, thumbnail, not last_name, avatar_url');
  expect(how).not.toMatch(/Ann|ann/);
});

test.each<[what: string, attributes: JsonObject, key: string | undefined]>([
  ['none', {}, undefined],
  ['one key', { city: 'Berlin' }, undefined],
  ['empty keys', { city: '', country: null, social_profiles: {} }, undefined],
  ['the least missed', { city: 'Berlin', company_name: 'Acme', source_id: 'x' }, 'company_name'],
  ['one of nobody knows what', { city: 'Berlin', other: 1 }, 'other'],
  ['one with a value', { telegram: '', city: 'Berlin', source_id: 'x' }, 'city'],
  ['a number that would change', { city: 'Berlin', other: 2 ** 60 }, undefined],
])('of additional_attributes is left out: %s', (_what, attributes, key) => {
  expect(keyToLeaveOut(attributes)).toBe(key);
});

test.each<[value: JsonValue, is: boolean]>([
  [0.1, true],
  [9007199254740991, true],
  [2 ** 53, false],
  [0.12345678901234568, false],
  [{ a: [1, { b: 1e300 }] }, false],
  [['x', null, true, {}], true],
])('%j goes out as it came in: %s', (value, is) => {
  expect(isExactValue(value)).toBe(is);
});

const additional = (attributes: JsonObject): JsonObject => ({ additional_attributes: attributes });
test.each<[what: string, after: JsonObject, value: JsonValue]>([
  ['still there', { city: 'Berlin', a: 1 }, 'merges'],
  ['gone', { a: 1 }, 'replaces'],
  ['shown as empty', { city: '', a: 1 }, 'replaces'],
  ['changed by somebody', { city: 'Bonn', a: 1 }, null],
])('the key left out is %s', (_what, after, value) => {
  expect(judgeMerge('city', additional({ city: 'Berlin', a: 1 }), additional(after)).value).toBe(value);
});

test.each<
  [
    before: JsonValue | undefined,
    answered: JsonValue | undefined,
    after: JsonValue | undefined,
    says: AnswerKind | undefined,
  ]
>([
  ['a', 'b', 'b', 'read-back'],
  ['a', 'a', 'b', 'not a read-back'],
  ['a', undefined, undefined, 'read-back'],
  ['a', 'a', undefined, 'not a read-back'],
  ['a', 'b', 'a', undefined],
])('%j, answered %j, and %j afterwards: %s', (before, answered, after, says) => {
  expect(judgeAnswer(before, answered, after)).toBe(says);
});

test.each<[seen: AnswerKind[], value: JsonValue]>([
  [[], null],
  [['stored'], 'stored'],
  [['stored', 'read-back'], 'read-back'],
  [['read-back', 'not a read-back'], 'not a read-back'],
])('answers seen as %j', (seen, value) => {
  expect(patchAnswerFinding(seen, 'why').value).toBe(value);
});

const custom = (attributes: JsonObject): JsonObject => ({ custom_attributes: attributes });
test.each<[what: string, after: JsonObject, value: JsonValue]>([
  ['gone', {}, 'deletes'],
  ['null', { k: null }, 'stored'],
  ['as before', { k: 'v' }, 'ignored'],
  ['something else', { k: 'w' }, null],
])('after null the test key is %s', (_what, after, value) => {
  expect(judgeNull('k', custom({ k: 'v' }), custom(after)).value).toBe(value);
});
