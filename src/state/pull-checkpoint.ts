import { setImmediate as nextTurn } from 'node:timers/promises';
import { EXIT, RunError } from '../core/errors.ts';
import type { JsonValue } from '../core/types.ts';
import type { ContactRecords } from './storage/contact-records.ts';
import type { OtherStores } from './storage/other-stores.ts';
import type { Store } from './storage/store.ts';

/** A pull that has begun. */
export interface Pull {
  /** Where it goes on, as it was handed to `progressPull`; undefined: at the start. */
  readonly cursor: JsonValue | undefined;
  /** Unix time in milliseconds. */
  readonly startedAt: number;
}

/** What pulls are kept in. */
export interface PullPlace {
  readonly store: Store;
  readonly others: OtherStores;
  readonly records: ContactRecords;
}

/** What is kept of pulls: how far the last one got, and when one last saw the whole account. */
export class PullCheckpoint {
  readonly #store: Store;
  readonly #others: OtherStores;
  readonly #records: ContactRecords;
  constructor({ store, others, records }: PullPlace) {
    this.#store = store;
    this.#others = others;
    this.#records = records;
  }

  /** Unix time in milliseconds at which the last complete pull began; undefined: there was none. */
  get completeAt(): number | undefined {
    const [at, epoch] = ['pull-complete', 'pull-complete-epoch'].map((key) => this.#store.meta.get(key));
    const elsewhere = this.#others.completeAt;
    if (typeof at !== 'number' || !this.#others.isCurrent(typeof epoch === 'number' ? epoch : 0))
      return elsewhere;
    return Math.max(at, elsewhere ?? at);
  }

  /** The pull that was begun and not ended. Contacts that it has met carry its epoch or a later one. */
  get open(): (Pull & { readonly epoch: number }) | undefined {
    const pull = this.#store.meta.get('pull');
    if (typeof pull !== 'object' || pull === null || Array.isArray(pull)) return undefined;
    const { epoch, startedAt, cursor } = pull;
    if (typeof epoch !== 'number' || typeof startedAt !== 'number') return undefined;
    if (!this.#others.isCurrent(epoch)) return undefined;
    return { epoch, startedAt, cursor: cursor ?? undefined };
  }

  begin(epoch: number, startedAt: number): Pull {
    this.#store.setMeta('pull', { epoch, startedAt, cursor: null });
    return { startedAt, cursor: undefined };
  }

  /** Resolves when the page is safe with all that was learned from it. */
  async progress(cursor: JsonValue): Promise<void> {
    const open = this.#begun();
    this.#store.setMeta('pull', { epoch: open.epoch, startedAt: open.startedAt, cursor });
    await this.#store.durable();
  }

  /** Contacts that are known, whatever met them. */
  async countKnown(): Promise<number> {
    let known = 0;
    await this.#each(() => {
      known += 1;
    });
    return known;
  }

  /** Contacts that the open pull has met. */
  async countMet(): Promise<number> {
    const { open } = this;
    let met = 0;
    await this.#each((_id, epoch) => {
      if (open && epoch >= open.epoch) met += 1;
    });
    return met;
  }

  /**
   * Calls `drop` for every contact that the pull has not met, then marks the account as known. `drop` says whether the
   * contact had to be in the list, and was so far.
   */
  async end(
    drop: (contactId: number) => boolean,
  ): Promise<{ readonly contacts: number; readonly dropped: number }> {
    const open = this.#begun();
    let contacts = 0;
    let dropped = 0;
    await this.#each((id, epoch) => {
      if (epoch >= open.epoch) contacts += 1;
      else if (drop(id)) dropped += 1;
    });
    this.#begun();
    this.#store.setMeta('pull', null);
    this.#store.setMeta('pull-complete', open.startedAt);
    this.#store.setMeta('pull-complete-epoch', open.epoch);
    await this.#store.durable();
    return { contacts, dropped };
  }

  // --- internal ---

  /** The pull that goes on. What was learned before the store turned out to be damaged is lost, and with it the pull. */
  #begun(): NonNullable<PullCheckpoint['open']> {
    const { open } = this;
    if (open) return open;
    throw new RunError(
      'ERR_STATE',
      'the state turned out to be damaged while contacts were read into it, and was begun anew: pull again',
      { exitCode: EXIT.stopped },
    );
  }

  /** Shows every contact with the epoch in which it was last met. */
  async #each(show: (contactId: number, metIn: number) => void): Promise<void> {
    await this.#store.durable();
    for (const page of this.#records.pages()) {
      for (const [id, metIn] of page) show(id, metIn);
      await this.#store.room();
      await nextTurn();
    }
  }
}
