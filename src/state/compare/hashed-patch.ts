import { valueAt } from '../../core/field-path.ts';
import type { Patch } from '../../core/types.ts';
import type { Hash, Hasher } from './hash.ts';
import { canonicalText, type Kind, kindOf } from './normalise.ts';

/** A field of a patch as the comparison knows it. */
export interface OurField {
  readonly path: string;
  readonly hash: Hash;
  readonly kind: Kind;
}

/** The part of a patch that is compared. */
export interface Comparable extends Pick<Patch, 'contactId' | 'body' | 'fields'> {
  /**
   * The cells of the row that all of the patch was made of, as one text. Under one mapping equal cells make equal
   * patches, so that a row like it is known before it is mapped.
   */
  readonly cells?: string;
}

/** A digest of everything that the patch sets: equal digests, equal patches. `reading` names how cells are read. */
export function digestOf({ cells, body }: Comparable, reading: string, hasher: Hasher): Hash {
  return cells === undefined ? hasher.digest(JSON.stringify(body)) : digestOfCells(cells, reading, hasher);
}

/** The digest of the patch that is made of these cells. */
export function digestOfCells(cells: string, reading: string, hasher: Hasher): Hash {
  return hasher.digest(`${reading}\0${cells}`);
}

/** The fields of the patch with their hashes, in its order. */
export function hashFields(patch: Comparable, hasher: Hasher): readonly OurField[] {
  return patch.fields.map((path) => {
    const value = valueAt(patch.body, path);
    return { path, hash: hasher.field(path, canonicalText(path, value)), kind: kindOf(path, value) };
  });
}
