import type { Clock } from '../../core/clock.ts';
import { EXIT, messageOf, RunError } from '../../core/errors.ts';
import type { JsonValue } from '../../core/types.ts';
import type { Batch, ContactBytes, Storage } from './storage.ts';

/** Milliseconds from one urgent commit to the next: under load, what comes meanwhile shares a sync of the disk. */
const URGENT_MS = 10;
/** How long a write may wait that nobody waits for. */
const LAZY_MS = 200;
/**
 * Contacts that may wait to be written before {@link Store.room} makes the caller wait, and writing begins. LMDB writes
 * every page that a commit touches anew and keeps the old ones for later, so commits of ten thousand scattered contacts
 * leave a file twice as large as these.
 */
const MAX_WAITING = 1_000;

/**
 * What has been written, readable at once: memory in front of the disk until the disk has it. Without a disk, or with
 * one that is read only, it stays in memory and goes with the process.
 */
export class Store {
  readonly #disk: Storage | undefined;
  readonly #isKept: boolean;
  readonly #clock: Clock;
  readonly #onClosed: (() => void) | undefined;
  #meta = new Map<string, JsonValue>();
  /** What is to be written next, and what is being written. */
  #next = emptyBatch();
  #current = emptyBatch();
  /** The commit of {@link Store.#next}, once somebody waits for it; and the one that is going on. */
  #coming: Promise<void> | undefined;
  #running: Promise<void> | undefined;
  #begunAt = Number.NEGATIVE_INFINITY;
  #isTimed = false;
  #failure: RunError | undefined;
  readonly #closing = new AbortController();

  /** `isKept`: whether what is set goes to the disk. `onClosed` is called after the disk was closed, if it is. */
  constructor(options: { disk: Storage | undefined; isKept: boolean; clock: Clock; onClosed?: () => void }) {
    this.#disk = options.disk;
    this.#isKept = options.isKept && options.disk !== undefined;
    this.#clock = options.clock;
    this.#onClosed = options.onClosed;
    for (const [key, value] of options.disk?.meta() ?? []) this.#meta.set(key, value);
  }

  /** Everything under `meta`, by key. */
  get meta(): ReadonlyMap<string, JsonValue> {
    return this.#meta;
  }

  setMeta(key: string, value: JsonValue): void {
    this.#meta.set(key, value);
    this.#next.meta.set(key, value);
    this.#writeSoon();
  }

  /** The contact's record: good until the next call. */
  contact(id: number): Buffer | undefined {
    return this.#next.contacts.get(id) ?? this.#current.contacts.get(id) ?? this.#disk?.contact(id);
  }

  /** Contacts in the order of the disk, from `after` on, at most `limit` of them; what waits to be written is not among them. */
  contactsOnDisk(after: number | undefined, limit: number): readonly ContactBytes[] {
    return this.#disk?.contacts(after, limit) ?? [];
  }

  /** `bytes` are the store's from now on. */
  setContact(id: number, bytes: Buffer): void {
    this.#next.contacts.set(id, bytes);
    this.#writeSoon();
  }

  /** Contacts that a key with this prefix may belong to. */
  holders(prefix: string): number[] {
    const ids = new Set(this.#disk?.holders(prefix));
    for (const { holders } of [this.#current, this.#next]) {
      for (const [id, isHeld] of holders.get(prefix) ?? []) {
        if (isHeld) ids.add(id);
        else ids.delete(id);
      }
    }
    return [...ids];
  }

  setHolder(prefix: string, id: number, isHeld: boolean): void {
    const ids = this.#next.holders.get(prefix);
    if (ids) ids.set(id, isHeld);
    else this.#next.holders.set(prefix, new Map([[id, isHeld]]));
    this.#writeSoon();
  }

  /** Resolves when everything set so far would survive a power cut. Throws `RunError` (3) when it cannot be written. */
  async durable(): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (!this.#isKept) return;
    if (!isEmpty(this.#next)) this.#coming ??= this.#commitNext();
    await (this.#coming ?? this.#running);
    if (this.#failure) throw this.#failure;
  }

  /** Resolves when memory has room for more: at once unless writing lags behind. Throws as {@link durable} does. */
  async room(): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (this.#isFull()) await this.durable();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    try {
      await this.durable();
    } finally {
      await this.#disk?.close();
      if (this.#isKept) this.#onClosed?.();
    }
  }

  // --- internal ---

  #isFull(): boolean {
    return this.#next.contacts.size >= MAX_WAITING;
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
    this.#current = this.#next;
    this.#next = emptyBatch();
    const running = this.#disk?.commit(this.#current).then(
      () => {
        this.#current = emptyBatch();
      },
      (cause) => {
        this.#failure ??= notWritable(cause);
      },
    );
    this.#running = running;
    await running;
    if (this.#running === running) this.#running = undefined;
  }
}

// --- internal ---

function emptyBatch() {
  return {
    meta: new Map<string, JsonValue>(),
    contacts: new Map<number, Buffer>(),
    holders: new Map<string, Map<number, boolean>>(),
  } satisfies Batch;
}

function isEmpty({ meta, contacts, holders }: Batch): boolean {
  return meta.size + contacts.size + holders.size === 0;
}

function notWritable(cause: unknown): RunError {
  return new RunError(
    'ERR_STATE_WRITE',
    `the state could not be written: ${messageOf(cause)}. Is the disk full? Nothing is lost: go on with --resume once there is room`,
    { exitCode: EXIT.stopped, cause },
  );
}
