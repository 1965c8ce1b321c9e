import { expect, it } from 'vitest';
import { chooseReading } from '../../../src/client/lookup/choose-reading.ts';

it.each([
  // contacts wanted, contacts that the list shows, pages of it: how they are read, and in how many requests
  [0, 0, 0, 'contact', 0],
  [1, 1, 1, 'contact', 1],
  [2, 2, 1, 'list', 1],
  [10, 150, 10, 'contact', 10],
  [11, 150, 10, 'list', 10],
  [100_000, 100_000, 6_667, 'list', 6_667],
  [6_667, 100_000, 6_667, 'contact', 6_667],
  [6_668, 100_000, 6_667, 'list', 6_667],
  // the list leaves some out
  [1_000, 900, 60, 'list', 160],
  [1_000, 60, 60, 'contact', 1_000],
  [1_000, 0, 0, 'contact', 1_000],
  // pages of a hundred
  [1_001, 100_000, 1_000, 'list', 1_000],
] as const)(
  '%i contacts of %i on %i pages: by %s, %i requests',
  (wanted, contacts, listCalls, how, requests) => {
    expect(chooseReading({ wanted, contacts, listCalls })).toMatchObject({ how, requests });
  },
);
