import type { Patch } from '../types.ts';
import type { Hash, Hasher } from './hash.ts';
import { canonicalText, type Kind, kindOf } from './normalise.ts';
import { valueAt } from './paths.ts';

/** A field of a patch as the comparison knows it. */
export interface OurField {
  readonly path: string;
  readonly hash: Hash;
  readonly kind: Kind;
}

/** The part of a patch that is compared. */
export type Comparable = Pick<Patch, 'contactId' | 'body' | 'fields'>;

/** A digest of everything that the patch sets: equal digests, equal patches. */
export function digestOf(patch: Comparable, hasher: Hasher): Hash {
  return hasher.digest(JSON.stringify(patch.body));
}

/** The fields of the patch with their hashes, in its order. */
export function hashFields(patch: Comparable, hasher: Hasher): readonly OurField[] {
  return patch.fields.map((path) => {
    const value = valueAt(patch.body, path);
    return { path, hash: hasher.field(path, canonicalText(path, value)), kind: kindOf(path, value) };
  });
}
