import { expect, test } from 'vitest';
import { FieldSets } from '../../src/journal/field-sets.ts';

test('each list of fields gets one number, and is named once', () => {
  const sets = new FieldSets();
  const list = ['name', 'email'];
  expect(sets.numberOf(list)).toEqual({ set: 0, added: { type: 'fields', set: 0, fields: list } });
  expect(sets.numberOf(list)).toEqual({ set: 0 });
  expect(sets.numberOf([...list])).toEqual({ set: 0 });
  expect(sets.numberOf(['email', 'name'])).toMatchObject({ set: 1, added: { set: 1 } });
});

test('a list whose text alone was asked for is named when it gets its number', () => {
  const sets = new FieldSets();
  expect(sets.textOf(['a"b'])).toBe('["a\\"b"]');
  expect(sets.numberOf(['a"b'])).toMatchObject({ set: 0, added: { fields: ['a"b'] } });
});

test('a list that was forgotten gets a new number, and is named again', () => {
  const sets = new FieldSets();
  sets.numberOf(['first']);
  for (let at = 0; at < 5_000; at += 1) sets.numberOf([`field ${at}`]);
  expect(sets.numberOf(['first'])).toMatchObject({ set: 5_001, added: { set: 5_001 } });
});
