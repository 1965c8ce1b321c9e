/** Without a refused request for so long, throttling is over: windows of a minute are one spell. */
const QUIET_MS = 90_000;

/** A time in which the API refused requests again and again. */
export interface ThrottlingSpell {
  readonly refused: number;
  readonly lastedMs: number;
}

/** Tells when throttling begins and when it is over, however many pauses lie between. Times are monotonic milliseconds. */
export class ThrottlingSpells {
  #began: number | undefined;
  #last = 0;
  #refused = 0;

  /** A request was refused; true where a spell begins with it. */
  refused(now: number): boolean {
    const begins = this.#began === undefined;
    if (begins) this.#refused = 0;
    this.#began ??= now;
    this.#last = now;
    this.#refused += 1;
    return begins;
  }

  /** A request was let through; gives the spell that is over by that. */
  passed(now: number): ThrottlingSpell | undefined {
    if (this.#began === undefined || now - this.#last < QUIET_MS) return undefined;
    const spell = { refused: this.#refused, lastedMs: this.#last - this.#began };
    this.#began = undefined;
    return spell;
  }
}
