import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readBounded, readBoundedSync } from '../../src/core/read-bounded.ts';
import { tempDir } from '../helpers/temp-dir.ts';

function pipeIn(dir: string): string {
  const path = join(dir, 'pipe');
  execFileSync('mkfifo', [path]);
  return path;
}

test('a file of the size allowed, and one byte more', async () => {
  const path = join(tempDir(), 'a');
  writeFileSync(path, '12345');
  expect((await readBounded(path, 5)).toString()).toBe('12345');
  expect(readBoundedSync(path, 5).toString()).toBe('12345');
  await expect(readBounded(path, 4)).rejects.toMatchObject({ code: 'TOO_LARGE' });
  expect(() => readBoundedSync(path, 4)).toThrow('TOO_LARGE');
});

test.each([
  ['a device without end', '/dev/zero', 'DEVICE'],
  ['a device without anything', '/dev/null', 'DEVICE'],
  ['what is not there', '/nowhere/at/all', 'ENOENT'],
])('%s is refused at once', async (_what, path, code) => {
  await expect(readBounded(path, 100)).rejects.toMatchObject({ code });
  expect(() => readBoundedSync(path, 100)).toThrow(code);
});

test('a folder is refused', async () => {
  await expect(readBounded(tempDir(), 10_000)).rejects.toMatchObject({ code: 'EISDIR' });
});

test('a pipe that no process writes to is refused at once', async () => {
  const path = pipeIn(tempDir());
  await expect(readBounded(path, 100)).rejects.toMatchObject({ code: 'NO_WRITER' });
  expect(() => readBoundedSync(path, 100)).toThrow('NO_WRITER');
});

test('a pipe is read to its end, however slowly its writer writes', async () => {
  const path = pipeIn(tempDir());
  const writer = openSync(path, constants.O_RDWR);
  const read = readBounded(path, 100);
  writeSync(writer, 'version');
  setTimeout(() => {
    writeSync(writer, ': 1');
    closeSync(writer);
  }, 30);
  expect((await read).toString()).toBe('version: 1');
});

test('a signal ends the wait for a writer', async () => {
  const path = pipeIn(tempDir());
  const writer = openSync(path, constants.O_RDWR);
  const stop = new AbortController();
  const read = readBounded(path, 100, stop.signal);
  setTimeout(() => stop.abort(), 30);
  await expect(read).rejects.toThrow(/abort/i);
  closeSync(writer);
});

test('read at once, a link is not followed', () => {
  const dir = tempDir();
  mkdirSync(join(dir, 'theirs'));
  writeFileSync(join(dir, 'theirs', 'a'), 'x');
  symlinkSync(join(dir, 'theirs', 'a'), join(dir, 'link'));
  expect(() => readBoundedSync(join(dir, 'link'), 10)).toThrow(/ELOOP|EMLINK/);
});
