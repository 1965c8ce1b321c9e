import { expect, test } from 'vitest';
import { classify } from '../../../src/client/answer/classify.ts';
import { contactIdOf, type Expects } from '../../../src/client/answer/payload.ts';
import type { JsonValue } from '../../../src/core/types.ts';

const contact = { id: 5, name: 'Anna' };
const list = { meta: { count: 1, current_page: 1 }, payload: [contact] };
const made = { payload: { contact, contact_inbox: {} } };

test.each<[what: string, expects: Expects, body: JsonValue, status: number, verdict: unknown]>([
  ['a page', 'page', list, 200, { kind: 'applied', status: 200, page: { count: 1, contacts: [contact] } }],
  [
    'an empty page, its count a text',
    'page',
    { meta: { count: '0' }, payload: [] },
    200,
    { kind: 'applied', status: 200, page: { count: 0, contacts: [] } },
  ],
  [
    'a page without a count',
    'page',
    { meta: { count: null }, payload: [] },
    200,
    { kind: 'applied', status: 200, page: { count: undefined, contacts: [] } },
  ],
  ['a contact that was made', 'created', made, 200, { kind: 'applied', status: 200, contact }],
  ['a contact that was made, 201', 'created', made, 201, { kind: 'applied', status: 201, contact }],
])('%s', (_what, expects, body, status, verdict) => {
  const answer = { kind: 'answer', status, headers: {}, body: JSON.stringify(body) } as const;
  expect(classify(answer, { contactId: -1, expects, fields: [] }, 0)).toEqual(verdict);
});

test.each<[what: string, expects: Expects, body: JsonValue | undefined, status: number, verdict: string]>([
  ['a page is no contact', 'contact', list, 200, 'JSON without a contact'],
  ['a page is no contact that was made', 'created', list, 200, 'JSON without the contact made'],
  [
    'a contact is not one that was made',
    'created',
    { payload: contact },
    200,
    'JSON without the contact made',
  ],
  ['one that was made is not the one asked for', 'contact', made, 200, 'another contact than asked for'],
  ['a contact is no page', 'page', { payload: contact }, 200, 'JSON without a list of contacts'],
  ['a page needs its meta', 'page', { payload: [contact] }, 200, 'JSON without a list of contacts'],
  [
    'a page holds contacts',
    'page',
    { ...list, payload: [contact, 7] },
    200,
    'JSON without a list of contacts',
  ],
  ['nothing is no page', 'page', undefined, 204, 'an empty answer'],
  ['nothing says nothing of what was made', 'created', undefined, 204, 'an empty answer'],
])('%s', (_what, expects, body, status, what) => {
  const answer = {
    kind: 'answer',
    status,
    headers: {},
    body: body === undefined ? '' : JSON.stringify(body),
  } as const;
  const verdict = classify(answer, { contactId: 5, expects, fields: [] }, 0);
  expect(verdict).toMatchObject({ kind: 'not_livedesk', what });
});

test('codes count before a page is missed', () => {
  const answer = { kind: 'answer', status: 200, headers: {}, body: '{"code":23008}' } as const;
  expect(classify(answer, { contactId: 5, expects: 'page', fields: [] }, 0)).toMatchObject({
    kind: 'throttled',
  });
});

test.each<[id: JsonValue | undefined, number: number | undefined]>([
  [5, 5],
  ['17629000001207', 17_629_000_001_207],
  [0, undefined],
  [-5, undefined],
  [1.5, undefined],
  ['05', undefined],
  ['5a', undefined],
  ['', undefined],
  [2 ** 53, undefined],
  [null, undefined],
  [[5], undefined],
])('the id %j', (id, number) => {
  expect(contactIdOf(id === undefined ? {} : { id })).toBe(number);
});
