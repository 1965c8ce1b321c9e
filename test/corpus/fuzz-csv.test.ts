import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BadRow, Row } from '../../src/core/types.ts';
import { readBytes } from '../input/helpers.ts';
import { FUZZ_TIMEOUT_MS, fuzz, mutated, refusalOf } from './fuzzing.ts';

const PIECES = [
  '"',
  '""',
  ',',
  ';',
  '\t',
  '|',
  '\n',
  '\r\n',
  '\r',
  '\0',
  '\uFEFF',
  '\uFFFD',
  '\u2028',
  'sep=;',
  ' ',
];
const SEEDS = [
  'contact_id,name,email\n318763,Anna,anna@example.com\n318764,"Ben ""B"" Doe",ben@example.com\n',
  'contact_id;name\r\n1;"a\r\nb"\r\n\r\n2;\r\n',
  'sep=;\ncontact_id;name\n1;Jörg\n2;北京\n3;😀\n',
  'id\n"',
  '',
];
const ENCODINGS = ['utf-8', 'windows-1252', 'utf-16le', 'shift_jis', 'gb18030', 'euc-jp', 'iso-2022-jp'];
const sizes = fc.array(fc.integer({ min: 1, max: 64 }), { maxLength: 4 });
const STORED: readonly ((text: string) => Buffer)[] = [
  (text) => Buffer.from(text),
  (text) => Buffer.from(text, 'latin1'),
  (text) => Buffer.from(text, 'utf16le'),
  (text) => Buffer.from(`\uFEFF${text}`, 'utf16le'),
  (text) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(),
  (text) => gzipSync(text),
  (text) => gzipSync(text).subarray(0, -5),
  (text) => Buffer.concat([gzipSync(text), Buffer.from(text)]),
];

test('any bytes become rows in order, or an error that says what is wrong', {
  timeout: FUZZ_TIMEOUT_MS,
}, async () => {
  const stored = fc
    .tuple(mutated(SEEDS, PIECES), fc.constantFrom(...STORED))
    .map(([text, store]) => store(text));
  const bytes = fc.oneof(
    { weight: 4, arbitrary: stored },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 80 }) },
  );
  const options = fc.record(
    {
      delimiter: fc.constantFrom(',', ';', 'tab', '|'),
      encoding: fc.constantFrom(...ENCODINGS),
      format: fc.constantFrom('csv' as const, 'jsonl' as const),
    },
    { requiredKeys: [] },
  );
  await fuzz(fc.tuple(bytes, options, sizes), async ([input, given, cuts]) => {
    const refusal = await refusalOf(async () => {
      const { rows, shape, error } = await readBytes(input, 'contacts.csv', given, cuts);
      expectOrder(rows, shape.columns.length, shape.format === 'csv');
      if (error !== undefined) await refusalOf(() => Promise.reject(error));
    });
    if (refusal) expect(refusal.message).toContain('contacts.csv');
  });
});

test('every row that stands in the text is accounted for', { timeout: FUZZ_TIMEOUT_MS }, async () => {
  const token = fc.constantFrom(
    'a',
    'é',
    '😀',
    ' ',
    '1',
    '"',
    '""',
    ',',
    ',',
    '\n',
    '\n',
    '\r\n',
    '"x"',
    '"x\ny"',
  );
  const body = fc.array(token, { maxLength: 40 }).map((tokens) => tokens.join(''));
  await fuzz(fc.tuple(body, sizes), async ([text, cuts]) => {
    const expected = readByTheBook(text);
    const { rows, error } = await readBytes(`id,b,c\n${text}`, 'contacts.csv', { delimiter: ',' }, cuts);
    expect(rows.map((row) => ('record' in row ? row.record : 'bad'))).toEqual(expected.rows);
    expect(error !== undefined).toBe(expected.isBroken);
  });
});

// --- internal ---

function expectOrder(rows: readonly (Row | BadRow)[], columns: number, isCsv: boolean): void {
  expect(rows.map(({ row }) => row)).toEqual(rows.map((_, index) => index + 1));
  for (const [index, row] of rows.entries()) {
    expect(row.line).toBeGreaterThan(rows[index - 1]?.line ?? 0);
    if (isCsv && 'record' in row) expect(row.record).toHaveLength(columns);
  }
}

/**
 * RFC 4180 as slowly and plainly as it can be read, lines of white space left out. A row of three cells whose quoting is wrong
 * is bad if all its cells end on its line; any other fault of quoting is the end.
 */
function readByTheBook(text: string): { rows: (string[] | 'bad')[]; isBroken: boolean } {
  const rows: (string[] | 'bad')[] = [];
  let rest = text;
  while (rest !== '') {
    const atRow = rest;
    const cells: string[] = [];
    let isQuoted = false;
    for (;;) {
      const quoted = /^"((?:[^"]|"")*)"(?=,|\r?\n|$)/.exec(rest);
      const plain = /^[^",\n]*?(?=,|\r?\n|$)/.exec(rest);
      if (!quoted && !plain) {
        const [line = ''] = atRow.split('\n');
        if (!isBadRow(line)) return { rows, isBroken: true };
        rows.push('bad');
        rest = atRow.slice(line.length);
        cells.length = 0;
        break;
      }
      const [all = '', inside] = quoted ?? plain ?? [];
      cells.push(quoted ? (inside ?? '').replaceAll('""', '"') : all);
      if (quoted) isQuoted = true;
      rest = rest.slice(all.length);
      if (!rest.startsWith(',')) break;
      rest = rest.slice(1);
    }
    rest = rest.replace(/^\r?\n/, '');
    const isBlank = cells.every((cell) => cell.trim() === '');
    if (cells.length === 0 || (cells.length === 1 && isBlank && !isQuoted)) continue;
    if (cells.length === 3) rows.push(cells);
    else rows.push(isBlank ? ['', '', ''] : 'bad');
  }
  return { rows, isBroken: false };
}

/** Whether a line, whose quoting is wrong, is a row of three cells: one reading must make it so, and leave no quote open. */
function isBadRow(line: string): boolean {
  const quoted = '"(?:[^"]|"")*"(?!")';
  const loose = '[^",][^,]*|';
  const cell = `(?:${quoted}(?=,|$)|${quoted}[^,]+|${loose})`;
  const toQuote = `(?:${quoted}(?=,|$)|${quoted}(?!,)(?:(?!",).)*"(?=,|$)|${quoted}(?!.*"(?:,|$))[^,]+|${loose})`;
  return [cell, toQuote].some((one) => new RegExp(`^${one},${one},${one}$`).test(line.replace(/\r+$/, '')));
}
