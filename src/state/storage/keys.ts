import { EMPTY, type Hash } from '../compare/hash.ts';
import type { ContactRecord } from './record.ts';

/**
 * Bytes of a key's hash by which contacts are looked up. The whole hash stands in the contact's record, which has the
 * last word.
 */
export const PREFIX_BYTES = 5;

/** The part of a key's hash under which its contacts are kept, in hex. */
export function prefixOf(hash: Hash): string {
  return hash.slice(0, 2 * PREFIX_BYTES);
}

const LARGE = 2 ** 32;
const four = Buffer.alloc(4);
const seven = Buffer.alloc(7);

/** A contact id as a key: 4 bytes, or 7 where it needs more. Good until the next call. */
export function idBytes(id: number): Buffer {
  if (id < LARGE) {
    four.writeUInt32BE(id);
    return four;
  }
  seven.writeUIntBE(Math.floor(id / LARGE), 0, 3);
  seven.writeUInt32BE(id % LARGE, 3);
  return seven;
}

/** The id of such a key. */
export function idOf(key: Uint8Array): number {
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.length);
  if (bytes.length === 4) return bytes.readUInt32BE();
  return bytes.readUIntBE(0, 3) * LARGE + bytes.readUInt32BE(3);
}

/** Hashes of the keys that the record says the contact holds, or may hold; none where a pull has not met it. */
export function indexKeysOf(record: ContactRecord, keyFields: readonly number[]): Set<Hash> {
  const keys = new Set<Hash>();
  if (record.isUnlisted) return keys;
  for (const id of keyFields) {
    const field = record.fields.get(id);
    if (!field) continue;
    const held = field.theirs ?? field.base;
    if (held !== undefined && held !== EMPTY) keys.add(held);
  }
  return keys;
}

/** Whether the record has the key, or is in doubt about it. The field is named by the number of its path. */
export function mayHold(record: ContactRecord, keyField: number, hash: Hash): boolean {
  const field = record.fields.get(keyField);
  if (!field || record.isUnlisted) return false;
  return field.inDoubt || (field.theirs ?? field.base) === hash;
}
