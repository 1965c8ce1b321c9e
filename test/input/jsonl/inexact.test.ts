import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InexactNumber } from '../../../src/core/types.ts';
import { isExact, mayBeInexact, parseExactly } from '../../../src/input/jsonl/inexact.ts';

describe('a double holds', () => {
  test.each([
    ['0', true],
    ['-0', true],
    ['0.0', true],
    ['1.50', true],
    ['1e3', true],
    ['100000000000000000000', true],
    ['9007199254740993', false],
    ['12345678901234567890', false],
    ['0.1', true],
    ['0.1234567890123456789', false],
    ['1e400', false],
    ['1e-400', false],
    ['1e999999999999', false],
    ['5e-324', true],
    ['-1.7976931348623157e308', true],
  ])('%s: %s', (source, exact) => {
    expect(isExact(source)).toBe(exact);
  });

  test('whatever JavaScript prints', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => isExact(String(value))),
    );
  });
});

test('no number that needs care is overlooked', () => {
  const digits = fc.stringMatching(/^-?[1-9]\d{0,25}(\.\d{1,25})?([eE][+-]?\d{1,3})?$/);
  const place = fc.constantFrom<(source: string) => string>(
    (source) => `{"a":${source}}`,
    (source) => `{"a" : ${source} }`,
    (source) => `{"a":[1,${source}]}`,
    (source) => `{"a":[${source}]}`,
  );
  fc.assert(
    fc.property(digits, place, (source, put) => {
      expect(mayBeInexact(put(source)) || isExact(source)).toBe(true);
    }),
  );
});

test.each([
  ['{"phone":"+4915112345678","at":"2026-11-22T12:30:00Z","id":318763}', false],
  ['{"id":"a1e5","n":[1,2.5,-3]}', false],
  ['{"id":12345678901234567}', true],
])('%s needs care: %s', (text, expected) => {
  expect(mayBeInexact(text)).toBe(expected);
});

test('values are those of JSON.parse but for inexact numbers', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(parseExactly(text)).toEqual(JSON.parse(text));
    }),
  );
  expect(
    parseExactly('{"a":1e400,"a":[12345678901234567890],"b":"inexact:0","c":"\\u0069nexact::0"}'),
  ).toEqual({
    a: [new InexactNumber('12345678901234567890')],
    b: 'inexact:0',
    c: 'inexact::0',
  });
});

test('strings of a MiB do not overflow the pattern', () => {
  const long = 'x\\"'.repeat(300_000);
  expect(parseExactly(`{"a":"${long}","n":1e400}`)).toMatchObject({ n: new InexactNumber('1e400') });
});
