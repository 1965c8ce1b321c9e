import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Claim } from '../../../../src/commands/run/plan/plan.ts';
import {
  inShard,
  requireOneKey,
  shardOfContact,
  shardOfRow,
} from '../../../../src/commands/run/plan/shard-filter.ts';
import type { BadRow, Row } from '../../../../src/core/types.ts';
import { compileMapping } from '../../../../src/mapping/compile/compile.ts';
import { parseMapping } from '../../../../src/mapping/parse/parse.ts';
import { csvShape } from '../../../mapping/helpers.ts';

// reckoned elsewhere: 1 + int(hashlib.sha256(text.encode()).hexdigest()[:12], 16) % of
test.each([
  ['1', [1, 1, 5, 117]],
  ['318763', [2, 2, 2, 658]],
  ['9007199254740991', [2, 2, 3, 754]],
  ['anna.müller@example.com', [1, 3, 6, 695]],
  ['+4930901820', [1, 3, 3, 871]],
  ['crm-0042', [1, 3, 1, 207]],
])('the shards of %s stay the same for ever', (contact, shards) => {
  expect([2, 4, 7, 1000].map((of) => shardOfContact(contact, of))).toEqual(shards);
});

it('gives every shard its share of ids in a row, and of ids that end alike', () => {
  for (const step of [1, 4, 1000]) {
    const counts = [0, 0, 0, 0];
    for (let i = 1; i <= 8_000; i += 1)
      counts[shardOfContact(String(i * step), 4) - 1] =
        (counts[shardOfContact(String(i * step), 4) - 1] ?? 0) + 1;
    for (const count of counts) expect(count).toBeGreaterThan(1_850);
  }
});

/** Cells of a row, and the contact that they name; undefined where they name none. */
interface Named {
  readonly cells: readonly string[];
  readonly contact: string | undefined;
}

const CONTACTS = fc.integer({ min: 1, max: 12 });
const KINDS: readonly (readonly [kind: string, mapping: string, rows: fc.Arbitrary<Named>])[] = [
  [
    'the contact id',
    'contact_id: key',
    fc.oneof(
      fc
        .tuple(CONTACTS, fc.constantFrom('', ' ', "'"), fc.constantFrom('', '.0', ' '))
        .map(([id, before, after]) => ({ cells: [`${before}${id}${after}`, 'a'], contact: String(id) })),
      fc.constantFrom('', '007', '3e5', 'x').map((key) => ({ cells: [key, 'a'], contact: undefined })),
    ),
  ],
  [
    'the e-mail',
    'match: { email: key }',
    fc.oneof(
      fc.tuple(CONTACTS, fc.boolean(), fc.constantFrom('', ' ')).map(([n, isLoud, space]) => {
        const email = `anna${n}@example.com`;
        return { cells: [`${space}${isLoud ? email.toUpperCase() : email}`, 'a'], contact: email };
      }),
      fc.constantFrom('', 'nobody').map((key) => ({ cells: [key, 'a'], contact: undefined })),
    ),
  ],
  [
    'the phone',
    'match: { phone_number: { column: key, country: DE } }',
    fc
      .tuple(fc.integer({ min: 10, max: 19 }), fc.constantFrom('+49 30 9018', '030 9018', '(030) 9018-'))
      .map(([n, before]) => ({ cells: [`${before}${n}`, ''], contact: `+49309018${n}` })),
  ],
];

describe.each(KINDS)('law: whatever the rows, by %s', (_kind, whose, rows) => {
  test('each is of exactly one shard, and rows of one contact are of the same', async () => {
    const mapping = parseMapping(`version: 1\n${whose}\nfields:\n  name: name\n`, 'm.yaml');
    const compiled = [await compileMapping(mapping, csvShape(['key', 'name']))];
    fc.assert(
      fc.property(
        fc.array(fc.option(rows, { freq: 9 }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        (all, of) => {
          const claims = Array.from({ length: of }, (_, i) =>
            inShard({ index: i + 1, of }, { compiled }, (): Claim => 'ours'),
          );
          const shardOf = new Map<string, number>();
          for (const [i, named] of all.entries()) {
            const row = named ? goodRow(i + 1, named.cells) : badRow(i + 1);
            const takers = claims.flatMap((claim, index) => (claim(row) === 'ours' ? [index + 1] : []));
            expect(takers).toHaveLength(1);
            const [shard = 0] = takers;
            const contact = named?.contact;
            if (contact === undefined) expect(shard).toBe(shardOfRow(i + 1, of));
            else expect(shardOf.get(contact) ?? shard).toBe(shard);
            if (contact !== undefined) shardOf.set(contact, shard);
          }
        },
      ),
    );
  });
});

it('leaves rows alone that do not belong to the run', async () => {
  const mapping = parseMapping('version: 1\ncontact_id: key\nfields:\n  name: name\n', 'm.yaml');
  const compiled = [await compileMapping(mapping, csvShape(['key', 'name']))];
  const claim = inShard(
    { index: 1, of: 2 },
    { compiled },
    ({ row }): Claim => (row === 1 ? 'foreign' : 'done'),
  );
  expect([1, 2].map((row) => claim(goodRow(row, ['1', 'a'])))).toEqual(['foreign', 'done']);
  expect(claim(goodRow(2, ['318763', 'a']))).toBe('elsewhere');
});

it('refuses several keys, by which a contact could be in two shards', () => {
  const two = parseMapping(
    'version: 1\nmatch: [{ email: e }, { identifier: i }]\nfields:\n  name: n\n',
    'm.yaml',
  );
  expect(() => requireOneKey(two, { index: 1, of: 2 })).toThrow(
    /by 2 \(email, identifier\): two rows of one contact/,
  );
  expect(() => requireOneKey(two, { index: 1, of: 1 })).not.toThrow();
  expect(() => requireOneKey(two, undefined)).not.toThrow();
});

// --- internal ---

function goodRow(row: number, record: readonly string[]): Row {
  return { input: 0, row, line: row + 1, record };
}

function badRow(row: number): BadRow {
  return { input: 0, row, line: row + 1, text: '"', error: { code: 'ERR_ROW', message: 'unreadable' } };
}
