/**
 * One job at a time for each contact, in the order in which they were added; jobs of different contacts do not
 * wait for each other. The API's merge is an unlocked read-modify-write (livedesk-api.md 5.3).
 */
export class Lanes {
  #tails = new Map<number, Promise<void>>();

  /** Runs `job` after every earlier job of `contactId` has ended. */
  add(contactId: number, job: () => Promise<void>): Promise<void> {
    const before = this.#tails.get(contactId);
    const tail = before ? before.then(job, job) : job();
    this.#tails.set(contactId, tail);
    const leave = (): void => {
      if (this.#tails.get(contactId) === tail) this.#tails.delete(contactId);
    };
    tail.then(leave, leave);
    return tail;
  }

  /** Contacts with a job running or waiting. */
  get size(): number {
    return this.#tails.size;
  }
}
