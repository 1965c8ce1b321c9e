import { describe, expect, test } from 'vitest';
import {
  DETECTION_BYTES,
  detectByName,
  detectDelimiter,
  detectFormat,
  detectionLength,
  detectRowEnds,
  detectSepLine,
  detectTitleLines,
} from '../../src/input/detect.ts';

test.each([
  ['contacts.csv', { format: 'csv' }],
  ['a/b.CSV.gz', { format: 'csv' }],
  ['contacts.tsv', { format: 'csv', delimiter: '\t' }],
  ['x.jsonl', { format: 'jsonl' }],
  ['x.ndjson.gz', { format: 'jsonl' }],
  ['x.txt', undefined],
  ['x.constructor', undefined],
  ['-', undefined],
])('the name %s says %j', (name, expected) => {
  expect(detectByName(name)).toEqual(expected);
});

test.each([
  ['{"a":1}', 'jsonl'],
  ['\n  {', 'jsonl'],
  ['[{', 'jsonl'],
  ['[\n', 'jsonl'],
  ['[id],[name]\n', 'csv'],
  ['id,name', 'csv'],
  ['', 'csv'],
])('the start %j is %s', (start, format) => {
  expect(detectFormat(start)).toBe(format);
});

describe('delimiter', () => {
  test.each([
    ['a,b,c\n1,2,3\n', ','],
    ['a;b;c\n1,5;2,5;3,5\n', ';'],
    ['a\tb\n1\t2\n', '\t'],
    ['a|b|c\n1|2|3', '|'],
    ['Name (first, last);Email\nAnna;a@example.com\n', ';'],
    ['"a;b;c",d\n"1;2",3\n', ','],
    ['"a\nb";c\n1;2\n', ';'],
    ['id\n1\n2\n', ','],
    ['a;b;c', ';'],
    ['', ','],
  ])('of %j is %j', (start, delimiter) => {
    expect(detectDelimiter(start)).toBe(delimiter);
  });
});

test.each([
  ['a\r\nb', ['\r\n', '\n']],
  ['a\nb', ['\r\n', '\n']],
  ['a\rb', ['\r']],
  ['a', ['\r\n', '\n']],
])('rows of %j end in %j', (start, ends) => {
  expect(detectRowEnds(start)).toEqual(ends);
});

test.each([
  ['sep=;\r\na;b', { delimiter: ';', length: 7 }],
  ['SEP=\t\na', { delimiter: '\t', length: 6 }],
  ['sep=;', undefined],
  ['sep=x\n', undefined],
  ['id\nsep=;\n', undefined],
])('the first line of %j is %j', (start, expected) => {
  expect(detectSepLine(start)).toEqual(expected);
});

test.each<[name: string, text: string, length: number | undefined]>([
  ['nine lines', 'x\n'.repeat(9), undefined],
  ['ten lines and more', 'x\n'.repeat(15), 20],
  ['ten lines of CRLF', 'x\r\n'.repeat(10), 30],
  ['CR alone', 'x\r'.repeat(15), 22],
  ['64 KiB on one line', 'x'.repeat(DETECTION_BYTES), DETECTION_BYTES],
  ['64 KiB and more', 'x'.repeat(DETECTION_BYTES + 9), DETECTION_BYTES],
])('detection looks at the start of %s', (_name, text, length) => {
  expect(detectionLength(Buffer.from(text))).toBe(length);
});

test.each<[what: string, text: string, lines: number | undefined]>([
  ['a title', 'Contacts of today\n\nid,name\n1,a\n', 2],
  ['none', 'id,name\n1,a\n', undefined],
  ['a line break in a name', 'id,"Phone\n(mobile, home, work)",name\n1,2,3\n', undefined],
  ['a line break in the first name', '"Id of\r\nthe contact",name,tier\r\n1,a,b\r\n', undefined],
  ['delimiters in a name', 'id,name\n1,"a, b, c"\n', undefined],
  ['a title of two lines in quotes', '"Contacts\nof today"\nid,name\n1,a\n', 2],
  ['doubled quotes', '"a ""b\n"" c",d\n1,2\n', undefined],
])('lines above the header: %s', (_what, text, lines) => {
  expect(detectTitleLines(text)).toBe(lines);
});
