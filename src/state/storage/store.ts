import type { Clock } from '../../core/clock.ts';
import { EXIT, messageOf, RunError } from '../../core/errors.ts';
import type { JsonValue } from '../../core/types.ts';
import { ChangeBatch } from './change-batch.ts';
import type { Doubt, KeyChange, LoggedChange, StoreChange } from './logged-change.ts';
import { type ContactBytes, DamagedStorage, type Storage } from './storage.ts';
import { StoreLog } from './store-log.ts';

/** Milliseconds from one urgent commit to the next: under load, what comes meanwhile shares a sync of the disk. */
const URGENT_MS = 10;
/** How long a write may wait that nobody waits for. */
const LAZY_MS = 1_000;
/**
 * Contacts that may wait until writing begins. LMDB writes every page that a commit touches anew and keeps the old ones for
 * later. Of a small database a commit of five thousand contacts costs a third of the time of five commits; a large one grows
 * by the pages of some commits: a million contacts with ten fields take 333 MB by a thousand at a time, and 247 MB by 125, in
 * the same time.
 */
const MAX_WAITING = { small: 5_000, large: 125 } as const;
/** A database is small up to this size, in bytes. */
const SMALL_BYTES = 32 * 1024 * 1024;
/** Contacts that may wait before {@link Store.room} makes the caller wait. */
const MOST_WAITING = { small: 10_000, large: 500 } as const;

/** So often a damaged disk is replaced; after that the fault lies deeper. */
const MAX_LOST = 2;
/** What `meta` says of all contacts together. */
const OF_ALL_CONTACTS = ['pull', 'pull-complete'];

export interface StoreOptions {
  readonly disk: Storage | undefined;
  /** Whether what is set goes to the disk. */
  readonly isKept: boolean;
  readonly clock: Clock;
  /** Called when nothing can be read from the disk any more. */
  readonly onLost?: () => void;
  /** Called after a disk that is kept was closed. */
  readonly onClosed?: () => void;
  /** Puts an empty disk in the place of a damaged one; where nothing is kept, only hears of it and gives none. */
  readonly replace?: (damaged: Storage, cause: DamagedStorage) => Promise<Storage | undefined>;
}

/**
 * What has been written, readable at once: memory in front of the disk until the disk has it. Without a disk, or with
 * one that is read only, it stays in memory and goes with the process.
 */
export class Store {
  /** The writes that are under way, and the log of what the database does not have yet. */
  readonly log: StoreLog;
  /** Whether an earlier process was cut off. */
  readonly wasCutOff: boolean;
  /** What it left in doubt. */
  readonly leftDoubts: readonly Doubt[];
  #disk: Storage | undefined;
  readonly #isKept: boolean;
  readonly #clock: Clock;
  readonly #onLost: (() => void) | undefined;
  readonly #onClosed: (() => void) | undefined;
  readonly #replace: StoreOptions['replace'];
  /** A disk that turned out to be damaged, until another one takes its place. */
  #lost: LostDisk | undefined;
  #timesLost = 0;
  #meta = new Map<string, JsonValue>();
  /** What is to be written next, and what is being written. */
  #next = new ChangeBatch();
  #current = new ChangeBatch();
  /** The commit of {@link Store.#next}, once somebody waits for it; and the one that is going on. */
  #coming: Promise<void> | undefined;
  #running: Promise<void> | undefined;
  #begunAt = Number.NEGATIVE_INFINITY;
  #isTimed = false;
  #failure: RunError | undefined;
  readonly #closing = new AbortController();

  constructor(options: StoreOptions) {
    this.#disk = options.disk;
    this.#isKept = options.isKept && options.disk !== undefined;
    this.#clock = options.clock;
    this.#onLost = options.onLost;
    this.#onClosed = options.onClosed;
    this.#replace = options.replace;
    for (const [key, value] of options.disk?.meta() ?? []) this.#meta.set(key, value);
    const left = options.disk?.log.read() ?? [];
    this.wasCutOff = left.length > 0;
    this.leftDoubts = this.#replay(left);
    this.log = new StoreLog({
      clock: options.clock,
      closing: this.#closing.signal,
      log: () => this.#disk?.log,
      unwritten: () => [...this.#current.changes(), ...this.#next.changes()],
      isKept: this.#isKept,
      durable: () => this.durable(),
      onFailure: (cause) => this.#fail(cause),
    });
  }

  /** Everything under `meta`, by key. */
  get meta(): ReadonlyMap<string, JsonValue> {
    return this.#meta;
  }

  setMeta(key: string, value: JsonValue): void {
    this.#meta.set(key, value);
    this.#change({ kind: 'meta', key, value });
  }

  /** The contact's record: good until the next call. */
  contact(id: number): Buffer | undefined {
    return (
      this.#next.contacts.get(id) ?? this.#current.contacts.get(id) ?? this.#read((disk) => disk.contact(id))
    );
  }

  /** Contacts in the order of the disk, from `after` on, at most `limit` of them; what waits to be written is not among them. */
  contactsOnDisk(after: number | undefined, limit: number): readonly ContactBytes[] {
    return this.#read((disk) => disk.contacts(after, limit)) ?? [];
  }

  /** `bytes` are the store's from now on; `keys` say which keys the contact may hold or may no longer hold. */
  setContact(id: number, bytes: Buffer, keys: readonly KeyChange[]): void {
    this.#change({ kind: 'contact', id, bytes, keys });
  }

  /** Contacts that a key with this prefix may belong to. */
  holders(prefix: string): number[] {
    const ids = new Set(this.#read((disk) => disk.holders(prefix)));
    for (const { holders } of [this.#current, this.#next]) {
      for (const [id, isHeld] of holders.get(prefix) ?? []) {
        if (isHeld) ids.add(id);
        else ids.delete(id);
      }
    }
    return [...ids];
  }

  /** Resolves when everything set so far would survive a power cut. Throws `RunError` (3) when it cannot be written. */
  async durable(): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (!this.#isKept) return;
    if (!this.#next.isEmpty) this.#coming ??= this.#commitNext();
    await (this.#coming ?? this.#running);
    if (this.#failure) throw this.#failure;
  }

  /** Resolves when memory has room for more: at once unless writing lags behind. Throws as {@link durable} does. */
  async room(): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (this.#next.contacts.size >= this.#sizeOf(MOST_WAITING)) await this.durable();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    try {
      await this.durable();
      await this.log.close();
    } finally {
      await (this.#disk ?? this.#lost?.disk)?.close().catch((cause) => {
        throw this.#failure ?? notWritable(cause);
      });
      if (this.#isKept && this.#disk) this.#onClosed?.();
    }
  }

  // --- internal ---

  /** Something is changed: it is readable at once, logged soon, and in the database before long. */
  #change(change: StoreChange): void {
    this.#next.add(change);
    this.log.note(change);
    this.#writeSoon();
  }

  /** Takes what an earlier process had not written to the database; gives the writes that it did not see the end of. */
  #replay(entries: readonly LoggedChange[]): readonly Doubt[] {
    const doubts = new Map<number, Doubt>();
    for (const entry of entries) {
      if (entry.kind === 'doubt') doubts.set(entry.doubt.id, entry.doubt);
      else if (entry.kind === 'settled') doubts.delete(entry.id);
      else if (entry.kind !== 'file') this.#next.add(entry);
      if (entry.kind === 'meta') this.#meta.set(entry.key, entry.value);
      if (entry.kind === 'contact' && entry.isSettled) doubts.delete(entry.id);
    }
    return [...doubts.values()];
  }

  #isFull(): boolean {
    return this.#next.contacts.size >= this.#sizeOf(MAX_WAITING);
  }

  /** How many contacts may wait, by the size of the database. */
  #sizeOf({ small, large }: typeof MAX_WAITING | typeof MOST_WAITING): number {
    return (this.#disk?.size ?? 0) > SMALL_BYTES ? large : small;
  }

  /** Sees to it that what was set is written before long though nobody waits for it. */
  #writeSoon(): void {
    if (!this.#isKept || this.#coming || this.#failure) return;
    if (this.#isFull()) {
      this.durable().catch(() => {});
      return;
    }
    if (this.#isTimed) return;
    this.#isTimed = true;
    void this.#clock.sleep(LAZY_MS, this.#closing.signal).then(() => {
      this.#isTimed = false;
      // a failure is told to whoever waits next
      this.durable().catch(() => {});
    });
  }

  /** One commit for all who come until it begins. */
  async #commitNext(): Promise<void> {
    await this.#running;
    const early = this.#begunAt + URGENT_MS - this.#clock.monotonic();
    if (early > 0) await this.#clock.sleep(early, this.#closing.signal);
    this.#begunAt = this.#clock.monotonic();
    this.#coming = undefined;
    const running = this.#commit().catch((cause) => {
      this.#fail(cause);
    });
    this.#running = running;
    await running;
    if (this.#running === running) this.#running = undefined;
  }

  /** Nothing can be written any more; gives what is thrown from now on. */
  #fail(cause: unknown): RunError {
    this.#failure ??= cause instanceof RunError ? cause : notWritable(cause);
    return this.#failure;
  }

  /** Commits what waits, to another disk if this one turns out to be damaged. */
  async #commit(): Promise<void> {
    do {
      if (this.#lost) await this.#replaceDisk(this.#lost);
      this.#current = this.#next;
      this.#next = new ChangeBatch();
      try {
        await this.#disk?.commit(this.#current);
      } catch (cause) {
        if (!(cause instanceof DamagedStorage)) throw cause;
        this.#lose(cause);
      }
    } while (this.#lost);
    this.#current = new ChangeBatch();
  }

  /** What the disk says; undefined where it is damaged: what is not known is sent. */
  #read<T>(look: (disk: Storage) => T): T | undefined {
    try {
      return this.#disk && look(this.#disk);
    } catch (cause) {
      if (!(cause instanceof DamagedStorage)) throw cause;
      this.#lose(cause);
      return undefined;
    }
  }

  /** The disk is damaged: nothing is read from it any more, and what is known in memory goes to another one. */
  #lose(cause: DamagedStorage): void {
    const disk = this.#disk;
    if (!disk) return;
    this.#disk = undefined;
    this.#lost = { disk, cause };
    this.#onLost?.();
    // nothing is known of contacts that this process has not met
    for (const key of OF_ALL_CONTACTS) this.#meta.delete(key);
    if (!this.#isKept) {
      void this.#replace?.(disk, cause);
      return;
    }
    const known = [...this.#current.changes(), ...this.#next.changes()];
    this.#next = new ChangeBatch();
    for (const [key, value] of this.#meta) this.#next.add({ kind: 'meta', key, value });
    for (const change of known) if (change.kind !== 'meta') this.#next.add(change);
    this.#writeSoon();
  }

  async #replaceDisk({ disk, cause }: LostDisk): Promise<void> {
    this.#timesLost += 1;
    if (!this.#replace || this.#timesLost > MAX_LOST) throw cause;
    this.#disk = await this.#replace(disk, cause);
    this.#lost = undefined;
  }
}

// --- internal ---

interface LostDisk {
  readonly disk: Storage;
  readonly cause: DamagedStorage;
}

function notWritable(cause: unknown): RunError {
  return new RunError(
    'ERR_STATE_WRITE',
    `the state could not be written: ${isFull(cause) ? 'no space left on the device' : messageOf(cause)}. Nothing is lost: go on with --resume once ${isFull(cause) ? 'there is room' : 'it can be written'}`,
    { exitCode: EXIT.stopped, cause },
  );
}

/** LMDB says it by the number of the system, or in its words. */
function isFull(cause: unknown): boolean {
  const code: unknown =
    typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return code === 28 || code === 'ENOSPC' || /no space left|ENOSPC/i.test(messageOf(cause));
}
