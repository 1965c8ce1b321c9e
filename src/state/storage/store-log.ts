import type { Clock } from '../../core/clock.ts';
import type { Hash } from '../compare/hash.ts';
import type { Doubt, LoggedChange } from './logged-change.ts';
import type { StorageLog } from './storage.ts';

/** Milliseconds from one sync to the next: under load, what comes meanwhile shares it. */
const SYNC_MS = 4;
/** Bytes of the log at which it is begun anew without what the database has by then. */
const MAX_BYTES = 4 * 1024 * 1024;

export interface StoreLogOptions {
  readonly clock: Clock;
  /** Nothing waits any more for others to come. */
  readonly closing: AbortSignal;
  /** Undefined where nothing is kept, or while one disk takes the place of another. */
  readonly log: () => StorageLog | undefined;
  /** Whether anything is logged at all. */
  readonly isKept: boolean;
  /** What the database does not have yet. */
  readonly unwritten: () => readonly LoggedChange[];
  /** Resolves when the database has everything; puts another disk in the place of a damaged one. */
  readonly durable: () => Promise<void>;
  /** Called when the log cannot be written; gives what is thrown. */
  readonly onFailure: (cause: unknown) => unknown;
}

/**
 * What stands between the rows and the database: each write is logged before its request may leave, all that come
 * meanwhile with one sync of the disk, and so is what becomes of it. The database follows with many changes at a time; what a
 * process that was killed had not written there is read from the log.
 */
export class StoreLog {
  readonly #options: StoreLogOptions;
  readonly #underWay = new Map<number, Doubt>();
  /** Contacts that are about to hold a key. */
  readonly #byKey = new Map<Hash, Set<number>>();
  /** What is to be logged next; and whether that is in hand. */
  #notes: LoggedChange[] = [];
  #isFlushComing = false;
  #waiting: Doubt[] = [];
  /** The entry that {@link StoreLog.#waiting} will have, once a request waits for it; and the one that is being written. */
  #coming: Promise<void> | undefined;
  #running: Promise<void> | undefined;
  #begunAt = Number.NEGATIVE_INFINITY;
  /** Bytes at which the log is begun anew. */
  #maxBytes = MAX_BYTES;

  constructor(options: StoreLogOptions) {
    this.#options = options;
  }

  /** A write is about to begin. Resolves when that would survive a power cut: only then may its request leave. */
  begin(doubt: Doubt): Promise<void> {
    this.#forget(doubt.id);
    this.#underWay.set(doubt.id, doubt);
    for (const key of doubt.keys) {
      const ids = this.#byKey.get(key);
      if (ids) ids.add(doubt.id);
      else this.#byKey.set(key, new Set([doubt.id]));
    }
    if (!this.#options.isKept) return Promise.resolve();
    this.#waiting.push(doubt);
    this.#coming ??= this.#logNext();
    return this.#coming;
  }

  /** The write to a contact is over. What became of it was noted before: a log that is cut off in between says too little. */
  end(id: number): void {
    if (!this.#forget(id)) return;
    const last = this.#notes.at(-1);
    if (last?.kind === 'contact' && last.id === id) last.isSettled = true;
    else this.note({ kind: 'settled', id });
  }

  /** Something has changed. The kernel has it soon after, and the disk with the next write that begins. */
  note(entry: LoggedChange): void {
    if (!this.#options.isKept) return;
    this.#notes.push(entry);
    // a state that met no contact stays as it was found
    if (entry.kind === 'meta' || this.#isFlushComing) return;
    this.#isFlushComing = true;
    setImmediate(() => {
      this.#isFlushComing = false;
      try {
        this.#flush([]);
      } catch (cause) {
        this.#options.onFailure(cause);
      }
    });
  }

  /** The write to a contact that is under way. */
  get(id: number): Doubt | undefined {
    return this.#underWay.get(id);
  }

  /** Contacts that are about to hold the key. */
  aboutToHold(key: Hash): Iterable<number> {
    return this.#byKey.get(key) ?? [];
  }

  /** The writes of which nothing is known yet. */
  get underWay(): readonly Doubt[] {
    return [...this.#underWay.values()];
  }

  /** The database has everything: empties the log. */
  async close(): Promise<void> {
    await this.#coming?.catch(() => {}); // told to those who wait for it
    await this.#running;
    this.#notes = [];
    if (this.#options.isKept) this.#options.log()?.clear();
  }

  // --- internal ---

  #forget(id: number): boolean {
    const doubt = this.#underWay.get(id);
    if (!doubt) return false;
    this.#underWay.delete(id);
    for (const key of doubt.keys) {
      const ids = this.#byKey.get(key);
      ids?.delete(id);
      if (ids?.size === 0) this.#byKey.delete(key);
    }
    return true;
  }

  /** One sync for all writes that come until it begins. */
  async #logNext(): Promise<void> {
    await this.#running;
    const { clock, closing } = this.#options;
    const early = this.#begunAt + SYNC_MS - clock.monotonic();
    if (early > 0) await clock.sleep(early, closing);
    this.#begunAt = clock.monotonic();
    this.#coming = undefined;
    // a write that was withdrawn meanwhile need not be logged any more
    const doubts = this.#waiting.filter((doubt) => this.#underWay.get(doubt.id) === doubt);
    this.#waiting = [];
    if (doubts.length === 0) return;
    const running = this.#log(doubts);
    this.#running = running.catch(() => {}); // told to those who wait for it
    await running;
  }

  async #log(doubts: readonly Doubt[]): Promise<void> {
    const { log, durable, unwritten, onFailure } = this.#options;
    try {
      if (!log()) await durable(); // another disk takes the place of a damaged one
      if ((log()?.size ?? 0) > this.#maxBytes) {
        this.#notes = [];
        await log()?.beginAnew([...unwritten(), ...this.underWay.map(entryOfDoubt)]);
        this.#maxBytes = Math.max(MAX_BYTES, 2 * (log()?.size ?? 0));
      } else {
        this.#flush(doubts);
        await log()?.sync();
      }
    } catch (cause) {
      throw onFailure(cause);
    }
  }

  /** Everything that was noted, in its order, and then the writes that are about to begin. */
  #flush(doubts: readonly Doubt[]): void {
    const log = this.#options.log();
    if (!log || this.#notes.length + doubts.length === 0) return;
    const notes = this.#notes;
    this.#notes = [];
    log.add([...notes, ...doubts.map(entryOfDoubt)]);
  }
}

// --- internal ---

function entryOfDoubt(doubt: Doubt): LoggedChange {
  return { kind: 'doubt', doubt };
}
