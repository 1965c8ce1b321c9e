/** The first items of an iteration, and the whole iteration as if nothing had been taken from it. */
export interface Peeked<T> {
  readonly head: readonly T[];
  readonly all: AsyncIterable<T>;
}

/** Takes items until `isEnough` says so of the newest, or until they end. `all` may be iterated once. */
export async function peek<T>(items: AsyncIterable<T>, isEnough: (newest: T) => boolean): Promise<Peeked<T>> {
  const iterator = items[Symbol.asyncIterator]();
  const head: T[] = [];
  let isEnded = false;
  for (;;) {
    const next = await iterator.next();
    if (next.done) {
      isEnded = true;
      break;
    }
    head.push(next.value);
    if (isEnough(next.value)) break;
  }
  return { head, all: rejoin(head, isEnded, iterator) };
}

async function* rejoin<T>(head: T[], isEnded: boolean, iterator: AsyncIterator<T>): AsyncIterable<T> {
  // A copy, emptied while it is given out: `head` may be large, and its items must not outlive their use.
  const waiting = head.reverse().slice();
  head.length = 0;
  try {
    for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) yield item;
    while (!isEnded) {
      const next = await iterator.next();
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}
