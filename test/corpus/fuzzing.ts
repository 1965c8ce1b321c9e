import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect } from 'vitest';
import { RunError } from '../../src/core/errors.ts';

/** How often each property is tried; `FUZZ_RUNS` for a long session by hand. */
export const FUZZ_RUNS = Number(process.env['FUZZ_RUNS'] ?? 1_000);
/** For a test that fuzzes: long sessions are the caller's wish. */
export const FUZZ_TIMEOUT_MS = 30_000 + FUZZ_RUNS * 30;
/** No case of these sizes may take longer, in milliseconds, on a machine with other work to do. */
const MAX_CASE_MS = 2_000;
/** What may be left in memory after a session, of caches and the like. */
const MAX_GROWTH_BYTES = 16 * 1024 * 1024;

/** Tries a property on many cases: none may throw, hang, or leave its memory behind. */
export async function fuzz<T>(cases: fc.Arbitrary<T>, law: (one: T) => Promise<void>): Promise<void> {
  const timed = async (one: T): Promise<void> => {
    const began = performance.now();
    await law(one);
    expect(performance.now() - began).toBeLessThan(MAX_CASE_MS);
  };
  await fc.assert(fc.asyncProperty(cases, timed), { numRuns: Math.ceil(FUZZ_RUNS / 10) });
  const before = heapBytes();
  await fc.assert(fc.asyncProperty(cases, timed), { numRuns: FUZZ_RUNS });
  expect(heapBytes() - before).toBeLessThan(MAX_GROWTH_BYTES);
}

/** The error of a call, which must be one that tells the user what to do; undefined if there is none. */
export async function refusalOf(call: () => Promise<unknown>): Promise<RunError | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    expect(error.code).toMatch(/^ERR_[A-Z_]+$/);
    expect(error.message.length).toBeGreaterThan(20);
    expect(error.message).not.toMatch(/undefined|\[object|NaN is/);
    return error;
  }
}

/** A text with some of its pieces cut out, doubled, moved or replaced. */
export function mutated(texts: readonly string[], pieces: readonly string[]): fc.Arbitrary<string> {
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.nat({ max: 12 }),
    put: fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4 })),
    times: fc.constantFrom(1, 1, 1, 2, 200),
  });
  return fc.tuple(fc.constantFrom(...texts), fc.array(edit, { maxLength: 6 })).map(([text, edits]) =>
    edits.reduce((now, { at, cut, put, times }) => {
      const place = Math.floor(at * (now.length + 1));
      return now.slice(0, place) + put.repeat(times) + now.slice(place + cut);
    }, text),
  );
}

// --- internal ---

let collect: (() => void) | undefined;

function heapBytes(): number {
  if (!collect) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
