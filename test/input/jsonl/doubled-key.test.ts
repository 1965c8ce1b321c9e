import fc from 'fast-check';
import { expect, test } from 'vitest';
import { doubledKey } from '../../../src/input/jsonl/doubled-key.ts';

const found = (text: string) => doubledKey(text, Object.keys(JSON.parse(text)).length);

test.each([
  ['{"id":1,"name":"a","id":2}', 'id'],
  ['{"id":1,"name":"a","id":1}', undefined],
  ['{"a":{"x":1,"x":2},"b":[{"x":1},{"x":2}]}', undefined], // deeper ones are values, which are taken as they are
  ['{"a":{"x":1},"a":{"x":1}}', undefined],
  ['{"a":[1,2],"a":[1,3]}', 'a'],
  ['{"\\u0061":1,"a":2}', 'a'],
  ['{"a\\"b":"}\\\\\\"{,:","a\\"b":1}', 'a"b'],
  ['{ "a" : 1 , "a" : 2 }', 'a'],
  ['{"__proto__":1,"__proto__":2}', '__proto__'],
  ['{}', undefined],
])('%s', (text, key) => {
  expect(found(text)).toBe(key);
});

test('law: whatever the members, the first key that comes again with another value is found', () => {
  const key = fc.oneof(fc.constantFrom('a', 'b', '"', '\\', ':', '{', ','), fc.string());
  fc.assert(
    fc.property(fc.array(fc.tuple(key, fc.jsonValue())), fc.boolean(), (members, isSpaced) => {
      const texts = members.map(([name, value]) => [JSON.stringify(name), JSON.stringify(value)] as const);
      const text = `{${texts.map((pair) => pair.join(isSpaced ? ' : ' : ':')).join(isSpaced ? ' , ' : ',')}}`;
      const again = members.find(([name], i) =>
        members.slice(0, i).some(([other], j) => other === name && texts[j]?.[1] !== texts[i]?.[1]),
      );
      expect(found(text)).toBe(again?.[0]);
    }),
  );
});
