import type { ConflictPolicy, JsonObject, JsonValue, MatchKey } from '../core/types.ts';
import type { Comparison } from './compare/compare-patch.ts';
import type { Hash } from './compare/hash.ts';
import type { Comparable } from './compare/hashed-patch.ts';
import type { OtherWriter } from './other-mappings.ts';
import type { Pull } from './pull-checkpoint.ts';

/**
 * What is known of an account's contacts: of every field what we last sent and what the account was last seen to
 * hold, as hashes. It forgets rather than guesses: what it does not know is sent.
 *
 * All calls for one contact come one after the other, in the order in which its rows are sent.
 */
export interface State {
  /** What the user should know of how the state was found. */
  readonly notes: readonly string[];
  /** Nothing is written to the disk: what is told stays in memory. */
  readonly isReadOnly: boolean;

  /** What of a patch is to be sent; `policy` is `on_conflict` of a path. Changes nothing. */
  compare(patch: Comparable, policy: (path: string) => ConflictPolicy, how?: HowToCompare): Comparison;

  /**
   * What these fields of the row were last sent as, if a row of these cells has nothing to send to the contact: all that
   * the mapping made of them is as it was last sent. Undefined where that is not known for sure. Changes nothing.
   */
  basesIfUnchanged(contactId: number, cells: string, fields: readonly string[]): readonly Hash[] | undefined;
  /** What is kept of a value at a path. */
  hashOf(path: string, value: JsonValue | undefined): Hash;

  /**
   * The fields `send` are about to be sent. Resolves when that would survive a power cut: only then may the request
   * leave. Whatever comes, they are sent again until {@link delivered} or {@link refused} is told. Once the write is over,
   * one of these two is told, or {@link undecided}. Rejects with a `RunError` (3) when the state cannot be written.
   */
  doubt(patch: Comparable, send: readonly string[]): Promise<void>;
  /**
   * The write was answered. Fields of the patch that were not sent count as kept. `contact` is the contact of the
   * answer, only if answers are known to show what the contact holds after the write (livedesk-api.md 2.3); without
   * it nothing is known of what the account holds in the fields sent.
   */
  delivered(patch: Comparable, sent: readonly string[], contact: JsonObject | undefined): void;
  /** The API refused the write for good, in its only attempt, or it never left, so the contact is as before. */
  refused(patch: Comparable): void;
  /** The fate of the write is not known, in any of its attempts: it stays in doubt. */
  undecided(patch: Comparable): void;
  /** Nothing was sent: keeps what the comparison found. Does nothing where that was known. */
  confirm(patch: Comparable, comparison: Comparison): void;

  /**
   * The account holds this contact: from a listing, a search, or a read. Of a contact that this run has written to,
   * only {@link delivered} learns, since a listing may be older than the write, and what was read after every write
   * (`isNow`).
   */
  learn(contact: JsonObject, isNow?: boolean): Learnt;
  /** Contacts that hold the key, as far as is known; more than one where it is in doubt who does. */
  find(key: MatchKey): readonly number[];
  /** Whether a contact that {@link find} gives may have lost the key, or not got it: a write of its fate is not known. */
  isDoubtful(key: MatchKey): boolean;
  /** Whether the contact was last seen, or left, with this value at a path, and no write of unknown fate came after. */
  holds(contactId: number, path: string, value: JsonValue): boolean;
  /** Whether a pull has seen the whole account. */
  readonly isComplete: boolean;
  /** When the last complete pull began, Unix time in milliseconds. */
  readonly completeAt: number | undefined;

  /**
   * What is remembered of these fields of a contact, and of those that a write to them may change as well, for
   * {@link putBack}: as hashes, of use to this state alone. Changes nothing.
   */
  remembered(contactId: number, paths: readonly string[]): JsonObject;
  /**
   * A write to these fields was taken back: what was last sent of them is what it was when {@link remembered} gave
   * `memory`. What another state remembered, or nothing, makes them fields that were never sent.
   */
  putBack(contactId: number, paths: readonly string[], memory: JsonObject | undefined): void;

  /** Contacts that are known on the disk. */
  countContacts(): Promise<number>;
  /** Begins a pull, or goes on with the one that was not ended; `anew` begins in any case. */
  beginPull(anew?: boolean): Pull;
  /** Contacts that the open pull has met so far, those of earlier processes included. */
  countMet(): Promise<number>;
  /** A page was learned; `cursor` says where to go on. Resolves when both are safe. */
  progressPull(cursor: JsonValue): Promise<void>;
  /**
   * The pull has listed the whole account: contacts with a key that it did not meet are `dropped`, and found by no key any
   * more. A contact without e-mail, phone and identifier is in no list, and stays as it is.
   */
  endPull(): Promise<{ readonly contacts: number; readonly dropped: number }>;

  /** Fields that another mapping had written differently, noticed in this run. */
  otherWriters(): readonly OtherWriter[];
  /** Resolves when memory has room for more. To be awaited between rows that are not awaited one by one. */
  room(): Promise<void>;
  /** Writes what is left and marks the state as cleanly closed. */
  close(): Promise<void>;
}

/** What a patch is compared with. */
export interface HowToCompare {
  /** What the account holds was seen just now: fields that are enforced count nothing older. Default: it was not. */
  readonly isFresh?: boolean;
  /** What the account holds, as it was read just now: it counts in the place of what the state knows, and is not kept. */
  readonly seen?: JsonObject | undefined;
  /** Some fields may be enforced, so that a row which is as it was last sent need not be settled. Default: none is. */
  readonly enforces?: boolean;
}

/** What came of learning a contact. */
export interface Learnt {
  /** The pull that is open meets the contact for the first time, in any process. */
  readonly isFirst: boolean;
  /** It counts from now on as what the account holds. */
  readonly isTaken: boolean;
}

export type { Comparable, Comparison, ConflictPolicy, Hash, OtherWriter, Pull };
