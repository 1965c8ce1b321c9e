import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/core/types.ts';
import { canonicalText, kindOf } from '../../../src/state/compare/normalise.ts';

const SAME: readonly (readonly [path: string, a: JsonValue | undefined, b: JsonValue | undefined])[] = [
  ['email', 'Anna@Example.COM', 'anna@example.com'],
  ['identifier', 2222, '2222'],
  ['custom_attributes.score', 2222, '2222'],
  ['blocked', true, 'true'],
  ['blocked', false, undefined],
  ['phone_number', '+49 (151) 123-45.67', '+491511234567'],
  ['name', null, undefined],
  ['name', '', undefined],
  ['additional_attributes.social_profiles', {}, undefined],
  ['custom_attributes.tags', [], null],
  ['custom_attributes.o', { a: 1, b: [{ c: 2, d: 3 }] }, { b: [{ d: 3, c: 2 }], a: 1 }],
];

const DIFFERENT: readonly (readonly [path: string, a: JsonValue | undefined, b: JsonValue | undefined])[] = [
  ['name', 'Anna', 'anna'],
  ['identifier', 'A1', 'a1'],
  ['custom_attributes.email', 'A@b.c', 'a@b.c'],
  ['name', ' Anna', 'Anna'],
  ['blocked', false, true],
  ['custom_attributes.n', 0, ''],
  ['custom_attributes.o', { a: 1 }, '{"a":1}'],
  ['custom_attributes.o', { a: 1 }, { a: '1' }],
  ['custom_attributes.o', { a: null }, { b: null }],
  ['custom_attributes.l', [1, 2], [2, 1]],
  ['phone_number', '0151 123', '0151123'],
];

describe('the same to the API', () => {
  it.each(SAME)('%s: %j and %j', (path, a, b) => {
    expect(canonicalText(path, a)).toBe(canonicalText(path, b));
  });
  it.each(DIFFERENT)('not %s: %j and %j', (path, a, b) => {
    expect(canonicalText(path, a)).not.toBe(canonicalText(path, b));
  });
});

it('the order of keys never matters, at any depth', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const turned = turn(value as JsonValue);
      expect(canonicalText('custom_attributes.x', turned)).toBe(
        canonicalText('custom_attributes.x', value as JsonValue),
      );
    }),
  );
});

it.each<[string, JsonValue | undefined, string]>([
  ['identifier', 5, 'none'],
  ['custom_attributes.x', 5, 'number'],
  ['custom_attributes.x', '5', 'text'],
  ['custom_attributes.x', true, 'boolean'],
  ['custom_attributes.x', null, 'empty'],
  ['custom_attributes.x', undefined, 'empty'],
  ['custom_attributes.x', [1], 'json'],
])('the kind of %s = %j is %s', (path, value, kind) => {
  expect(kindOf(path, value)).toBe(kind);
});

function turn(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(turn);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, turn(inner)]),
  );
}
