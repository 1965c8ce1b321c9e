import type { JsonValue } from '../../core/types.ts';
import type { Hash } from '../compare/hash.ts';

/** Things to be written, all of them or none. */
export interface Batch {
  readonly meta: ReadonlyMap<string, JsonValue>;
  readonly contacts: ReadonlyMap<number, Buffer>;
  /** Whether a key may belong to a contact, by the key's prefix and the contact's id. */
  readonly holders: ReadonlyMap<string, ReadonlyMap<number, boolean>>;
}

/** A contact's record with its id. */
export interface ContactBytes {
  readonly id: number;
  readonly bytes: Buffer;
}

/** Fields of a contact that are about to be sent. */
export interface Doubt {
  readonly id: number;
  readonly fields: readonly string[];
  /** Keys that the contact is about to hold. */
  readonly keys: readonly Hash[];
}

/** What is on the disk cannot be read: it is not what was written. */
export class DamagedStorage extends Error {
  override readonly name = 'DamagedStorage';
}

/**
 * What holds the state when the process is gone. All but {@link Storage.close} throw {@link DamagedStorage} where the disk
 * does not hold what was written.
 */
export interface Storage {
  /** Bytes that the database takes, as of the last commit. */
  readonly size: number;
  /** Everything under `meta`. */
  meta(): Iterable<readonly [string, JsonValue]>;
  /** The contact's record: good until the next call. */
  contact(id: number): Buffer | undefined;
  /** Contacts in an order of the disk's own, from `after` on. */
  contacts(after: number | undefined, limit: number): readonly ContactBytes[];
  /** Contacts that a key with this prefix may belong to. */
  holders(prefix: string): readonly number[];
  /** What was in doubt when the process before ended, and what may have been settled since. */
  doubts(): readonly Doubt[];
  /** Puts these in doubt. Resolves when they would survive a power cut. */
  doubt(doubts: readonly Doubt[]): Promise<void>;
  /** Nothing is in doubt any more but these. */
  keepDoubts(doubts: readonly Doubt[]): Promise<void>;
  /** Resolves when the batch would survive a power cut. */
  commit(batch: Batch): Promise<void>;
  close(): Promise<void>;
}
