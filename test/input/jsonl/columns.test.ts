import { expect, test } from 'vitest';
import { InexactNumber } from '../../../src/core/types.ts';
import { addPaths } from '../../../src/input/jsonl/columns.ts';

test.each<[name: string, record: { [key: string]: unknown }, paths: string[]]>([
  ['objects and what is in them', { a: { b: { c: 1 } }, d: null }, ['a', 'a.b', 'a.b.c', 'd']],
  ['arrays and inexact numbers are values', { a: [{ b: 1 }], n: new InexactNumber('1e400') }, ['a', 'n']],
  [
    'six levels',
    { a: { a: { a: { a: { a: { a: { a: 1 } } } } } } },
    ['a', 'a.a', 'a.a.a', 'a.a.a.a', 'a.a.a.a.a', 'a.a.a.a.a.a'],
  ],
  ['no keys', {}, []],
])('%s', (_name, record, expected) => {
  const paths = new Set<string>();
  addPaths(paths, record);
  expect([...paths]).toEqual(expected);
});

test('keys that are data do not fill the memory', () => {
  const paths = new Set<string>();
  for (let row = 0; row < 20_000; row++) addPaths(paths, { [`contact ${row}`]: row });
  expect(paths.size).toBe(10_000);
});
