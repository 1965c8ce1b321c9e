import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { originText, parseOrigin, type RowOrigin } from '../../src/core/position.ts';
import type { Row, RowError, Shape } from '../../src/core/types.ts';
import { rejectHeader, rejectText, unreadableText } from '../../src/journal/reject-format.ts';

const ERROR: RowError = { code: 'ERR_VALIDATION', message: 'the API refused a value: "x", or so' };

/** Where the rows stand, in the run that rejects them. */
const ORIGIN: RowOrigin = {
  run: '6f1a3c52-0000-4000-8000-000000000001',
  number: 12,
  input: 0,
  row: 3,
  line: 5,
};
const RUN = '12/1/3@6f1a3c52-0000-4000-8000-000000000001';

function csv(columns: readonly string[], delimiter = ','): Shape {
  return { input: 0, name: 'a.csv', format: 'csv', columns, delimiter };
}
const JSONL: Shape = { input: 0, name: 'a.jsonl', format: 'jsonl', columns: [] };

function csvRow(record: readonly string[]): Row {
  return { input: 0, row: 3, line: 5, record };
}
function jsonRow(text: string): Row {
  return { input: 0, row: 3, line: 5, record: {}, text };
}

describe('CSV', () => {
  test('the header has a BOM, the columns of the input and ours', () => {
    expect(rejectHeader(csv(['id', 'Phone, home']))).toBe(
      '\uFEFFid,"Phone, home",_row,_line,_status,_error_code,_error_message,_run\n',
    );
  });

  test.each<[what: string, delimiter: string, cells: readonly string[], line: string]>([
    ['plain cells', ',', ['7', 'Anna'], '7,Anna'],
    ['an empty cell', ',', ['7', ''], '7,'],
    ['quotes', ',', ['7', 'a "b"'], '7,"a ""b"""'],
    ['the delimiter', ';', ['7', 'a;b,c'], '7;"a;b,c"'],
    ['a tab between cells', '\t', ['7', 'a\tb'], '7\t"a\tb"'],
    ['line breaks', ',', ['7', 'a\r\nb'], '7,"a\r\nb"'],
    ['spaces at the ends', ',', ['7', ' a '], '7," a "'],
  ])('%s', (_what, delimiter, cells, line) => {
    const text = rejectText(
      csvRow(cells),
      csv(['id', 'name'], delimiter),
      'rejected',
      { ...ERROR, message: 'no' },
      ORIGIN,
    );
    expect(text).toBe(
      `${line}${delimiter}${['3', '5', 'rejected', 'ERR_VALIDATION', 'no', RUN].join(delimiter)}\n`,
    );
  });

  test('a reject that was fed back and rejected again has our columns once', () => {
    const shape = csv(['id', '_row', '_line', '_status', '_error_code', '_error_message', '_run', '_note']);
    expect(rejectHeader(shape)).toBe('\uFEFFid,_note,_row,_line,_status,_error_code,_error_message,_run\n');
    const row = csvRow(['7', '1', '2', 'failed', 'ERR_X', 'old', RUN, 'keep']);
    expect(rejectText(row, shape, 'invalid', { code: 'ERR_Y', message: 'new' }, ORIGIN)).toBe(
      `7,keep,3,5,invalid,ERR_Y,new,${RUN}\n`,
    );
  });

  test('a row that comes from a rejects file keeps the place at which it stood first', () => {
    const origin = { run: 'first', number: 2, input: 1, row: 70, line: 90 };
    const shape = csv(['id']);
    expect(rejectText(csvRow(['7']), shape, 'invalid', { code: 'ERR_Y', message: 'new' }, origin)).toBe(
      '7,70,90,invalid,ERR_Y,new,2/2/70@first\n',
    );
  });

  test('law: what is written reads back as it was', () => {
    const cell = fc.string({ unit: fc.constantFrom(...'ab";,\t\r\n ä') });
    fc.assert(
      fc.property(
        fc.array(cell, { minLength: 2, maxLength: 4 }),
        fc.constantFrom(',', ';', '\t', '|'),
        (cells, delimiter) => {
          const shape = csv(
            cells.map((_cell, i) => `c${i}`),
            delimiter,
          );
          const file = rejectHeader(shape) + rejectText(csvRow(cells), shape, 'failed', ERROR, ORIGIN);
          const records = parse(file, { bom: true, delimiter, relax_column_count: true }) as string[][];
          expect(records[1]).toEqual([...cells, '3', '5', 'failed', ERROR.code, ERROR.message, RUN]);
        },
      ),
    );
  });
});

describe('where a row is from', () => {
  const id = ORIGIN.run;

  test('law: it is read as it was written', () => {
    const count = fc.integer({ min: 1, max: 999_999_999_999_999 });
    fc.assert(
      fc.property(
        fc.oneof(fc.constant(0), count),
        fc.nat(999_998),
        count,
        fc.uuid(),
        (number, input, row, run) => {
          const from = { number, input, row, run };
          expect(parseOrigin(originText(from))).toEqual(from);
        },
      ),
    );
  });

  test.each([
    ['', `12/1/3`, `@${id}`, `1/3@${id}`, `12/1/3@${id.slice(0, 8)}`, `12/1/3@${id}x`, `x12/1/3@${id}`],
    [`012/1/3@${id}`, `-1/1/3@${id}`, `12/0/3@${id}`, `12/1/0@${id}`, `12/1/3.5@${id}`, `1e3/1/3@${id}`],
    [
      `12/1/9999999999999999@${id}`,
      `12/1000000/3@${id}`,
      `12/1/3@${id.toUpperCase()}`,
      `12/1/3@${id}\n1/1/1@${id}`,
    ],
  ])('no run wrote %s', (...texts) => {
    for (const text of texts) expect(parseOrigin(text), text).toBeUndefined();
  });
});

describe('JSONL', () => {
  const added = `"_row":3,"_line":5,"_status":"failed","_error_code":"ERR_X","_error_message":"no \\"good\\"","_run":"${RUN}"}\n`;
  const error: RowError = { code: 'ERR_X', message: 'no "good"' };

  test.each<[what: string, text: string, kept: string]>([
    ['keys go to the end', '{"id":7}', '{"id":7,'],
    ['an empty object', '{}', '{'],
    ['spaces', ' { "id" : 7 } ', ' { "id" : 7,'],
    [
      'inexact numbers keep their digits',
      '{"id":7,"n":12345678901234567890.10}',
      '{"id":7,"n":12345678901234567890.10,',
    ],
    ['braces in strings', '{"id":7,"a":"}"}', '{"id":7,"a":"}",'],
    [
      'an earlier reject',
      '{"id":7,"_row":1,"_line":1,"_status":"invalid","_error_code":"ERR_Y","_error_message":"a \\"b\\" }"}',
      '{"id":7,',
    ],
    [
      'an earlier reject that names its run',
      `{"id":7,"_row":1,"_line":1,"_status":"invalid","_error_code":"ERR_Y","_error_message":"b","_run":"${RUN}"}`,
      '{"id":7,',
    ],
    [
      'an earlier reject spaced by a formatter',
      '{"id": 7, "_row": 1, "_line": 1, "_status": "invalid", "_error_code": "ERR_Y", "_error_message": "b"}',
      '{"id": 7,',
    ],
    [
      'an earlier reject without anything else',
      '{"_row":1,"_line":1,"_status":"invalid","_error_code":"ERR_Y","_error_message":"b"}',
      '{',
    ],
  ])('%s', (_what, text, kept) => {
    expect(rejectText(jsonRow(text), JSONL, 'failed', error, ORIGIN)).toBe(kept + added);
  });

  test('law: any object reads back as it was, however often it is rejected', () => {
    const object = fc.dictionary(
      fc.string().filter((key) => !key.startsWith('_')),
      fc.jsonValue(),
      {
        noNullPrototype: true,
      },
    );
    fc.assert(
      fc.property(object, fc.constantFrom(undefined, 2), (given, indent) => {
        const text = JSON.stringify(given, undefined, indent).replace(/\n\s*/g, ' ');
        const once = rejectText(jsonRow(text), JSONL, 'failed', error, ORIGIN).trimEnd();
        const twice = rejectText(jsonRow(once), JSONL, 'rejected', { code: 'ERR_Z', message: 'z' }, ORIGIN);
        expect(JSON.parse(once)).toEqual({
          ...JSON.parse(text),
          _row: 3,
          _line: 5,
          _status: 'failed',
          _error_code: 'ERR_X',
          _error_message: 'no "good"',
          _run: RUN,
        });
        expect(twice.match(/"_row":/g)).toHaveLength(1);
      }),
    );
  });
});

test('a row that could not be read stays as it stood', () => {
  const row = { input: 0, row: 1, line: 2, text: '7,"a\nb', error: ERROR };
  expect(unreadableText(row)).toBe('7,"a\nb\n');
});
