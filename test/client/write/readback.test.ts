import { describe, expect, test } from 'vitest';
import {
  learnFromReadback,
  missingFromReadback,
  READBACK_UNKNOWN,
  type ReadbackTrust,
  sameValue,
} from '../../../src/client/write/readback.ts';
import { valueAt } from '../../../src/core/field-path.ts';
import type { JsonObject, JsonValue, PatchBody } from '../../../src/core/types.ts';

describe('sameValue', () => {
  test.each<[path: string, sent: JsonValue | undefined, shown: JsonValue | undefined, same: boolean]>([
    ['name', 'Anna', 'Anna', true],
    ['name', 'Anna', 'anna', false],
    ['email', 'Anna@Example.com', 'anna@example.com', true],
    ['identifier', 'A1', 'a1', false],
    ['custom_attributes.score', 7, '7', true],
    ['custom_attributes.score', 7, 7.5, false],
    ['blocked', true, 'true', true],
    ['blocked', false, null, false],
    ['blocked', false, undefined, false],
    ['custom_attributes.score', 0, '', false],
    ['phone_number', null, '', true],
    ['phone_number', null, undefined, true],
    ['phone_number', '', null, true],
    ['phone_number', null, '+15551234567', false],
    ['custom_attributes.tags', ['a', 'b'], ['a', 'b'], true],
    ['custom_attributes.tags', ['a', 'b'], ['b', 'a'], false],
    ['custom_attributes.tags', ['a', 'b'], ['a', 'b', null], true], // the API keeps no null in a list
    ['custom_attributes.tags', ['a', 'b'], ['a', 'c', null], false],
    ['custom_attributes.tags', ['a', 'b'], 'a,b', false],
    ['custom_attributes.tags', '[object Object]', {}, false],
    ['custom_attributes.plan', { a: 1, b: { c: null } }, { b: { c: null }, a: 1 }, true],
    ['custom_attributes.plan', { a: 1 }, { a: 1, b: 2 }, false],
    ['custom_attributes.plan', { toString: 1 }, { a: 1 }, false],
    ['custom_attributes.plan', {}, [], false],
  ])('%s %j %j: %j', (path, sent, shown, same) => {
    expect(sameValue(path, sent, shown)).toBe(same);
    expect(sameValue(path, shown, sent)).toBe(same);
  });
});

describe('missingFromEcho', () => {
  const body: PatchBody = {
    email: 'Anna@Example.com',
    thumbnail: 'x.png',
    custom_attributes: { vip: 'gold', 'a.b': 1, gone: null },
    additional_attributes: { city: 'Ulm', social_profiles: { github: 'anna', twitter: 'a' } },
  };

  test('names what the answer does not show, key by key', () => {
    const contact: JsonObject = {
      email: 'anna@example.com',
      thumbnail: '',
      custom_attributes: { 'a.b': 1, other: 2 },
      additional_attributes: { city: 'Ulm', social_profiles: { github: 'anna' } },
    };
    expect(missingFromReadback(body, contact)).toEqual([
      'thumbnail',
      'custom_attributes.vip',
      'additional_attributes.social_profiles.twitter',
    ]);
  });

  test('an answer that shows nothing lacks all but what was cleared', () => {
    expect(missingFromReadback(body, { id: 1 })).toHaveLength(7);
    expect(missingFromReadback(body, { id: 1, custom_attributes: 'text' })).toHaveLength(7);
  });

  test('keys that every object has are no values', () => {
    const odd: PatchBody = { custom_attributes: { constructor: 'x', toString: 'y' } };
    expect(missingFromReadback(odd, { custom_attributes: {} })).toHaveLength(2);
    expect(valueAt({ custom_attributes: {} }, 'custom_attributes.constructor')).toBeUndefined();
  });
});

describe('learnFromEcho', () => {
  const body: PatchBody = { name: 'Anna', custom_attributes: { vip: 'gold' } };
  /** The trust after answers of which each lacks the given paths. */
  const trustAfter = (patch: PatchBody, ...answers: readonly (readonly string[])[]): ReadbackTrust =>
    answers.reduce<ReadbackTrust>(
      (trust, missing) => learnFromReadback(trust, patch, missing),
      READBACK_UNKNOWN,
    );

  test('one custom attribute that comes back proves it', () => {
    expect(trustAfter(body, []).verdict).toBe('read-back');
    expect(trustAfter(body, ...Array(19).fill(['custom_attributes.vip']), []).verdict).toBe('read-back');
  });

  test('20 answers without one disprove it, for good', () => {
    const misses = Array(20).fill(['custom_attributes.vip']);
    expect(trustAfter(body, ...misses.slice(1)).verdict).toBe('unknown');
    expect(trustAfter(body, ...misses).verdict).toBe('not a read-back');
    expect(trustAfter(body, ...misses, []).verdict).toBe('not a read-back');
  });

  test('a name that comes back proves nothing where custom attributes were sent', () => {
    expect(trustAfter(body, ['custom_attributes.vip'])).toEqual({ verdict: 'unknown', misses: 1 });
  });

  test('where none was sent, any field tells', () => {
    expect(trustAfter({ name: 'Anna' }, []).verdict).toBe('read-back');
    expect(trustAfter({ name: 'Anna' }, ['name'])).toEqual({ verdict: 'unknown', misses: 1 });
  });

  test('what was cleared tells nothing', () => {
    expect(trustAfter({ custom_attributes: { vip: null } }, [])).toBe(READBACK_UNKNOWN);
    expect(trustAfter({ phone_number: null, additional_attributes: { city: '' } }, [])).toBe(
      READBACK_UNKNOWN,
    );
    expect(trustAfter({}, [])).toBe(READBACK_UNKNOWN);
  });
});
