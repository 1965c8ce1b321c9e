import { expect, test } from 'vitest';
import { ThrottlingSpells } from '../../../src/client/rate-limit/throttling-spell.ts';

const MINUTE = 60_000;

test('windows of a minute that refuse again and again are one spell, told of once', () => {
  const spells = new ThrottlingSpells();
  expect(spells.passed(0)).toBeUndefined();
  const begun = [];
  for (let minute = 0; minute < 10; minute += 1) {
    begun.push(spells.refused(minute * MINUTE + 50_000), spells.refused(minute * MINUTE + 50_001));
    expect(spells.passed(minute * MINUTE + MINUTE + 1)).toBeUndefined();
  }
  expect(begun.filter(Boolean)).toHaveLength(1);
  expect(spells.passed(12 * MINUTE)).toEqual({ refused: 20, lastedMs: 9 * MINUTE + 1 });
  expect(spells.passed(13 * MINUTE)).toBeUndefined();
  expect(spells.refused(14 * MINUTE)).toBe(true);
  expect(spells.passed(16 * MINUTE)).toEqual({ refused: 1, lastedMs: 0 });
});
