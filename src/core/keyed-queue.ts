import { SlotMap } from './slot-map.ts';

/** A contact id, or what stands for one that is not known yet. */
export type QueueKey = number | string;

/**
 * One job at a time for each contact, in the order in which they were added; jobs of different contacts do not
 * wait for each other. The API's merge is an unlocked read-modify-write (livedesk-api.md 5.3).
 */
export class KeyedQueue {
  /** Where the newest job of each contact stands in `#tails`. */
  #slots = new Map<QueueKey, number>();
  #tails = new SlotMap<Promise<unknown>>();

  /** Runs `job` after every earlier job of `contactId` has ended. */
  add<T>(contactId: QueueKey, job: () => Promise<T>): Promise<T> {
    const taken = this.#slots.get(contactId);
    const before = taken === undefined ? undefined : this.#tails.at(taken);
    const tail = before ? before.then(job, job) : job();
    const slot = taken ?? this.#tails.take(tail);
    if (taken === undefined) this.#slots.set(contactId, slot);
    else this.#tails.replace(slot, tail);
    const leave = (): void => {
      if (this.#tails.at(slot) !== tail) return;
      this.#tails.leave(slot);
      this.#slots.delete(contactId);
    };
    tail.then(leave, leave);
    return tail;
  }

  /** Whether a job of the contact is running or waiting. */
  isBusy(contactId: QueueKey): boolean {
    return this.#slots.has(contactId);
  }

  /** Contacts with a job running or waiting. */
  get size(): number {
    return this.#slots.size;
  }
}
