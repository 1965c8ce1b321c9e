import { describe, expect, it } from 'vitest';
import { parseShard } from '../../../../src/commands/parse-values.ts';
import { rateNote } from '../../../../src/commands/run/plan/choose-shard.ts';

describe('--shard', () => {
  it.each([
    ['1/4', { index: 1, of: 4 }],
    ['4/4', { index: 4, of: 4 }],
    ['1/1', { index: 1, of: 1 }],
    ['auto/8', { index: 'auto', of: 8 }],
    ['1000/1000', { index: 1000, of: 1000 }],
  ])('%s', (text, shard) => {
    expect(parseShard('shard', text)).toEqual(shard);
  });

  it.each(['0/4', '5/4', '1', '1/0', 'auto', 'auto/0', '1/1001', '-1/4', '1/4/4', '1.5/4', ''])(
    'not %j',
    (text) => {
      expect(() => parseShard('shard', text)).toThrow(/from 1\/4 to 4\/4, or auto\/4/);
    },
  );
});

describe('what is said of the rate', () => {
  it.each([
    [{ index: 2, of: 4 }, 10, /^shard 2\/4 sends at its own --rate 10: all 4 at once send up to 40 requests/],
    [{ index: 1, of: 3 }, 0.1, /up to 0\.3 requests/],
    [{ index: 1, of: 3 }, Number.POSITIVE_INFINITY, /--rate unlimited/],
  ])('%o at %s', (shard, rate, says) => {
    expect(rateNote(shard, rate)).toMatch(says);
  });

  it.each([undefined, { index: 1, of: 1 }])('nothing of %o', (shard) => {
    expect(rateNote(shard, 10)).toBeUndefined();
  });
});
