import type { JsonValue } from '../../core/types.ts';
import type { LoggedChange } from './logged-change.ts';

/** Things to be written, all of them or none. */
export interface Batch {
  readonly meta: ReadonlyMap<string, JsonValue>;
  readonly contacts: ReadonlyMap<number, Buffer>;
  /** Whether a key may belong to contacts, each once, by the key's prefix. */
  readonly holders: ReadonlyMap<string, readonly (readonly [id: number, isHeld: boolean])[]>;
}

/** A contact's record with its id. */
export interface ContactBytes {
  readonly id: number;
  readonly bytes: Buffer;
}

/** What was changed since the database was last written, in order. */
export interface StorageLog {
  /** What an earlier process left. */
  read(): readonly LoggedChange[];
  /** Bytes. */
  readonly size: number;
  /** The kernel has the entries when the call returns. */
  add(entries: readonly LoggedChange[]): void;
  /** Resolves when what was added would survive a power cut. */
  sync(): Promise<void>;
  /** Puts these in the place of all entries. Resolves when that would survive a power cut. */
  beginAnew(entries: readonly LoggedChange[]): Promise<void>;
  /** The database has everything. */
  clear(): void;
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
  readonly log: StorageLog;
  /** Everything under `meta`. */
  meta(): Iterable<readonly [string, JsonValue]>;
  /** The contact's record: good until the next call. */
  contact(id: number): Buffer | undefined;
  /** Contacts in an order of the disk's own, from `after` on. */
  contacts(after: number | undefined, limit: number): readonly ContactBytes[];
  /** Contacts that a key with this prefix may belong to. */
  holders(prefix: string): readonly number[];
  /** Resolves when the batch would survive a power cut. */
  commit(batch: Batch): Promise<void>;
  close(): Promise<void>;
}
