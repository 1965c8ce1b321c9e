import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  createHasher,
  EMPTY,
  HASH_BYTES,
  hashByte,
  isHashAt,
  writeHash,
} from '../../../src/state/compare/hash.ts';

const hashes = fc
  .uint8Array({ minLength: HASH_BYTES, maxLength: HASH_BYTES })
  .map((bytes) => Buffer.from(bytes).toString('hex'));

it('a hash is written as the bytes that its digits mean, and nothing beside them', () => {
  fc.assert(
    fc.property(hashes, fc.nat(5), (hash, at) => {
      const bytes = Buffer.alloc(at + HASH_BYTES + 1, 0xa5);
      expect(writeHash(bytes, at, hash)).toBe(at + HASH_BYTES);
      expect(bytes.toString('hex')).toBe(`${'a5'.repeat(at)}${hash}a5`);
      expect(Array.from({ length: HASH_BYTES }, (_, i) => hashByte(hash, i))).toEqual([
        ...Buffer.from(hash, 'hex'),
      ]);
    }),
  );
});

it('a hash stands where it was written, and no other one does', () => {
  fc.assert(
    fc.property(hashes, fc.nat(2 * HASH_BYTES - 1), fc.integer({ min: 1, max: 15 }), (hash, at, step) => {
      const bytes = Buffer.from(hash, 'hex');
      const digit = (Number.parseInt(hash.charAt(at), 16) + step) % 16;
      const other = hash.slice(0, at) + digit.toString(16) + hash.slice(at + 1);
      expect(isHashAt(bytes, 0, hash)).toBe(true);
      expect(isHashAt(bytes, 0, other)).toBe(false);
    }),
  );
});

it('a text has another hash in another field and under another salt, and nothing has one of its own', () => {
  const hasher = createHasher('salt');
  expect(hasher.field('name', 'Ada')).toMatch(/^[0-9a-f]{16}$/);
  expect(hasher.field('name', 'Ada')).toBe(createHasher('salt').field('name', 'Ada'));
  expect(hasher.field('email', 'Ada')).not.toBe(hasher.field('name', 'Ada'));
  expect(createHasher('other').field('name', 'Ada')).not.toBe(hasher.field('name', 'Ada'));
  expect(hasher.field('name', '')).toBe(EMPTY);
});
