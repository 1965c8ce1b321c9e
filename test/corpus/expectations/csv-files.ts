import { badRows, done, type Expectations, refused, stopped } from '../expected.ts';

/** Without a field that only one contact can have, rows are sent as they are read. */
const AS_IT_COMES = { mapping: 'fields: { name: name }' };

/** CSV files that are damaged, or something else altogether. */
export const CSV_FILES: Expectations = {
  'attribute-without-name.csv': refused(
    'ERR_MAPPING',
    'no column of attribute-without-name.csv matches … It has: "contact_id", "name", "custom_attributes.".',
  ),
  'backslash-escaped-quote.csv': badRows(
    [
      'line 2: updated',
      'line 3: invalid ERR_QUOTE: the quoted cell … Close it, and double the quotes inside ("" and not \\").',
    ],
    AS_IT_COMES,
  ),
  'blank-lines-only.csv': refused(
    'ERR_HEADER',
    'blank-lines-only.csv has no header: it holds nothing but blank lines.',
  ),
  'bomb.csv.gz': stopped(
    'ERR_INPUT',
    'bomb.csv.gz, line 3: the row that begins on line 3 is longer than 1 MiB. Is this a CSV file?',
    ['line 2: updated'],
    AS_IT_COMES,
  ),
  'bytes-after-gzip.csv.gz': refused(
    'ERR_INPUT',
    'bytes-after-gzip.csv.gz: the gzip data is damaged or cut off (incorrect header check). Check it with `gzip -t` and fetch it again.',
  ),
  'cut-off-in-header.csv.gz': refused(
    'ERR_INPUT',
    'cut-off-in-header.csv.gz: the gzip data is damaged or cut off (unexpected end of file). Check it with `gzip -t` and fetch it again.',
  ),
  'cut-off.csv.gz': stopped(
    'ERR_INPUT',
    'cut-off.csv.gz: the gzip data is damaged or cut off (unexpected end of file). Check it with `gzip -t` and fetch it again.',
  ),
  'doubled-column.csv': refused(
    'ERR_HEADER',
    'doubled-column.csv, header: columns 2 and 4 are both named "name". Rename one of them.',
  ),
  'empty.csv': refused('ERR_INPUT', 'empty.csv is empty (0 bytes). Was the export finished?'),
  'endless-quote-over-1-mib.csv.gz': stopped(
    'ERR_INPUT',
    'endless-quote-over-1-mib.csv.gz, line 3, column "name": the row that … than 1 MiB. Is the quote that opens here ever closed?',
    ['line 2: updated'],
    AS_IT_COMES,
  ),
  'excel-workbook.csv': refused(
    'ERR_INPUT',
    'excel-workbook.csv looks like an Excel workbook or a ZIP archive: save it as "CSV UTF-8", or unpack it.',
  ),
  'extra-cells.csv': badRows([
    'line 2: invalid ERR_RAGGED_ROW: the row has 4 cells, the header 3: put cells that hold the delimiter into double quotes',
    'line 3: updated',
  ]),
  'gb18030-row.csv': badRows([
    'line 2: invalid ERR_ENCODING: the row is not UTF-8. Give its encoding, e.g. --encoding gb18030, shift_jis or windows-1252.',
    'line 3: updated',
  ]),
  'gzip-in-gzip.csv.gz': refused('ERR_INPUT', 'gzip-in-gzip.csv.gz is gzip within gzip: unpack it once.'),
  'header-only.csv': done([]),
  'html-login-page.csv': refused(
    'ERR_INPUT',
    'html-login-page.csv is an HTML page. Was a login or error page saved in place of the export? Log in and export it again.',
  ),
  'id-instead-of-contact-id.csv': refused('ERR_MAPPING', [
    'id-instead-of-contact-id.csv has no column named … say so there. Write a mapping that begins with',
    'and give it with --mapping. It has: "id", "name".',
  ]),
  'long-column-name.csv': refused(
    'ERR_HEADER',
    'long-column-name.csv, header: the name of column 2 is longer than 1000 characters. Is the first line the header?',
  ),
  'million-columns.csv.gz': refused(
    'ERR_INPUT',
    'million-columns.csv.gz, line 1: the row that begins on line 1 is longer than 1 MiB. Is this a CSV file?',
  ),
  'missing-cells.csv': badRows([
    'line 2: updated',
    'line 3: invalid ERR_RAGGED_ROW: the row has 2 cells, the header 3: add the missing cells, empty ones as well',
  ]),
  'mixed-line-breaks.csv': done(['line 2: updated', 'line 3: updated', 'line 4: updated']),
  'no-contact-id.csv': refused('ERR_MAPPING', [
    'no-contact-id.csv has no column named contact_id, and … nowhere else. Write a mapping that begins with',
    'and give it with --mapping. It has: "first", "email".',
  ]),
  'no-header-only-numbers.csv': refused(
    'ERR_HEADER',
    'no-header-only-numbers.csv, header: line 1 looks like a row: its first cell is a number. Put the names of the columns into the first line.',
  ),
  'no-header.csv': refused(
    'ERR_HEADER',
    'no-header.csv, header: line 1 looks like a row: column 3 is an e-mail address. Put the names of the columns into the first line.',
  ),
  'nothing-to-send.csv': refused(
    'ERR_MAPPING',
    'no column of nothing-to-send.csv is named name, email, phone_number … give it with --mapping. It has: "contact_id", "Vorname".',
  ),
  'nul-in-a-later-row.csv': badRows([
    'line 2: updated',
    'line 3: updated',
    'line 4: updated',
    'line 5: updated',
    'line 6: updated',
    'line 7: updated',
    'line 8: updated',
    'line 9: updated',
    'line 10: updated',
    'line 11: invalid ERR_CHARACTER: Column "name" holds a character … cell, or read the input with --encoding.',
  ]),
  'nul-in-first-rows.csv': refused(
    'ERR_INPUT',
    'nul-in-first-rows.csv holds NUL bytes: it is not a text file. Export it as CSV UTF-8 or JSONL.',
  ),
  'old-excel-workbook.csv': refused(
    'ERR_INPUT',
    'old-excel-workbook.csv looks like an Excel workbook or a ZIP archive: save it as "CSV UTF-8", or unpack it.',
  ),
  'pdf.csv': refused('ERR_INPUT', 'pdf.csv is a PDF: export the table as CSV.'),
  'quote-inside-cell.csv': badRows(
    [
      'line 2: updated',
      'line 3: invalid ERR_QUOTE: a double quote stands … Put the whole cell into quotes and double those inside.',
    ],
    AS_IT_COMES,
  ),
  'quoted-with-apostrophes.csv': refused('ERR_MAPPING', [
    'quoted-with-apostrophes.csv has no column named contact_id, … say so there. Write a mapping that begins with',
    'and give it with --mapping. It has: "\'contact_id\'", "\'name\'".',
  ]),
  'replacement-character.csv': badRows([
    'line 2: invalid ERR_ENCODING: the row holds U+FFFD, the mark that … where a character was lost. Export it anew.',
    'line 3: updated',
  ]),
  'reserved-key.csv': refused(
    'ERR_MAPPING',
    'the column "custom_attributes.__proto__": "__proto__" is reserved and cannot be an attribute.',
  ),
  'row-over-1-mib.csv.gz': stopped(
    'ERR_INPUT',
    'row-over-1-mib.csv.gz, line 3: the row that begins on line 3 is longer than 1 MiB. Is this a CSV file?',
    ['line 2: updated'],
    AS_IT_COMES,
  ),
  'text-after-closing-quote.csv': badRows(
    [
      'line 2: updated',
      'line 3: invalid ERR_QUOTE: the quoted cell … Close it, and double the quotes inside ("" and not \\").',
    ],
    AS_IT_COMES,
  ),
  'title-line-before-header.csv': refused('ERR_MAPPING', [
    'title-line-before-header.csv has no column named … nowhere else. Write a mapping that begins with',
    'and give … If its header is line 2, say --skip-rows 1.',
  ]),
  'unclosed-quote.csv': stopped(
    'ERR_INPUT',
    'unclosed-quote.csv, line 3, column "name": a double quote opens here and is never closed. Close it, or double it if it belongs to the text.',
    ['line 2: updated'],
    AS_IT_COMES,
  ),
  'unclosed-quote-found-beforehand.csv': stopped(
    'ERR_INPUT',
    'unclosed-quote-found-beforehand.csv, line 3, column "name": a double quote opens here … Close it',
    ['line 2: updated'],
  ),
  'unnamed-column.csv': done(['line 2: updated']),
  'utf-16-without-bom.csv': refused(
    'ERR_INPUT',
    'utf-16-without-bom.csv looks like UTF-16 without a byte order mark: --encoding utf-16le',
  ),
  'utf-32.csv': refused(
    'ERR_INPUT',
    'utf-32.csv is UTF-32, which is not read: convert it, e.g. `iconv -t utf-8`.',
  ),
  'windows-1252-header.csv': refused(
    'ERR_ENCODING',
    'windows-1252-header.csv: the header is not UTF-8; looks like windows-1252: --encoding windows-1252',
  ),
  'windows-1252-row.csv': badRows([
    'line 2: invalid ERR_ENCODING: the row is not UTF-8; looks like windows-1252: --encoding windows-1252',
    'line 3: updated',
  ]),
  'wrong-delimiter-given.csv': refused(
    'ERR_MAPPING',
    [
      'wrong-delimiter-given.csv has no column named contact_id, … nowhere else. Write a mapping that begins with',
      'and give … is the header the first line, and is --delimiter right?',
    ],
    { args: ['--delimiter', ','] },
  ),
  'xml.csv': refused('ERR_INPUT', 'xml.csv is XML. Export it as CSV UTF-8 or JSONL.'),
  'zstd.csv': refused(
    'ERR_INPUT',
    'zstd.csv is compressed with zstd: unpack it, or pipe what `zstd -dc FILE` prints into this same command with - in place of the file.',
  ),
};
