import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FieldPathList } from '../../../src/mapping/compile/field-path-list.ts';

const ways = fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd')), { minLength: 2 });
const listOf = (none: FieldPathList, way: readonly string[]) =>
  way.reduce((list, path) => list.with(path), none).paths;

test('rows that set the same fields in the same order share one array, others do not', () => {
  fc.assert(
    fc.property(ways, (all) => {
      const none = FieldPathList.empty();
      const lists = all.map((way) => listOf(none, way));
      for (const [i, way] of all.entries()) {
        expect(lists[i]).toEqual(way);
        expect(listOf(none, way)).toBe(lists[i]);
      }
    }),
  );
});

test('more combinations than are kept cost no memory, and are right', () => {
  const none = FieldPathList.empty();
  for (let at = 0; at < 10_000; at += 1) expect(listOf(none, [`key ${at}`, 'b'])).toEqual([`key ${at}`, 'b']);
  expect(listOf(none, ['key 9999'])).not.toBe(listOf(none, ['key 9999']));
  expect(listOf(none, ['key 1'])).toBe(listOf(none, ['key 1']));
});
