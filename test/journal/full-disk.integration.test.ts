import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AppendFile } from '../../src/core/append-file.ts';
import { systemClock } from '../../src/core/clock.ts';
import { codeOf, type RunError } from '../../src/core/errors.ts';
import type { Outcome, Row, Shape } from '../../src/core/types.ts';
import { BeforeFile } from '../../src/journal/before-images/before-file.ts';
import { NO_IMAGES, readBeforeImages } from '../../src/journal/before-images/read-before-images.ts';
import { Journal } from '../../src/journal/journal.ts';
import type { RowLine } from '../../src/journal/journal-lines.ts';
import { smallDisk } from '../helpers/small-disk.ts';

const NOW = Date.UTC(2026, 10, 22, 2, 0, 3, 120);
const CSV: Shape = { input: 0, name: 'a.csv', format: 'csv', columns: ['id', 'name'], delimiter: ',' };
const UPDATED: Outcome = { status: 'updated', contactId: 7, httpStatus: 200, attempts: 1, fields: ['name'] };
const REJECTED: Outcome = {
  status: 'rejected',
  contactId: 7,
  error: { code: 'ERR_VALIDATION', message: 'no' },
};

function rowOf(number: number): Row {
  return { input: 0, row: number, line: number + 1, record: [String(number), 'Anna'] };
}

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

test('a full disk: what is written is whole, the rest never counts as written', async (context) => {
  const dir = smallDisk(context);
  const written: RowLine[] = [];
  const broken: RunError[] = [];
  const journal = new Journal({
    runId: 'run-1',
    dir,
    shapes: [CSV],
    onWritten: (line) => written.push(line),
    onBroken: (error) => broken.push(error),
  });
  let rows = 0;
  while (broken.length === 0) {
    rows += 1;
    journal.row(rowOf(rows), rows % 3 === 0 ? REJECTED : UPDATED, NOW);
    if (rows % 10 === 0) await journal.written();
  }
  journal.row(rowOf(rows + 1), UPDATED, NOW);
  journal.row(rowOf(rows + 2), REJECTED, NOW);
  await journal.written();
  expect(broken).toMatchObject([
    { code: 'ERR_JOURNAL', exitCode: 3, message: expect.stringContaining('no space left on the device') },
  ]);
  expect(() =>
    journal.write({ type: 'resume', tool_version: '1', at: '', rows_done: 0, torn_bytes: 0 }),
  ).toThrow(broken[0]);
  await expect(journal.close()).rejects.toBe(broken[0]);
  expect(written.length).toBeLessThan(rows);
  const text = readFileSync(join(dir, 'results.jsonl'), 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  const lines = text.split('\n').slice(0, -1);
  expect(lines.map((line) => JSON.parse(line).row)).toEqual(written.map(({ row }) => row));
  const rejects = readFileSync(join(dir, 'rejects.csv')).length;
  expect(rejects).toBeGreaterThanOrEqual(written.findLast(({ reject }) => reject)?.reject?.end ?? 0);
});

test('old values that a full disk does not take are refused, and those before stay whole', async (context) => {
  const dir = smallDisk(context);
  const run = { run_id: 'r1', account: 'a1' };
  const file = new BeforeFile({ dir, runId: 'r1', account: 'a1', left: NO_IMAGES, clock: systemClock });
  const old = 'x'.repeat(9_000);
  let kept = 0;
  let error: unknown;
  while (error === undefined) {
    const fields = { name: { old, written: 'B' } };
    await file.keep({ type: 'image', contact: 7, row: kept + 1, fields }).then(
      () => {
        kept += 1;
      },
      (cause: unknown) => {
        error = cause;
      },
    );
  }
  await file.close();
  expect(error).toMatchObject({ code: 'ERR_BEFORE_IMAGES', exitCode: 3 });
  expect((error as RunError).message).toMatch(
    /no space left on the device.*make room and go on with --resume/,
  );
  let read = 0;
  for await (const _ of readBeforeImages(dir, run)) read += 1;
  expect([read, kept]).toEqual([kept, read]);
  expect(kept).toBeGreaterThan(3);
});
