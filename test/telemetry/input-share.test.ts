import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { openSource } from '../../src/input/open.ts';
import { createEta } from '../../src/telemetry/eta.ts';
import { shareOfRows, shareSeen } from '../../src/telemetry/input-share.ts';
import { tempDir } from '../helpers/temp-dir.ts';

/** Rows that are read before the first of them ends. */
const WINDOW = 1_000;
/** Each row takes that long, in seconds, and each look at the run, too. */
const ROW_S = 0.05;
const LOOK_S = 0.25;

/** Works through a file at an even pace, and gives each time that was said to be left beside the true one. */
async function timesLeft(
  rows: number,
  textOf: (row: number) => string,
): Promise<[said: number, left: number][]> {
  const path = join(tempDir(), 'contacts.csv');
  const lines = Array.from({ length: rows }, (_, i) => textOf(i + 1));
  writeFileSync(path, `id,name\n${lines.join('\n')}\n`);
  const total = statSync(path).size;
  const source = await openSource(path, 0, {
    stdin: Readable.from([]),
    rows: undefined,
    signal: new AbortController().signal,
  });
  const counts = { read: 0, seen: 0, given: 0 };
  const left = createEta();
  const told: [number, number][] = [];
  let [done, looked] = [0, 0];
  const workOne = (): void => {
    done += 1;
    const now = done * ROW_S;
    if (now - looked < LOOK_S) return;
    looked = now;
    const share = shareOfRows({ ...counts, done, bytesRead: source.bytesRead, total });
    const said = left(now, share);
    const isAfterATenth = done >= rows / 10 && done < rows * 0.99;
    if (isAfterATenth) told.push([said ?? Number.POSITIVE_INFINITY, (rows - done) * ROW_S]);
  };
  for await (const batch of source.rows()) {
    counts.given += batch.length;
    for (const _row of batch) {
      counts.read += 1;
      counts.seen += 1;
      if (counts.read - done >= WINDOW) workOne();
    }
  }
  while (done < rows) workOne();
  await source.close();
  return told;
}

describe('the time left, where rows were not counted first', () => {
  test.each([
    ['a file smaller than the window', 900],
    ['a file of one piece', 3_000],
    ['a file of a few pieces', 9_000],
    ['a larger one', 60_000],
  ])('is within 30 %% of the truth after the first tenth: %s', async (_what, rows) => {
    const told = await timesLeft(rows, (row) => `${row},Person ${row} of some length`);
    expect(told.length).toBeGreaterThan(100);
    const off = told.map(([said, left]) => Math.abs(said - left) / left);
    expect(Math.max(...off)).toBeLessThan(0.3);
  });
});

test.each([
  ['nothing read', { done: 0, read: 0, seen: 0, given: 0, bytesRead: 0, total: 100 }, undefined],
  [
    'half given, half of it done',
    { done: 5, read: 10, seen: 10, given: 10, bytesRead: 50, total: 100 },
    0.25,
  ],
  [
    'a batch that is not begun yet',
    { done: 5, read: 5, seen: 5, given: 10, bytesRead: 100, total: 100 },
    0.5,
  ],
  ['another shard has half', { done: 5, read: 5, seen: 10, given: 10, bytesRead: 100, total: 100 }, 1],
  ['a file that grew', { done: 5, read: 5, seen: 5, given: 5, bytesRead: 200, total: 100 }, 1],
])('share of rows: %s', (_what, progress, share) => {
  expect(shareOfRows(progress)).toBe(share);
});

test('what was read ahead of the rows that were looked at counts as not read', () => {
  expect(shareSeen({ seen: 25, given: 100, bytesRead: 100, total: 200 })).toBe(0.125);
  expect(shareSeen({ seen: 0, given: 0, bytesRead: 0, total: 200 })).toBe(0);
});
