import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JournalLine, RowLine } from '../../src/journal/journal-lines.ts';
import { cliHere } from '../helpers/cli-here.ts';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { tempDir } from '../helpers/temp-dir.ts';
import { writeInput } from '../helpers/write-input.ts';

const SIX = 'contact_id,name\n1,a\n2,b\n3,c\n4,d\n5,e\n6,f\n';
const MATCH = `version: 1
match: { identifier: contact_id }
fields: { name: name }
`;

/** A canary of three rows of six, and how to change it before the rest is done. */
async function canary(csv = SIX, mapping?: string) {
  const emulator = await emulatorHere({ contacts: 10 });
  const dir = join(tempDir(), 'run');
  const common = ['--base-url', emulator.url, '--rate', 'unlimited', '--concurrency', '1'];
  const given = mapping === undefined ? [] : ['-m', writeInput('mapping.yaml', mapping)];
  const first = await cliHere([
    'run',
    writeInput('contacts.csv', csv),
    '-o',
    dir,
    '--limit',
    '3',
    ...given,
    ...common,
  ]);
  const path = join(dir, 'results.jsonl');
  const lines = (): JournalLine[] =>
    readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  return {
    emulator,
    dir,
    first,
    rows: () => lines().filter((line): line is RowLine => line.type === 'row'),
    change(how: (line: RowLine) => object) {
      const changed = lines().map((line) => (line.type === 'row' ? how(line) : line));
      writeFileSync(path, changed.map((line) => `${JSON.stringify(line)}\n`).join(''));
    },
    summary: () => JSON.parse(readFileSync(join(dir, 'summary.json'), 'utf8')),
    resume: (...more: string[]) => cliHere(['run', '--resume', dir, '--limit', 'all', ...common, ...more]),
  };
}

test.each([
  ['another target', (text: string) => text.replace('"name": {', '"identifier": {')],
  [
    'a longer list',
    (text: string) => text.replace('"fields": {', '"fields": {"email": {"value": "a@b.example"},'),
  ],
  ['no JSON at all', () => 'version: 1'],
])('mapping.json that was changed to %s: nothing is sent', async (_what, change) => {
  const { emulator, dir, resume } = await canary();
  const path = join(dir, 'mapping.json');
  const before = readFileSync(path, 'utf8');
  writeFileSync(path, change(before));
  const ended = await resume();
  expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining('mapping.json was changed')]);
  expect(emulator.journal).toHaveLength(3);
  writeFileSync(path, JSON.stringify(JSON.parse(before)));
  expect((await resume()).code).toBe(0);
  expect(emulator.journal).toHaveLength(6);
});

test.each<[what: string, change: (line: RowLine) => object]>([
  ['another line', (line) => (line.row === 2 ? { ...line, line: 7 } : line)],
  ['another contact', (line) => (line.row === 2 ? { ...line, contact_id: 5 } : line)],
  ['no contact', ({ contact_id: id, ...line }) => (line.row === 2 ? line : { ...line, contact_id: id })],
  ['another row', (line) => (line.row === 2 ? { ...line, row: 5 } : line)],
  ['a row that is not there', (line) => (line.row === 2 ? { ...line, row: 500, line: 501 } : line)],
])('a journal line with %s: its row is done again, and that is said', async (_what, change) => {
  const { emulator, dir, change: write, resume, rows, summary } = await canary();
  write(change);
  const ended = await resume();
  expect(ended.code).toBe(0);
  expect(ended.stderr).toContain('the journal was changed');
  expect(
    rows()
      .map(({ row }) => row)
      .sort(),
  ).toEqual([1, 2, 3, 4, 5, 6]);
  expect(rows().every(({ row, line, contact_id: id }) => line === row + 1 && id === row)).toBe(true);
  expect(emulator.journal.map(({ contactId }) => contactId)).toEqual([1, 2, 3, 2, 4, 5, 6]);
  expect(summary()).toMatchObject({ rows_read: 6, pending: 0, statuses: { updated: 6 } });
  expect(summary().warnings).toEqual([expect.stringContaining('1 row in it does not fit the input')]);
  expect(readFileSync(join(dir, 'results-changed-1.jsonl'), 'utf8')).not.toBe('');
});

test('rows without a usable id fit as they are, and what is unreadable, too', async () => {
  const { resume, first, rows } = await canary('contact_id,name\nx,a\n2,b,c\n3,d\n4,e\n');
  expect(first.code).toBe(1);
  const ended = await resume();
  expect(ended.stderr).not.toContain('was changed');
  expect(rows().map(({ row, status }) => `${row} ${status}`)).toEqual([
    '1 invalid',
    '2 invalid',
    '3 updated',
    '4 updated',
  ]);
});

test('found by a key, a contact is not compared, and the line is', async () => {
  const csv = 'contact_id,name\nnone-1,a\nnone-2,b\nnone-3,c\nnone-4,d\n';
  const { change, resume, rows } = await canary(csv, MATCH);
  change((line) => ({ ...line, contact_id: 9 }));
  expect((await resume()).stderr).not.toContain('was changed');
  change((line) => (line.row === 4 ? { ...line, line: 9 } : line));
  expect((await resume()).stderr).toContain('was changed');
  expect(rows()).toHaveLength(4);
});

test('--retry says that the mapping was changed, and takes it', async () => {
  const { dir, emulator } = await canary('contact_id,name\n99,a\n');
  const path = join(dir, 'mapping.json');
  writeFileSync(path, readFileSync(path, 'utf8').replace('"name": {', '"identifier": {'));
  const again = ['run', '--retry', dir, '-o', `${dir}-2`, '--base-url', emulator.url];
  const ended = await cliHere(again);
  expect([ended.code, ended.stderr]).toEqual([1, expect.stringContaining('mapping.json was changed since')]);
});
