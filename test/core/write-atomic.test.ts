import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { replaceAtomic, replaceAtomicLater, writeAtomic } from '../../src/core/write-atomic.ts';
import { tempDir } from '../helpers/temp-dir.ts';

test.each([
  ['a new file', undefined],
  ['a file that is there', 'before'],
])('writes %s whole, for its owner alone, and leaves nothing else', (_what, before) => {
  const dir = tempDir();
  const path = join(dir, 'a.json');
  if (before !== undefined) writeFileSync(path, before, { mode: 0o644 });
  writeAtomic(path, 'after', { durable: true });
  expect(readFileSync(path, 'utf8')).toBe('after');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(dir)).toEqual(['a.json']);
});

test('takes another mode, and bytes', () => {
  const path = join(tempDir(), 'a');
  writeAtomic(path, new Uint8Array([1, 2]), { mode: 0o640 });
  expect([statSync(path).mode & 0o777, [...readFileSync(path)]]).toEqual([0o640, [1, 2]]);
});

test('a link in place of the file is replaced, and what it points to stays', () => {
  const dir = tempDir();
  writeFileSync(join(dir, 'precious'), 'precious');
  symlinkSync(join(dir, 'precious'), join(dir, 'a'));
  writeAtomic(join(dir, 'a'), 'after');
  expect(readFileSync(join(dir, 'precious'), 'utf8')).toBe('precious');
  expect(readFileSync(join(dir, 'a'), 'utf8')).toBe('after');
});

test('each try has a name of its own that cannot be guessed, and refuses one that is taken', () => {
  const path = join(tempDir(), 'a');
  const names: string[] = [];
  for (let i = 0; i < 50; i += 1) {
    replaceAtomic(path, (fresh) => {
      names.push(basename(fresh));
      writeFileSync(fresh, '');
    });
  }
  expect(new Set(names).size).toBe(50);
  expect(names.every((name) => /^\.a\.[0-9a-f]{16}\.tmp$/.test(name))).toBe(true);
});

test('what fails leaves the file as it was, and nothing beside it', async () => {
  const dir = tempDir();
  const path = join(dir, 'a');
  writeFileSync(path, 'before');
  const fail = (fresh: string): never => {
    writeFileSync(fresh, 'half');
    throw new Error('no space');
  };
  expect(() => replaceAtomic(path, fail)).toThrow('no space');
  await expect(replaceAtomicLater(path, async (fresh) => fail(fresh))).rejects.toThrow('no space');
  mkdirSync(join(dir, 'folder'));
  expect(() => writeAtomic(join(dir, 'folder'), 'x')).toThrow();
  expect(readFileSync(path, 'utf8')).toBe('before');
  expect(readdirSync(dir).sort()).toEqual(['a', 'folder']);
});

test('replaces a link by another in one step', () => {
  const link = join(tempDir(), 'latest');
  for (const target of ['one', 'two']) replaceAtomic(link, (fresh) => symlinkSync(target, fresh));
  expect(readlinkSync(link)).toBe('two');
});

test('a folder that takes nothing is an error of the file system', () => {
  const dir = join(tempDir(), 'gone');
  expect(() => writeAtomic(join(dir, 'a'), 'x')).toThrow(/ENOENT/);
  expect(existsSync(dir)).toBe(false);
});
