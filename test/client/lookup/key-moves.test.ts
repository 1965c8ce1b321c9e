import { describe, expect, test } from 'vitest';
import { KeyMoves } from '../../../src/client/lookup/key-moves.ts';
import type { MatchKey } from '../../../src/core/types.ts';

const OLD: MatchKey = { field: 'email', value: 'Old@x.de' };

describe('a key has moved', () => {
  test.each<
    [
      what: string,
      writes: readonly (readonly [id: number, email: string | null, isSure?: boolean])[],
      isMoved: boolean,
    ]
  >([
    ['when its contact got another value', [[5, 'new@x.de']], true],
    ['when its contact lost it', [[5, null]], true],
    ['when another contact got it', [[6, 'old@x.de']], true],
    ['when its contact may have another value', [[5, 'new@x.de', false]], true],
    ['when another contact may have got it', [[6, 'old@x.de', false]], true],
    [
      'but not when its contact got it again',
      [
        [5, 'new@x.de'],
        [5, 'old@x.de'],
      ],
      false,
    ],
    ['nor when other keys did', [[6, 'six@x.de']], false],
  ])('%s', (_what, writes, isMoved) => {
    const moves = new KeyMoves();
    const watch = moves.watch();
    for (const [id, email, isSure = true] of writes) moves.note({ id, email }, isSure);
    expect(moves.isMoved(watch, OLD, 5)).toBe(isMoved);
    expect(moves.isMoved(moves.watch(), OLD, 5)).toBe(false);
  });
});

test('moves are forgotten once every watch is younger', () => {
  const moves = new KeyMoves();
  moves.note({ id: 1, email: 'a@x.de' }, true);
  expect(moves.size).toBe(0);
  const first = moves.watch();
  moves.note({ id: 1, email: 'a@x.de' }, true);
  const second = moves.watch();
  moves.note({ id: 2, email: 'b@x.de' }, true);
  expect(moves.size).toBe(4);
  moves.close(first);
  expect(moves.size).toBe(2);
  moves.close(second);
  expect(moves.size).toBe(0);
});
