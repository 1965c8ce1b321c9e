import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeyField, MatchKey, PatchBody } from '../../../src/core/types.ts';
import { everything } from '../../../src/state/compare/compare-patch.ts';
import type { Comparable } from '../../../src/state/compare/hashed-patch.ts';
import { DuplicateFinder } from '../../../src/state/duplicates/duplicates.ts';
import { GIVEN_BYTES } from '../../../src/state/duplicates/given-values.ts';
import { Partitions } from '../../../src/state/duplicates/partitions.ts';
import { contactOf, MemoryDisk, patchOf, stateOver } from '../memory-storage.ts';

/** A contact by its id, or by its keys. */
type Given = readonly [contact: number | string, body: PatchBody];

function keyOf(text: string): MatchKey {
  const [field, value] = text.split(':');
  return { field: field as KeyField, value: value ?? '' };
}

/** Adds these as rows 1, 2, … of one input, behind a header. */
function look(rows: readonly Given[], holders: Readonly<Record<string, number>> = {}, given?: Partitions) {
  const find = ({ field, value }: MatchKey) => {
    const holder = holders[`${field} ${value}`];
    return holder === undefined ? [] : [holder];
  };
  const compare = ({ fields }: Comparable) => everything(fields);
  const state = stateOver(new MemoryDisk());
  const hashOf: typeof state.hashOf = (path, value) => state.hashOf(path, value);
  const finder = new DuplicateFinder({ find, compare, hashOf }, given);
  rows.forEach(([contact, body], i) => {
    const [named, ...others] = typeof contact === 'string' ? contact.split(' ').map(keyOf) : [];
    const place = { input: 0, row: i + 1, line: i + 2 };
    const whose = typeof contact === 'number' ? contact : (named ?? keyOf(contact));
    finder.add(place, whose, { body, fields: Object.keys(body) }, others);
  });
  const clashes = finder.clashes();
  return rows.map((_, i) => clashes.of(0, i + 1));
}

describe('a value for two contacts', () => {
  it('makes both rows invalid, each naming the other', () => {
    const [one, two, three] = look([
      [1, { email: 'Anna@x.de', name: 'same' }],
      [2, { email: 'b@x.de', name: 'same' }],
      [3, { email: 'anna@X.de' }],
    ]);
    expect(one).toMatchObject({ code: 'ERR_DUPLICATE_VALUE', field: 'email' });
    expect(one?.message).toContain('row 3 (line 4)');
    expect(two).toBeUndefined();
    expect(three?.message).toContain('row 1 (line 2)');
    expect(`${one?.message}${three?.message}`).not.toMatch(/anna/i);
  });

  it('is none where one contact has two rows, or the field another name', () => {
    expect(
      look([
        [1, { email: 'a@x.de' }],
        [1, { email: 'a@x.de' }],
        [2, { identifier: 'a@x.de', custom_attributes: { email: 'a@x.de' } }],
        ['email:c@x.de', { email: 'c@x.de' }],
        ['email:c@x.de', { email: 'c@x.de' }],
      ]),
    ).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });

  it.each<[what: string, rows: readonly Given[], bad: readonly number[]]>([
    [
      'two keys of one row are one contact',
      [
        ['identifier:A email:a@x.de', { email: 'a@x.de' }],
        ['email:a@x.de', { email: 'a@x.de' }],
      ],
      [],
    ],
    [
      'in every value',
      [
        ['email:a@x.de', { phone_number: '+4930123' }],
        ['identifier:A email:a@x.de', { phone_number: '+4930123' }],
        ['identifier:C', { phone_number: '+4930123' }],
      ],
      [1, 2, 3],
    ],
    [
      'by a chain of keys',
      [
        ['phone_number:+4930123', { phone_number: '+4930123', name: 'x' }],
        ['email:a@x.de phone_number:+4930123', { phone_number: '+4930123' }],
        ['identifier:A email:a@x.de', { phone_number: '+4930123' }],
      ],
      [],
    ],
    [
      'the row before gives its contact the key',
      [
        [5, { email: 'new@x.de' }],
        ['email:new@x.de', { email: 'new@x.de' }],
      ],
      [],
    ],
    [
      'two contacts are named by one key',
      [
        ['identifier:A email:a@x.de', { email: 'a@x.de' }],
        ['identifier:B email:a@x.de', { email: 'a@x.de' }],
        ['email:a@x.de', { email: 'a@x.de' }],
      ],
      [1, 2, 3],
    ],
  ])('keys: %s', (_what, rows, bad) => {
    expect(look(rows).flatMap((error, i) => (error ? [i + 1] : []))).toEqual(bad);
  });

  it('is none where the value is empty: every contact may lack one', () => {
    expect(
      look([
        [1, { email: null, phone_number: '' }],
        [2, { email: null, phone_number: '' }],
      ]),
    ).toEqual([undefined, undefined]);
  });

  it('counts for contacts whose id is not known', () => {
    const [one, two] = look([
      ['identifier:c1', { email: 'a@x.de' }],
      ['identifier:c2', { email: 'a@x.de' }],
    ]);
    expect([one?.code, two?.code]).toEqual(['ERR_DUPLICATE_VALUE', 'ERR_DUPLICATE_VALUE']);
  });

  it('is told with the input where that is another', () => {
    const finder = new DuplicateFinder();
    finder.add({ input: 0, row: 1, line: 2 }, 1, { body: { email: 'a@x.de' }, fields: ['email'] });
    finder.add({ input: 1, row: 1, line: 2 }, 2, { body: { email: 'a@x.de' }, fields: ['email'] });
    const clashes = finder.clashes();
    expect(clashes.of(0, 1)?.message).toContain('row 1 (line 2 of input 2)');
    expect(clashes.of(1, 1)?.message).toContain('row 1 (line 2 of input 1)');
    expect(clashes.size).toBe(2);
  });
});

describe('a value that goes from one contact to another', () => {
  it('in both directions is a swap, and both rows are told', () => {
    const [one, two] = look(
      [
        [1, { email: 'b@x.de' }],
        [2, { email: 'a@x.de' }],
      ],
      { 'email a@x.de': 1, 'email b@x.de': 2 },
    );
    expect([one?.code, two?.code]).toEqual(['ERR_SWAP', 'ERR_SWAP']);
    expect(one?.message).toMatch(
      /^this row and row 2 \(line 3\) swap the email of two contacts \(the other is 2\)/,
    );
  });

  it('whose holder gets a new one: only the row that takes it over is told', () => {
    const [one, two] = look(
      [
        [1, { email: 'new@x.de' }],
        [2, { email: 'a@x.de' }],
      ],
      { 'email a@x.de': 1 },
    );
    expect(one).toBeUndefined();
    expect(two).toMatchObject({ code: 'ERR_SWAP', field: 'email' });
    expect(two?.message).toContain('contact 1 has this email until row 1 (line 2) is done');
  });

  it('is none in a row that changes nothing: what the state says counts, not who was seen to hold it', async () => {
    const state = stateOver(new MemoryDisk());
    const patches = [patchOf(1, { email: 'a@x.de' }), patchOf(2, { email: 'b@x.de' })];
    for (const patch of patches) {
      await state.doubt(patch, ['email']);
      state.delivered(patch, ['email'], undefined);
    }
    state.beginPull();
    state.learn(contactOf(1, { email: 'b@x.de' }));
    state.learn(contactOf(2, { email: 'a@x.de' }));
    const finder = new DuplicateFinder(state);
    for (const [i, patch] of patches.entries())
      finder.add({ input: 0, row: i + 1, line: i + 2 }, i + 1, patch);
    expect(finder.clashes().size).toBe(0);
  });

  it('is left to the API where the holder keeps it', () => {
    const holders = { 'email a@x.de': 1 };
    expect(look([[2, { email: 'a@x.de' }]], holders)).toEqual([undefined]);
    expect(look([[1, { email: 'a@x.de' }]], holders)).toEqual([undefined]);
  });
});

it('finds the same in files as in memory, and leaves none behind', () => {
  const value = fc.constantFrom('a', 'b', 'c', 'd', 'e', '');
  const row = fc.tuple(
    fc.integer({ min: 1, max: 6 }),
    fc.record({ email: value, phone_number: value, identifier: value }, { requiredKeys: [] }),
  );
  const before = leftovers();
  fc.assert(
    fc.property(fc.array(row, { maxLength: 60, size: 'max' }), (rows) => {
      const codes = (given?: Partitions) =>
        look(rows, { 'email a': 2, 'email b': 3 }, given).map((error) => error?.code);
      const inMemory = codes();
      expect(codes(new Partitions(GIVEN_BYTES))).toEqual(inMemory);
      rows.forEach(([contact, body], i) => {
        const isDuplicate = rows.some(([other, its]) =>
          (['email', 'phone_number', 'identifier'] as const).some(
            (field) => contact !== other && body[field] && body[field] === its[field],
          ),
        );
        if (isDuplicate) expect(['ERR_DUPLICATE_VALUE', 'ERR_SWAP']).toContain(inMemory[i]);
        else expect(inMemory[i]).not.toBe('ERR_DUPLICATE_VALUE');
      });
    }),
    { numRuns: 60 },
  );
  expect(leftovers()).toEqual(before);
});

function leftovers(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('livedesk-values-'));
}
