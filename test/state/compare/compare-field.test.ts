import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONFLICT_POLICIES, type ConflictPolicy } from '../../../src/core/types.ts';
import { type Decision, decide, isSent } from '../../../src/state/compare/compare-field.ts';
import { EMPTY } from '../../../src/state/compare/hash.ts';

const A = 'a';
const B = 'b';
const C = 'c';

/** base, theirs, ours -> what is done under `ours`, and under `theirs` and `enforce` where that differs. */
const TABLE: readonly (readonly [
  base: string | undefined,
  theirs: string | undefined,
  ours: string,
  underOurs: Decision,
  underTheirs?: Decision,
  underEnforce?: Decision,
])[] = [
  // (c) the account has it
  [undefined, A, A, 'in_sync'],
  [A, A, A, 'in_sync'],
  [B, A, A, 'in_sync'],
  // (d) what the account has is not known
  [undefined, undefined, A, 'send'],
  [A, undefined, A, 'unchanged', 'unchanged', 'send'],
  [B, undefined, A, 'send'],
  // (e) never sent
  [undefined, B, A, 'send', 'conflict_theirs', 'send'],
  // what the account leaves empty is nobody's to keep
  [undefined, EMPTY, A, 'send'],
  // (f) the row has nothing new: an agent's edit survives
  [A, B, A, 'unchanged', 'unchanged', 'conflict_ours'],
  // (g) only the row changed
  [B, B, A, 'send'],
  // (h) both changed
  [B, C, A, 'conflict_ours', 'conflict_theirs', 'conflict_ours'],
];

describe('the three-way table', () => {
  for (const [base, theirs, ours, underOurs, underTheirs = underOurs, underEnforce = underOurs] of TABLE) {
    const name = `base ${base ?? '-'}, theirs ${theirs ?? '?'}, ours ${ours}`;
    it(`${name}: ${underOurs}, ${underTheirs}, ${underEnforce}`, () => {
      const known = { base, theirs, inDoubt: false };
      expect(decide(known, ours, 'ours')).toBe(underOurs);
      expect(decide(known, ours, 'theirs')).toBe(underTheirs);
      expect(decide(known, ours, 'enforce')).toBe(underEnforce);
    });
    it(`${name}, in doubt: sent`, () => {
      const known = { base, theirs, inDoubt: true };
      expect(decide(known, ours, 'ours')).toBe('send');
      expect(decide(known, ours, 'theirs')).toBe('send');
      expect(decide(known, ours, 'enforce')).toBe('send');
    });
  }

  it('has a line for every case', () => {
    const value = fc.constantFrom(A, B, C);
    const known = fc.option(value, { nil: undefined });
    /** The same case with the names in the order in which they appear. */
    const shape = (values: readonly (string | undefined)[]): string => {
      const names: string[] = [];
      return values
        .map((one) => {
          if (one === undefined) return '-';
          if (!names.includes(one)) names.push(one);
          return names.indexOf(one);
        })
        .join();
    };
    const lines = new Set(TABLE.map(([base, theirs, ours]) => shape([base, theirs, ours])));
    fc.assert(fc.property(known, known, value, (...values) => lines.has(shape(values))));
  });
});

it('what was sent as another JSON type is sent again, though the account shows the same text', () => {
  expect(decide({ base: A, theirs: A, inDoubt: false, isRetyped: true }, A, 'theirs')).toBe('send');
});

it('what is in doubt, and what nothing is known of, is always sent', () => {
  const value = fc.constantFrom(A, B, C);
  const known = fc.option(value, { nil: undefined });
  const policy = fc.constantFrom<ConflictPolicy>(...CONFLICT_POLICIES);
  fc.assert(
    fc.property(known, known, value, policy, (base, theirs, ours, wins) => {
      expect(isSent(decide({ base, theirs, inDoubt: true }, ours, wins))).toBe(true);
      expect(isSent(decide({ inDoubt: false }, ours, wins))).toBe(true);
    }),
  );
});
