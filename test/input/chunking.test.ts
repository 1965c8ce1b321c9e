import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readBytes } from './helpers.ts';

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
const cell = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    'a',
    'Müller',
    '😀',
    '"',
    '""',
    ',',
    '\n',
    '\r\n',
    '\r',
    'x\r',
    '\uFFFD',
    '漢字',
    '\u2028',
  ),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
);
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const mustQuote = (text: string) => /[",\r\n\uFEFF\0]/.test(text);
const lineBreak = fc.constantFrom('\n', '\r\n');

/** Rows of three cells, some quoted without need, some ragged, with blank lines between. */
const csv = fc
  .tuple(
    fc.array(
      fc.tuple(
        fc.array(fc.tuple(cell, fc.boolean()), { minLength: 1, maxLength: 4 }),
        lineBreak,
        fc.nat({ max: 2 }),
      ),
      { maxLength: 12 },
    ),
    lineBreak,
    fc.boolean(),
  )
  .map(([rows, headerBreak, isFinished]) => {
    let text = `id,name,note${headerBreak}`;
    let line = 2;
    const expected: unknown[] = [];
    for (const [cells, end, blank] of rows) {
      const values = cells.map(([value]) => value);
      const isBlank = values.join('').trim() === '';
      const [[first, isFirstQuoted] = ['', false]] = cells;
      const isNoRow = cells.length === 1 && isBlank && !isFirstQuoted && !mustQuote(first);
      text +=
        cells.map(([value, isQuoted]) => (isQuoted || mustQuote(value) ? quoted(value) : value)).join(',') +
        end;
      if (!isNoRow) expected.push({ line, values: isBlank && cells.length !== 3 ? ['', '', ''] : values });
      line += 1 + blank + values.join('').split('\n').length - 1;
      text += end.repeat(blank);
    }
    const endsBare = !isFinished && rows.length > 0;
    return { text: endsBare ? text.replace(/[\r\n]+$/, '') : text, expected };
  });

const encodings = fc.constantFrom<[string, (text: string) => Buffer]>(
  ['UTF-8', (text) => Buffer.from(text)],
  ['UTF-8 with BOM', (text) => Buffer.from(`\uFEFF${text}`)],
  ['UTF-16LE', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
  ['UTF-16BE', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
  ['gzip', (text) => gzipSync(text)],
  ['gzip in two members', (text) => Buffer.concat([gzipSync(text.slice(0, 9)), gzipSync(text.slice(9))])],
);

test('any chunking of a CSV gives the same rows, whatever its encoding', async () => {
  await fc.assert(
    fc.asyncProperty(csv, encodings, sizes, async ({ text }, [, encode], cuts) => {
      const bytes = encode(text.replace(/[\ud800-\udfff](?![\udc00-\udfff])/g, ''));
      expect(await readBytes(bytes, 'contacts.csv', {}, cuts)).toEqual(
        await readBytes(bytes, 'contacts.csv'),
      );
    }),
    { numRuns: 300 },
  );
});

test('rows have the cells, numbers and lines that were written', async () => {
  await fc.assert(
    fc.asyncProperty(csv, sizes, async ({ text, expected }, cuts) => {
      const { rows, error } = await readBytes(text, 'contacts.csv', {}, cuts);
      expect(error).toBeUndefined();
      expect(rows.map((row) => row.line)).toEqual(expected.map((row) => (row as { line: number }).line));
      expect(rows.map((row) => row.row)).toEqual(expected.map((_, index) => index + 1));
      for (const [index, row] of rows.entries()) {
        const { values } = expected[index] as { values: string[] };
        const isWell = values.length === 3 && !values.join('').includes('\uFFFD');
        expect('record' in row ? row.record : 'bad').toEqual(isWell ? values : 'bad');
      }
    }),
    { numRuns: 300 },
  );
});

const jsonLine = fc.oneof(
  fc.constantFrom(
    '',
    '  ',
    '{',
    '[]',
    '{"a":"\u2028"}',
    '{"a":12345678901234567890}',
    '{"__proto__":{"a":1}}',
    'null\r',
  ),
  fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value)),
);

test('any chunking of JSONL gives the same rows', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(jsonLine),
      lineBreak,
      encodings,
      sizes,
      async (lines, end, [, encode], cuts) => {
        const bytes = encode(`{"id":1}${end}${lines.join(end)}`);
        const whole = await readBytes(bytes, 'contacts.jsonl');
        expect(await readBytes(bytes, 'contacts.jsonl', {}, cuts)).toEqual(whole);
        const lineNumbers = lines.flatMap((line, index) => (line.trim() === '' ? [] : [index + 2]));
        expect(whole.rows.map((row) => row.line)).toEqual([1, ...lineNumbers]);
      },
    ),
    { numRuns: 300 },
  );
});

test('any chunking of any bytes at all gives the same rows or the same error', async () => {
  const noise = fc.array(fc.constantFrom(...Buffer.from('a,;"\r\n\t é{}1'), 0xff, 0xc3, 0xe2), {
    maxLength: 60,
  });
  await fc.assert(
    fc.asyncProperty(noise, sizes, async (bytes, cuts) => {
      const outcome = (given: readonly number[]) =>
        readBytes(Uint8Array.from(bytes), 'noise', {}, given).catch((error: unknown) => error);
      expect(await outcome(cuts)).toEqual(await outcome([]));
    }),
    { numRuns: 1000 },
  );
});
