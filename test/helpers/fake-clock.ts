import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../src/core/clock.ts';

interface Sleeper {
  readonly wakesAt: number;
  readonly wake: () => void;
}

/** A clock that stands still until it is advanced. Chance is `chance`, always. */
export class FakeClock implements Clock {
  chance: number;
  #elapsed = 0;
  #startedAt: number;
  #sleepers = new Set<Sleeper>();

  /** `startedAt` is Unix time in milliseconds; by default the start of a minute. */
  constructor(startedAt = Date.UTC(2026, 10, 22, 2, 0, 0), chance = 0) {
    this.#startedAt = startedAt;
    this.chance = chance;
  }

  now = (): number => this.#startedAt + this.#elapsed;
  monotonic = (): number => this.#elapsed;
  random = (): number => this.chance;

  sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const wake = (): void => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper: Sleeper = { wakesAt: this.#elapsed + Math.max(0, ms), wake };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', wake);
    });

  /** How many sleep. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  /** Milliseconds until the next one wakes; undefined when nobody sleeps. */
  get nextWakeMs(): number | undefined {
    const [next] = this.#inOrder();
    return next && next.wakesAt - this.#elapsed;
  }

  /** Lets `ms` pass: wakes sleepers in order, each at its time, and lets what follows from it happen. */
  async advance(ms: number): Promise<void> {
    const until = this.#elapsed + ms;
    await nextTurn();
    for (let next = this.#inOrder()[0]; next && next.wakesAt <= until; next = this.#inOrder()[0]) {
      this.#elapsed = next.wakesAt;
      next.wake();
      await nextTurn();
    }
    this.#elapsed = until;
    await nextTurn();
  }

  /** Lets time pass until `done`, from one sleeper to the next; gives up after `limitMs`. */
  async until(done: () => boolean, limitMs = 24 * 60 * 60_000): Promise<void> {
    const end = this.#elapsed + limitMs;
    await nextTurn();
    while (!done()) {
      const wait = this.nextWakeMs;
      if (wait === undefined) throw new Error('nobody sleeps, and it is not done');
      if (this.#elapsed + wait > end) throw new Error(`not done after ${limitMs} ms`);
      await this.advance(wait);
    }
  }

  #inOrder(): Sleeper[] {
    return [...this.#sleepers].sort((a, b) => a.wakesAt - b.wakesAt);
  }
}
