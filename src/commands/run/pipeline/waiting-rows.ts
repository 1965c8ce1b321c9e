import { SlotMap } from '../../../core/slot-map.ts';

/** What bounds the rows in flight: runs a job when its turn comes. */
type Limit = <T>(job: () => Promise<T>) => Promise<T>;

interface Waiting {
  readonly order: number;
  readonly begin: () => void;
}

/** How much further the next one is looked for after one was called. */
const FURTHER = 4;

/** The rows that wait for a place in flight, of which one may be called out of its turn. */
export class WaitingRows {
  readonly #waiting = new SlotMap<Waiting & { slot: number }>();
  #entered = 0;
  #depth = 0;

  /** Runs `job` when its turn in `limit` comes, or beyond the limit when it is called before. */
  inTurn<T>(limit: Limit, job: (isCalled: boolean) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let begun: Promise<T> | undefined;
      const begin = (): void => {
        begun = job(true);
        begun.then(resolve, reject); // what it kept busy is free before its turn comes
      };
      this.#entered += 1;
      const row = { order: this.#entered, begin, slot: 0 };
      row.slot = this.#waiting.take(row);
      limit(() => {
        if (begun) return begun;
        this.#waiting.leave(row.slot);
        this.#depth = 0;
        return job(false);
      }).then(resolve, reject);
    });
  }

  /**
   * Begins the row that is the furthest away; false where none waits. Whatever befell the rows in front may have
   * befallen their neighbours, too, so that each call that follows is to reach further.
   */
  startLast(): boolean {
    const waiting = this.#waiting.values();
    const [first] = waiting;
    if (!first) return false;
    const row = waiting.reduce((last, one) => (one.order > last.order ? one : last), first);
    this.#waiting.leave(row.slot);
    this.#depth = Math.max(this.#depth, waiting.length) * FURTHER;
    row.begin();
    return true;
  }

  /** How many rows are to wait here for the next call; 0 where places are given in turn. */
  get depth(): number {
    return this.#depth;
  }
}
