import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findJsonFault } from '../../../src/input/jsonl/json-fault.ts';

const TORN =
  'the text that begins here is not closed, or holds a tab, a line break or a backslash that is not escaped';

test.each<[text: string, column: number, why: string]>([
  ["{'a':1}", 2, 'a key belongs here, in double quotes'],
  ['{a:1}', 2, 'a key belongs here, in double quotes'],
  ['{"a:1}', 2, TORN],
  ['{"a":\'x\'}', 6, 'texts stand in double quotes, not in apostrophes'],
  ['{"a" 1}', 6, 'a colon is missing'],
  [
    '{"a":1,}',
    8,
    "a comma stands before the closing brace; `sed -E 's/,[[:space:]]*}/}/g' FILE` takes such off, in texts too",
  ],
  ['{"a":[1,]}', 9, 'a value is missing before it'],
  ['{"a":None}', 6, 'a value belongs here; texts stand in double quotes'],
  ['{"a":NaN}', 6, 'this is not a number as JSON writes it'],
  ['{"a":01}', 6, 'this is not a number as JSON writes it'],
  ['{"a":"x\ty"}', 6, TORN],
  ['{"a":"\\x"}', 6, TORN],
  ['{"a":1 "b":2}', 8, 'a comma or } is missing'],
  ['{"a":[1 2]}', 9, 'a comma or ] is missing'],
  ['{"a":1', 7, 'the line ends too early'],
  ['{"a":1}{"a":2}', 8, 'there is more text after the object'],
  ['', 1, 'the line ends too early'],
])('%s: column %i', (text, column, why) => {
  expect(findJsonFault(text)).toEqual({ column, why });
});

test('finds a fault exactly where JSON.parse does', () => {
  const broken = fc
    .tuple(
      fc.json({ maxDepth: 3 }),
      fc.nat(),
      fc.constantFrom('', '"', ',', '}', '[', 'x', '1', ' ', '\\'),
      fc.boolean(),
    )
    .map(([text, at, put, isCut]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + put + (isCut ? '' : text.slice(place + 1));
    });
  const isJson = (text: string) => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
  fc.assert(
    fc.property(broken, (text) => (findJsonFault(text) === undefined) === isJson(text)),
    { numRuns: 3000 },
  );
});
