import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { codeOf } from '../../src/core/errors.ts';
import { AppendFile } from '../../src/journal/append-file.ts';
import { smallDisk } from '../helpers/small-disk.ts';
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

test('on a full disk appends whole or not at all, and goes on when there is room', (context) => {
  const dir = smallDisk(context);
  const ballast = join(dir, 'ballast');
  writeFileSync(ballast, Buffer.alloc(16 * 1024));
  const file = new AppendFile(join(dir, 'a'));
  const line = `${'x'.repeat(9_999)}\n`;
  let written = '';
  let code = '';
  while (code === '') {
    try {
      file.append(line);
      written += line;
    } catch (error) {
      code = codeOf(error);
    }
  }
  expect(code).toBe('ENOSPC');
  expect(file.size).toBe(written.length);
  expect(readFileSync(join(dir, 'a'), 'utf8')).toBe(written);
  rmSync(ballast);
  file.append(line);
  file.close();
  expect(readFileSync(join(dir, 'a'), 'utf8')).toBe(written + line);
});
