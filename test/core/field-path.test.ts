import { describe, expect, test } from 'vitest';
import { keysOfPath, overlaps, valueAt, withoutPaths } from '../../src/core/field-path.ts';

test.each<[path: string, keys: readonly string[]]>([
  ['email', ['email']],
  ['custom_attributes.plan', ['custom_attributes', 'plan']],
  ['custom_attributes.address.city', ['custom_attributes', 'address.city']],
  ['additional_attributes.social_profiles', ['additional_attributes', 'social_profiles']],
  ['additional_attributes.social_profiles.x', ['additional_attributes', 'social_profiles', 'x']],
  ['additional_attributes.social_profiles.x.y', ['additional_attributes', 'social_profiles', 'x.y']],
  ['additional_attributes.social_profiles2', ['additional_attributes', 'social_profiles2']],
])('%s is reached by %j', (path, keys) => {
  expect(keysOfPath(path)).toEqual(keys);
});

test.each<[a: string, b: string, isSame: boolean]>([
  ['custom_attributes.address', 'custom_attributes.address.city', false],
  ['custom_attributes.address', 'custom_attributes.address', true],
  ['custom_attributes', 'custom_attributes.address.city', true],
  ['additional_attributes.social_profiles', 'additional_attributes.social_profiles.x', true],
  ['additional_attributes.city', 'additional_attributes.city.name', false],
  ['email', 'name', false],
])('%s and %s overlap: %s', (a, b, isSame) => {
  expect([overlaps(a, b), overlaps(b, a)]).toEqual([isSame, isSame]);
});

describe('leaving out paths', () => {
  const body = {
    name: 'Ann',
    custom_attributes: { address: { city: 'Berlin', zip: 1 }, 'address.city': 'Berlin' },
    additional_attributes: { city: 'Berlin', social_profiles: { x: 'ann' } },
  };

  test('keeps a nested value whole beside an attribute whose key has a dot', () => {
    expect(withoutPaths(body, ['custom_attributes.address.city'])).toEqual({
      ...body,
      custom_attributes: { address: { city: 'Berlin', zip: 1 } },
    });
    expect(withoutPaths(body, ['custom_attributes.address'])).toMatchObject({
      custom_attributes: { 'address.city': 'Berlin' },
    });
  });

  test('leaves no empty object behind, and the given one as it was', () => {
    const before = structuredClone(body);
    const paths = [
      'custom_attributes.address',
      'custom_attributes.address.city',
      'additional_attributes.social_profiles.x',
    ];
    expect(withoutPaths(body, paths)).toEqual({ name: 'Ann', additional_attributes: { city: 'Berlin' } });
    expect(body).toEqual(before);
  });

  test('leaves what is not there alone', () => {
    expect(withoutPaths(body, ['email', 'custom_attributes.zip', 'name.first'])).toEqual(body);
  });
});

test('a value is found at a key with dots', () => {
  expect(valueAt({ custom_attributes: { 'a.b': 1, a: { b: 2 } } }, 'custom_attributes.a.b')).toBe(1);
});
