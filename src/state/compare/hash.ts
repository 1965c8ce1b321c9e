import { hash } from 'node:crypto';

/** What is kept of a value: 8 bytes of a salted SHA-256, as 16 hex digits. Values themselves are never kept. */
export type Hash = string;

/** Bytes of a {@link Hash} on disk. */
export const HASH_BYTES = 8;
/** The hash of "nothing there": absent, null and empty are one. */
export const EMPTY: Hash = '0'.repeat(2 * HASH_BYTES);

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
