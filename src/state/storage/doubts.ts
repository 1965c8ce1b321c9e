import type { Clock } from '../../core/clock.ts';
import type { Hash } from '../compare/hash.ts';
import type { Doubt, Storage } from './storage.ts';

/** Doubts in the log before it is begun anew without those that are settled: some megabytes. */
const MAX_LOGGED = 20_000;
/** Milliseconds from one entry to the next: under load, what comes meanwhile shares a sync of the disk. */
const ENTRY_MS = 4;

export interface DoubtsOptions {
  readonly clock: Clock;
  /** Nothing waits any more for others to come. */
  readonly closing: AbortSignal;
  /** Where they are logged; undefined where nothing is kept, or while one disk takes the place of another. */
  readonly disk: () => Storage | undefined;
  /** Whether they are logged at all. */
  readonly isKept: boolean;
  /** Resolves when all that was settled so far would survive a power cut. */
  readonly durable: () => Promise<void>;
  /** Called when they cannot be logged; gives what is thrown. */
  readonly onFailure: (cause: unknown) => unknown;
}

/**
 * The writes that are under way. Each is logged before its request may leave, all that come meanwhile with one sync of the
 * disk; what became of it goes to the database with many others, and only once it is there does the log forget it.
 */
export class Doubts {
  readonly #options: DoubtsOptions;
  readonly #underWay = new Map<number, Doubt>();
  /** Contacts that are about to hold a key. */
  readonly #byKey = new Map<Hash, Set<number>>();
  #waiting: Doubt[] = [];
  /** The log entry that {@link Doubts.#waiting} will have, once a request waits for it; and the one that is being written. */
  #coming: Promise<void> | undefined;
  #running: Promise<void> | undefined;
  #begunAt = Number.NEGATIVE_INFINITY;
  #logged = 0;
  /** Settled since it was decided to begin the log anew: the database may not have them yet. Undefined: it was not. */
  #lately: Doubt[] | undefined;
  /** The database has all that was settled before. */
  #isTimeToBeginAnew = false;

  constructor(options: DoubtsOptions) {
    this.#options = options;
  }

  /** A write is about to begin. Resolves when that would survive a power cut: only then may its request leave. */
  begin(doubt: Doubt): Promise<void> {
    this.end(doubt.id);
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

  /** The write to a contact is over, and what became of it goes to the database. */
  end(id: number): Doubt | undefined {
    const doubt = this.#underWay.get(id);
    if (!doubt) return undefined;
    this.#underWay.delete(id);
    for (const key of doubt.keys) {
      const ids = this.#byKey.get(key);
      ids?.delete(id);
      if (ids?.size === 0) this.#byKey.delete(key);
    }
    this.#lately?.push(doubt);
    return doubt;
  }

  get(id: number): Doubt | undefined {
    return this.#underWay.get(id);
  }

  has(id: number): boolean {
    return this.#underWay.has(id);
  }

  /** Contacts that are about to hold the key. */
  aboutToHold(key: Hash): Iterable<number> {
    return this.#byKey.get(key) ?? [];
  }

  /** The writes of which nothing is known yet. */
  get underWay(): readonly Doubt[] {
    return [...this.#underWay.values()];
  }

  /** From the next entry on, or the end, the log holds only what is not in the database by then. */
  beginAnewSoon(): void {
    if (this.#lately || !this.#options.isKept) return;
    this.#lately = [];
    this.#options.durable().then(
      () => {
        this.#isTimeToBeginAnew = true;
      },
      () => {}, // told to whoever waits next
    );
  }

  /** The database has everything: empties the log. */
  async close(): Promise<void> {
    await this.#coming?.catch(() => {}); // told to those who wait for it
    await this.#running;
    if (this.#logged > 0 || this.#lately) await this.#options.disk()?.keepDoubts(this.underWay);
  }

  // --- internal ---

  /** One entry for all writes that come until it is written. */
  async #logNext(): Promise<void> {
    await this.#running;
    const { clock, closing } = this.#options;
    const early = this.#begunAt + ENTRY_MS - clock.monotonic();
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
    const { disk, durable, onFailure } = this.#options;
    try {
      if (!disk()) await durable(); // another disk takes the place of a damaged one
      if (this.#isTimeToBeginAnew) {
        const kept = [...this.#underWay.values(), ...(this.#lately ?? [])];
        this.#isTimeToBeginAnew = false;
        this.#lately = undefined;
        this.#logged = kept.length;
        await disk()?.keepDoubts(kept);
      } else {
        this.#logged += doubts.length;
        await disk()?.doubt(doubts);
      }
    } catch (cause) {
      throw onFailure(cause);
    }
    if (this.#logged > MAX_LOGGED) this.beginAnewSoon();
  }
}
