/** A contact id, or what stands for one that is not known yet. */
export type Lane = number | string;

/**
 * One job at a time for each contact, in the order in which they were added; jobs of different contacts do not
 * wait for each other. The API's merge is an unlocked read-modify-write (livedesk-api.md 5.3).
 */
export class Lanes {
  #tails = new Map<Lane, Promise<void>>();

  /** Runs `job` after every earlier job of `contactId` has ended. */
  add(contactId: Lane, job: () => Promise<void>): Promise<void> {
    const before = this.#tails.get(contactId);
    const tail = before ? before.then(job, job) : job();
    this.#tails.set(contactId, tail);
    const leave = (): void => {
      if (this.#tails.get(contactId) === tail) this.#tails.delete(contactId);
    };
    tail.then(leave, leave);
    return tail;
  }

  /** Whether a job of the contact is running or waiting. */
  isBusy(contactId: Lane): boolean {
    return this.#tails.has(contactId);
  }

  /** Contacts with a job running or waiting. */
  get size(): number {
    return this.#tails.size;
  }
}
