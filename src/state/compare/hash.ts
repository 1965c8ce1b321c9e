import { hash } from 'node:crypto';

/** What is kept of a value: 8 bytes of a salted SHA-256, as 16 hex digits. Values themselves are never kept. */
export type Hash = string;

/** Bytes of a {@link Hash} on disk. */
export const HASH_BYTES = 8;
/** The hash of "nothing there": absent, null and empty are one. */
export const EMPTY: Hash = '0'.repeat(2 * HASH_BYTES);

/** Writes a hash at `at`, as {@link HASH_BYTES} bytes; gives where it ends. */
export function writeHash(bytes: Buffer, at: number, hash: Hash): number {
  // `Buffer.write` takes half as long again for so few bytes
  for (let i = 0; i < HASH_BYTES; i += 1) bytes[at + i] = hashByte(hash, i);
  return at + HASH_BYTES;
}

/** Whether the hash stands at `at`. */
export function isHashAt(bytes: Buffer, at: number, hash: Hash): boolean {
  for (let i = 0; i < HASH_BYTES; i += 1) if (bytes[at + i] !== hashByte(hash, i)) return false;
  return true;
}

/** A byte of a hash, counted from 0. */
export function hashByte(hash: Hash, i: number): number {
  return digitAt(hash, 2 * i) * 16 + digitAt(hash, 2 * i + 1);
}

/** Makes hashes that mean something within one state only. */
export interface Hasher {
  /** Of a field's canonical text. One text in two fields gives two hashes. */
  field(path: string, text: string): Hash;
  /** Of anything else. */
  digest(text: string): Hash;
}

/** Hashes of fields that are remembered: an answer shows what was just sent, and rows have many values in common. */
const MAX_REMEMBERED = 8_192;

/** `salt` is random and stays with the state: without it the hash of a guessed e-mail proves nothing. */
export function createHasher(salt: string): Hasher {
  const digest = (text: string): Hash => hash('sha256', salt + text, 'hex').slice(0, 2 * HASH_BYTES);
  // by path and then by text: putting both together would cost more than half of what is saved
  const remembered = new Map<string, Map<string, Hash>>();
  let count = 0;
  return {
    digest,
    field(path, text) {
      if (text === '') return EMPTY;
      const known = remembered.get(path)?.get(text);
      if (known !== undefined) return known;
      if (count >= MAX_REMEMBERED) {
        remembered.clear();
        count = 0;
      }
      const made = digest(`${path}\0${text}`);
      const texts = remembered.get(path);
      if (texts) texts.set(text, made);
      else remembered.set(path, new Map([[text, made]]));
      count += 1;
      return made;
    },
  };
}

// --- internal ---

/** "a" follows "9" in what it means, though not in what it is. */
const LETTERS = 'a'.charCodeAt(0) - 10;
const FIRST_DIGIT = '0'.charCodeAt(0);
const LAST_DIGIT = '9'.charCodeAt(0);

/** A hexadecimal digit. */
function digitAt(hash: Hash, at: number): number {
  const code = hash.charCodeAt(at);
  return code - (code > LAST_DIGIT ? LETTERS : FIRST_DIGIT);
}
