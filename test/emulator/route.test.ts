import { expect, test } from 'vitest';
import { routeOf } from '../../src/emulator/route.ts';

const C = '/api/v2/accounts/contacts';
const CASES: readonly (readonly [string, string, string, number | null])[] = [
  ['PATCH', `${C}/12`, 'update', 12],
  ['PUT', `${C}/12`, 'update', 12],
  ['PATCH', `${C}/12?x=1`, 'update', 12],
  ['PATCH', `${C}/17629000001207`, 'update', 17_629_000_001_207],
  ['GET', `${C}/12`, 'show', 12],
  ['GET', C, 'list', null],
  ['GET', `${C}/`, 'list', null],
  ['GET', `${C}?page=2`, 'list', null],
  ['POST', C, 'create', null],
  ['DELETE', `${C}/12`, 'wrong-method', null],
  ['PATCH', C, 'wrong-method', null],
  ['PATCH', `${C}/12abc`, 'no-contact', null],
  ['PATCH', `${C}/-1`, 'no-contact', null],
  ['PATCH', `${C}/99999999999999999999`, 'no-contact', null],
  ['POST', `${C}/12/labels`, 'nowhere', null],
  ['POST', `${C}/12/destroy_custom_attributes`, 'destroy-attributes', 12],
  ['POST', `${C}/filter`, 'filter', null],
  ['PATCH', `${C}/filter`, 'no-contact', null],
  ['PATCH', `${C}/12/destroy_custom_attributes`, 'nowhere', null],
  ['GET', `${C}x`, 'nowhere', null],
  ['GET', `${C}xyz`, 'nowhere', null],
  ['GET', '/', 'nowhere', null],
];

test.each(CASES)('%s %s goes to %s', (method, url, to, contactId) => {
  expect(routeOf(method, url, false)).toMatchObject({ to, contactId });
});

test('the prefix cast takes 12abc for contact 12, and nothing else for one', () => {
  expect(routeOf('PATCH', `${C}/12abc`, true)).toMatchObject({ to: 'update', contactId: 12 });
  expect(routeOf('PATCH', `${C}/abc`, true)).toMatchObject({ to: 'no-contact' });
});
