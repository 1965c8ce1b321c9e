import { expect, test } from 'vitest';
import { createWrongServerDetector } from '../../../src/client/resilience/wrong-server.ts';

/** What the watch says at each stranger (`s`) of a sequence; `k` is an answer of the API. */
function said(sequence: string): boolean[] {
  const watch = createWrongServerDetector();
  const stops: boolean[] = [];
  for (const one of sequence) {
    if (one === 's') stops.push(watch.foreignResponse());
    else watch.known();
  }
  return stops;
}

test.each<[what: string, sequence: string, stops: readonly boolean[]]>([
  ['the first answer of all', 's', [true]],
  ['one later', 'ks', [false]],
  ['five in a row', 'ksssss', [false, false, false, false, true]],
  ['and those after', 'kssssss', [false, false, false, false, true, true]],
  ['four, the API, four', 'kssssksssss'.slice(0, -1), Array(8).fill(false)],
])('%s', (_what, sequence, stops) => {
  expect(said(sequence)).toEqual(stops);
});
