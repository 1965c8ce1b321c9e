import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RunError } from '../../src/core/errors.ts';
import type { BadRow, Outcome, Row, Shape } from '../../src/core/types.ts';
import { Journal, type JournalOptions } from '../../src/journal/journal.ts';
import type { RowLine } from '../../src/journal/journal-lines.ts';
import { tempDir } from '../helpers/temp-dir.ts';

const NOW = Date.UTC(2026, 10, 22, 2, 0, 3, 120);
const CSV: Shape = { input: 0, name: 'a.csv', format: 'csv', columns: ['id', 'name'], delimiter: ',' };
const JSONL: Shape = { input: 1, name: 'b.jsonl', format: 'jsonl', columns: ['id'] };
const UPDATED: Outcome = { status: 'updated', contactId: 7, httpStatus: 200, attempts: 1, fields: ['name'] };
const ORIGIN = { number: 2, input: 0, row: 9, line: 10, run: 'run-0' };
const REJECTED: Outcome = {
  status: 'rejected',
  contactId: 7,
  error: { code: 'ERR_VALIDATION', message: 'no' },
};

function rowOf(number: number, input = 0): Row {
  const place = { input, row: number, line: number + 1 };
  if (input === 1) return { ...place, record: { id: number }, text: `{"id":${number}}` };
  return { ...place, record: [String(number), 'Anna'] };
}

/** A journal, what it reported as written, and what broke it. */
function open(dir: string, more: Partial<JournalOptions> = {}) {
  const written: RowLine[] = [];
  const broken: RunError[] = [];
  const journal = new Journal({
    dir,
    runId: 'run-1',
    shapes: [CSV],
    onWritten: (line) => written.push(line),
    onBroken: (error) => broken.push(error),
    ...more,
  });
  return { journal, written, broken };
}

function linesOf(dir: string, file = 'results.jsonl'): string[] {
  const text = readFileSync(join(dir, file), 'utf8');
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text.split('\n').slice(0, -1);
}

test('a line per row, in the form that is promised', async () => {
  const dir = tempDir();
  const { journal, written } = open(dir);
  journal.row(rowOf(12), { ...UPDATED, durationMs: 84, notApplied: ['name'] }, NOW);
  await journal.written();
  expect(linesOf(dir)).toEqual([
    '{"type":"row","row":12,"line":13,"contact_id":7,"status":"updated","http_status":200,' +
      '"attempts":1,"duration_ms":84,"fields":["name"],"not_applied":["name"],"at":"2026-11-22T02:00:03.120Z"}',
  ]);
  expect(written).toHaveLength(1);
  await journal.close();
});

test('lines wait for the end of the turn, and count only once they are written', async () => {
  const dir = tempDir();
  const { journal, written } = open(dir);
  journal.row(rowOf(1), UPDATED, NOW);
  journal.row(rowOf(2), UPDATED, NOW);
  expect([written.length, linesOf(dir).length]).toEqual([0, 0]);
  await journal.written();
  expect([written.length, linesOf(dir).length]).toEqual([2, 2]);
  await journal.written(); // nothing to wait for
  await journal.close();
});

test('what a row is about to write is in the kernel before it may leave, with all outcomes before it', async () => {
  const dir = tempDir();
  const { journal } = open(dir, { number: 4, originOf: ({ row }) => (row === 3 ? ORIGIN : undefined) });
  journal.row(rowOf(1), { status: 'unchanged', contactId: 7 }, NOW);
  await journal.sending(rowOf(2), { contactId: 7 }, ['name']);
  expect(linesOf(dir).slice(1)).toEqual([
    '{"type":"fields","set":0,"fields":["name"]}',
    '{"type":"sending","row":2,"contact_id":7,"set":0}',
  ]);
  await journal.sending(rowOf(2), { contactId: 7 }, undefined);
  await journal.sending(rowOf(3), { contactId: 8, isMade: true }, ['name']);
  expect(linesOf(dir).slice(3)).toEqual([
    '{"type":"sending","row":2,"contact_id":7}',
    '{"type":"sending","row":3,"contact_id":8,"set":0,"made":true,"position":[2,0,9]}',
  ]);
  await journal.close();
});

test('a run without a number notes nothing of what it is about to write', async () => {
  const dir = tempDir();
  const { journal } = open(dir);
  await journal.sending(rowOf(2), { contactId: 7 }, ['name']);
  expect(linesOf(dir)).toEqual([]);
  await journal.close();
});

test('much text is not held until then', async () => {
  const dir = tempDir();
  const { journal } = open(dir);
  const message = 'x'.repeat(1_000);
  for (let i = 1; i <= 100; i += 1) {
    journal.row(rowOf(i), { status: 'invalid', error: { code: 'ERR_X', message } }, NOW);
  }
  expect(linesOf(dir).length).toBeGreaterThan(50);
  await journal.close();
});

describe('rejects', () => {
  test('one file per input; what could not be read stands apart', async () => {
    const dir = tempDir();
    const { journal } = open(dir, { shapes: [CSV, JSONL] });
    const unreadable: BadRow = {
      input: 0,
      row: 2,
      line: 3,
      text: '2,"x',
      error: { code: 'ERR_CSV', message: 'x' },
    };
    journal.row(rowOf(1), REJECTED, NOW);
    journal.row(unreadable, { status: 'invalid', error: unreadable.error }, NOW);
    journal.row(rowOf(3, 1), REJECTED, NOW);
    journal.row(rowOf(4), UPDATED, NOW);
    await journal.close();
    expect(linesOf(dir, 'rejects.csv')).toEqual([
      '\uFEFFid,name,_row,_line,_status,_error_code,_error_message,_run',
      '1,Anna,1,2,rejected,ERR_VALIDATION,no,0/1/1@run-1',
    ]);
    expect(linesOf(dir, 'rejects-unreadable.txt')).toEqual(['2,"x']);
    expect(JSON.parse(linesOf(dir, 'rejects-2.jsonl')[0] ?? '')).toMatchObject({ id: 3, _row: 3 });
    expect(linesOf(dir).map((line) => JSON.parse(line).input)).toEqual([0, 0, 1, 0]);
  });

  test('a line tells where its reject ends, so that those without a line can be dropped', async () => {
    const dir = tempDir();
    const { journal, written } = open(dir);
    for (let i = 1; i <= 3; i += 1) {
      journal.row(rowOf(i), REJECTED, NOW);
      await journal.written();
    }
    await journal.close();
    const bytes = readFileSync(join(dir, 'rejects.csv'));
    const cut = bytes.subarray(0, written[1]?.reject?.end).toString('utf8');
    expect(cut.trimEnd().split('\n')).toHaveLength(3);
    expect(written[2]?.reject).toEqual({ file: 'rejects.csv', end: bytes.length });
  });

  test('an earlier process is gone on from where it is valid', async () => {
    const dir = tempDir();
    const first = open(dir);
    for (let i = 1; i <= 3; i += 1) first.journal.row(rowOf(i), REJECTED, NOW);
    await first.journal.close();
    const [, second] = first.written;
    const journalBytes = linesOf(dir).slice(0, 2).join('\n').length + 1;
    const again = open(dir, {
      cutTo: { journal: journalBytes, rejects: new Map([['rejects.csv', second?.reject?.end ?? 0]]) },
    });
    again.journal.row(rowOf(3), REJECTED, NOW);
    await again.journal.close();
    expect(linesOf(dir).map((line) => JSON.parse(line).row)).toEqual([1, 2, 3]);
    expect(linesOf(dir, 'rejects.csv').map((line) => line.split(',')[0])).toEqual([
      '\uFEFFid',
      '1',
      '2',
      '3',
    ]);
  });
});

test('law: however the lines come, the files are the same', async () => {
  const root = tempDir();
  const statuses = fc.constantFrom<Outcome>(UPDATED, REJECTED, { status: 'skipped' });
  const step = fc.record({
    outcome: statuses,
    input: fc.nat(1),
    next: fc.constantFrom('nothing', 'written', 'turn', 'forgotten'),
  });
  const files = async (play: (journal: Journal) => Promise<void>): Promise<Record<string, string>> => {
    const dir = mkdtempSync(join(root, 'run-'));
    const { journal, broken } = open(dir, { shapes: [CSV, JSONL] });
    await play(journal);
    await journal.close();
    expect(broken).toEqual([]);
    return Object.fromEntries(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name), 'utf8')]));
  };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const atOnce = await files(async (journal) => {
        for (const [i, { outcome, input }] of steps.entries()) journal.row(rowOf(i + 1, input), outcome, NOW);
      });
      const split = await files(async (journal) => {
        for (const [i, { outcome, input, next }] of steps.entries()) {
          journal.row(rowOf(i + 1, input), outcome, NOW);
          if (next === 'written') await journal.written();
          if (next === 'turn') await nextTurn();
          if (next === 'forgotten') void journal.written();
        }
      });
      expect(split).toEqual(atOnce);
    }),
    { numRuns: 40 },
  );
});

describe('broken', () => {
  test('a directory that cannot be written is told before anything is sent', () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'file'), '');
    expect(() => open(join(dir, 'file'))).toThrow(
      expect.objectContaining({
        code: 'ERR_JOURNAL',
        exitCode: 2,
        message: expect.stringContaining('ENOTDIR'),
      }),
    );
  });

  test('a deleted run directory is noticed within the sync interval', async () => {
    const dir = mkdtempSync(join(tempDir(), 'run-'));
    const { journal, written, broken } = open(dir);
    journal.row(rowOf(1), UPDATED, NOW);
    await journal.written();
    rmSync(dir, { recursive: true });
    journal.row(rowOf(2), UPDATED, NOW);
    await journal.written();
    for (let waited = 0; broken.length === 0 && waited < 1_000; waited += 20) await delay(20);
    expect(broken).toMatchObject([
      { code: 'ERR_JOURNAL', exitCode: 3, message: expect.stringContaining('deleted during the run') },
    ]);
    journal.row(rowOf(3), UPDATED, NOW);
    await expect(journal.close()).rejects.toBe(broken[0]);
    expect(written.map(({ row }) => row)).not.toContain(3);
  });

  test('a directory deleted just before the end is noticed by close', async () => {
    const dir = mkdtempSync(join(tempDir(), 'run-'));
    const { journal, broken } = open(dir);
    journal.row(rowOf(1), UPDATED, NOW);
    rmSync(dir, { recursive: true });
    await expect(journal.close()).rejects.toMatchObject({ code: 'ERR_JOURNAL' });
    expect(broken).toHaveLength(1);
  });
});
