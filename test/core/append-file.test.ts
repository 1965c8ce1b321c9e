import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AppendFile } from '../../src/core/append-file.ts';
import { tempDir } from '../helpers/temp-dir.ts';

test('creates a file for its owner only, and grows it', async () => {
  const path = join(tempDir(), 'a');
  const file = new AppendFile(path);
  file.append('äb\n');
  file.append('c\n');
  expect(file.size).toBe(6);
  await file.sync();
  file.close();
  expect(readFileSync(path, 'utf8')).toBe('äb\nc\n');
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('goes on at the end of an earlier file, or of what is left of it', () => {
  const path = join(tempDir(), 'a');
  writeFileSync(path, 'one\ntwo\nto');
  const file = new AppendFile(path, 8);
  expect(file.size).toBe(8);
  file.append('three\n');
  file.close();
  expect(readFileSync(path, 'utf8')).toBe('one\ntwo\nthree\n');
  const again = new AppendFile(path, 1_000);
  expect(again.size).toBe(14);
  again.close();
});

test('knows when it was deleted', () => {
  const path = join(tempDir(), 'a');
  const file = new AppendFile(path);
  expect(file.isGone).toBe(false);
  rmSync(path);
  expect(file.isGone).toBe(true);
  file.close();
});
