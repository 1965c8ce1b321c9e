import { existsSync, mkdirSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  createRunDirectory,
  defaultRunDirectory,
  linkLatest,
  rejectsFile,
} from '../../src/journal/run-directory.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const NOW = Date.UTC(2026, 10, 22, 2, 0, 0, 123);

test.each([
  ['contacts.csv', 'contacts'],
  ['/data/night/crm.jsonl.gz', 'crm'],
  ['-', 'stdin'],
  ['Kunden März.tsv', 'Kunden_März'],
  ['a/../.csv', 'input'],
  ['$(rm -rf).csv', '_rm_-rf_'],
  [`${'x'.repeat(200)}.csv`, 'x'.repeat(60)],
])('%s is named %s', (input, stem) => {
  expect(defaultRunDirectory(input, NOW, 0.5)).toBe(`runs/2026-11-22T020000Z-${stem}-8000`);
});

test.each([
  [0, '0000'],
  [0.9999999, 'ffff'],
])('chance %d gives four digits', (random, hex) => {
  expect(defaultRunDirectory('a.csv', NOW, random)).toBe(`runs/2026-11-22T020000Z-a-${hex}`);
});

test('rejects files are numbered from the second on', () => {
  expect([rejectsFile(0, 'csv'), rejectsFile(1, 'jsonl'), rejectsFile(9, 'csv')]).toEqual([
    'rejects.csv',
    'rejects-2.jsonl',
    'rejects-10.csv',
  ]);
});

describe('createRunDirectory', () => {
  test('makes it for its owner only', () => {
    const dir = join(tempDir(), 'runs', 'a');
    expect(createRunDirectory(dir)).toBe(dir);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(createRunDirectory(dir)).toBe(dir); // there, and empty
  });

  test('refuses one that holds a run', () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'results.jsonl'), '{"type":"run"}\n');
    expect(() => createRunDirectory(dir)).toThrow(
      expect.objectContaining({
        code: 'ERR_RUN_EXISTS',
        exitCode: 2,
        message: expect.stringContaining(`--resume ${dir}`),
      }),
    );
  });

  test.each(['', '{"type":"run","ver', '\0'.repeat(100)])(
    'begins anew where a process died before its first line was whole: %j',
    (journal) => {
      const dir = tempDir();
      writeFileSync(join(dir, 'results.jsonl'), journal);
      createRunDirectory(dir);
      expect(existsSync(join(dir, 'results.jsonl'))).toBe(false);
    },
  );

  test('tells why it cannot', () => {
    const file = join(tempDir(), 'file');
    writeFileSync(file, '');
    expect(() => createRunDirectory(join(file, 'a'))).toThrow(
      expect.objectContaining({ code: 'ERR_RUN_DIR', message: expect.stringContaining('ENOTDIR') }),
    );
  });
});

describe('linkLatest', () => {
  test('points to the newest, by a path that survives a move', () => {
    const root = join(tempDir(), 'runs');
    for (const name of ['a', 'b']) {
      mkdirSync(join(root, name), { recursive: true });
      linkLatest(join(root, name));
      expect(readlinkSync(join(root, 'latest'))).toBe(name);
    }
  });

  test('leaves a real file of that name, and other roots', () => {
    const root = join(tempDir(), 'runs');
    mkdirSync(join(root, 'a'), { recursive: true });
    mkdirSync(join(root, 'latest'));
    linkLatest(join(root, 'a'));
    expect(statSync(join(root, 'latest')).isDirectory()).toBe(true);
    const elsewhere = join(tempDir(), 'a');
    mkdirSync(elsewhere);
    linkLatest(elsewhere);
    expect(statSync(join(elsewhere, '..', 'latest'), { throwIfNoEntry: false })).toBeUndefined();
  });
});
