import { setImmediate as nextTurn } from 'node:timers/promises';
import { EXIT, RunError } from '../core/errors.ts';
import type { JsonValue } from '../core/types.ts';
import { epochOf } from './storage/codec.ts';
import type { Store } from './storage/store.ts';

/** A pull that has begun. */
export interface Pull {
  /** Where it goes on, as it was handed to `progressPull`; undefined: at the start. */
  readonly cursor: JsonValue | undefined;
  /** Unix time in milliseconds. */
  readonly startedAt: number;
}

/** Contacts looked at in one turn of the event loop. */
const SWEEP = 5_000;

/** What is kept of pulls: how far the last one got, and when one last saw the whole account. */
export class PullCheckpoint {
  readonly #store: Store;
  constructor(store: Store) {
    this.#store = store;
  }

  /** Unix time in milliseconds at which the last complete pull began; undefined: there was none. */
  get completeAt(): number | undefined {
    const at = this.#store.meta.get('pull-complete');
    return typeof at === 'number' ? at : undefined;
  }

  /** The pull that was begun and not ended. Contacts that it has met carry its epoch or a later one. */
  get open(): (Pull & { readonly epoch: number }) | undefined {
    const pull = this.#store.meta.get('pull');
    if (typeof pull !== 'object' || pull === null || Array.isArray(pull)) return undefined;
    const { epoch, startedAt, cursor } = pull;
    if (typeof epoch !== 'number' || typeof startedAt !== 'number') return undefined;
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

  /** Contacts that the open pull has met. */
  async countMet(): Promise<number> {
    const { open } = this;
    let met = 0;
    await this.#each((_id, epoch) => {
      if (open && epoch >= open.epoch) met += 1;
    });
    return met;
  }

  /** Calls `drop` for every contact that the pull has not met, then marks the account as known. */
  async end(
    drop: (contactId: number) => void,
  ): Promise<{ readonly contacts: number; readonly dropped: number }> {
    const open = this.#begun();
    let contacts = 0;
    let dropped = 0;
    await this.#each((id, epoch) => {
      if (epoch >= open.epoch) contacts += 1;
      else {
        dropped += 1;
        drop(id);
      }
    });
    this.#begun();
    this.#store.setMeta('pull', null);
    this.#store.setMeta('pull-complete', open.startedAt);
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

  /** Shows every contact with the epoch of whoever met it last. */
  async #each(show: (contactId: number, epoch: number) => void): Promise<void> {
    await this.#store.durable();
    let after: number | undefined;
    for (;;) {
      const page = this.#store.contactsOnDisk(after, SWEEP);
      for (const { id, bytes } of page) {
        show(id, epochOf(bytes));
        after = id;
      }
      await this.#store.room();
      if (page.length < SWEEP) return;
      await nextTurn();
    }
  }
}
