import { expect, test } from 'vitest';
import { LookupCache } from '../../../src/client/lookup/lookup-cache.ts';
import type { KeyField, MatchKey } from '../../../src/core/types.ts';

const key = (value: string, field: KeyField = 'email'): MatchKey => ({ field, value });

test('forgets what was not asked for the longest', () => {
  const found = new LookupCache(2);
  found.set(key('a'), [1]);
  found.set(key('b'), []);
  found.get(key('a'));
  found.set(key('c'), [3]);
  expect([found.get(key('a')), found.get(key('b')), found.get(key('c'))]).toEqual([[1], undefined, [3]]);
});

test('the same value of two fields are two keys', () => {
  const found = new LookupCache(9);
  found.set(key('7', 'identifier'), [1]);
  expect(found.get(key('7', 'phone_number'))).toBeUndefined();
});

test('forgets what a contact contradicts, and only that', () => {
  const found = new LookupCache(9);
  found.set(key('old@b.c'), [1]);
  found.set(key('new@b.c'), []);
  found.set(key('crm-1', 'identifier'), [1]);
  found.set(key('+1555', 'phone_number'), [1, 2]);
  found.set(key('other@b.c'), [2]);
  found.learn({ id: 1, email: 'NEW@b.c', phone_number: null });
  expect(found.get(key('old@b.c'))).toBeUndefined();
  expect(found.get(key('new@b.c'))).toBeUndefined();
  expect(found.get(key('crm-1', 'identifier'))).toEqual([1]);
  expect(found.get(key('+1555', 'phone_number'))).toBeUndefined();
  expect(found.get(key('other@b.c'))).toEqual([2]);
});

test('keeps what a contact confirms', () => {
  const found = new LookupCache(9);
  found.set(key('a@b.c'), [1]);
  found.learn({ id: '1', email: 'a@b.c' });
  found.learn({ email: 'x@y.z' });
  expect(found.get(key('a@b.c'))).toEqual([1]);
});
