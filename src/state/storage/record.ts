import type { Hash } from '../compare/hash.ts';
import type { Kind } from '../compare/normalise.ts';
import type { Area } from '../compare/paths.ts';

/** What is known of one field of one contact. */
export interface FieldRecord {
  /** What we last sent; undefined: nothing yet. */
  base: Hash | undefined;
  /** JSON type of what we last sent. */
  kind: Kind;
  /** Number of the mapping that wrote `base`. */
  writer: number;
  /** What the account was last seen to hold; undefined: not known. */
  theirs: Hash | undefined;
  /** A write was begun whose fate is not known. */
  inDoubt: boolean;
}

/** What is known of one contact. */
export interface ContactRecord {
  /** Number of the run or pull that last wrote the record, in whichever store of the account. */
  epoch: number;
  /** Whether the contact was met in the account then, or since the pull that was open then began. */
  isMet: boolean;
  /** Whether that run has written to it: what a search says of it may be older than that. */
  isWritten: boolean;
  /** A complete pull did not list the contact: it is found by no key until it is seen again. */
  isUnlisted: boolean;
  /** Areas that were seen: a field of theirs that has no record is empty in the account. */
  areas: Set<Area>;
  /** Digests of patches of which every field is as in its `base`, the latest first. */
  digests: Hash[];
  /** By number of the path. */
  fields: Map<number, FieldRecord>;
}

/** Patches remembered per contact: one per mapping that regularly meets it. */
export const MAX_DIGESTS = 3;

/** The record of a contact that nothing is known of. */
export function emptyRecord(): ContactRecord {
  return {
    epoch: 0,
    isMet: false,
    isWritten: false,
    isUnlisted: false,
    areas: new Set(),
    digests: [],
    fields: new Map(),
  };
}
