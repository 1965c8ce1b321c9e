/** The first items of an iteration, and the whole iteration as if nothing had been taken from it. */
export interface Peeked<T> {
  /** Empty once `all` is iterated. */
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

async function* rejoin<T>(head: T[], isEnded: boolean, iterator: AsyncIterator<T>): AsyncGenerator<T> {
  try {
    // Emptied, so that the first items do not stay in memory for as long as the last ones are read.
    for (const item of head.splice(0)) yield item;
    while (!isEnded) {
      const next = await iterator.next();
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}
