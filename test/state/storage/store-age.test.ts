import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ageOfStore } from '../../../src/state/storage/store-age.ts';
import { tempDir } from '../../helpers/temp-dir.ts';

test.each<
  [what: string, own: string, others: Readonly<Record<string, number>>, isOutdated: boolean, next: number]
>([
  ['alone', 'a', {}, false, 1],
  ['after shards', 'a', { a: 3, 'a-1of2': 4 }, true, 5],
  ['before shards that came earlier', 'a', { a: 3, 'a-1of2': 2 }, false, 4],
  ['a shard after all rows', 'a-1of2', { a: 3, 'a-1of2': 2 }, true, 4],
  ['a shard beside its sibling', 'a-1of2', { 'a-1of2': 1, 'a-2of2': 2 }, false, 3],
  ['a shard after another division', 'a-1of2', { 'a-1of2': 1, 'a-1of3': 2 }, true, 3],
  ['another account', 'a', { a: 1, b: 5, 'b-1of2': 6 }, false, 2],
  ['what was moved aside', 'a', { a: 1, 'a.unreadable': 5 }, false, 2],
])('%s', (_what, own, others, isOutdated, next) => {
  const dir = tempDir();
  for (const [name, age] of Object.entries(others)) {
    mkdirSync(join(dir, name));
    writeFileSync(join(dir, name, 'state.json'), JSON.stringify({ version: 1, bytes: 0, age }));
  }
  expect(ageOfStore(join(dir, own))).toEqual({ isOutdated, next });
});
