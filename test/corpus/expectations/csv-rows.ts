import { badRows, done, type Expectations, refused, stopped } from '../expected.ts';

/** Without a field that only one contact can have, rows are sent as they are read. */
const AS_IT_COMES = { mapping: 'fields: { name: name }' };
const TSV_NOTE = 'its quotes do not pair, so they are read as text (--quote none)';

/** CSV files whose rows are not where, or how, a plain export has them. */
export const CSV_ROWS: Expectations = {
  'blank-rows-above-header.csv': done(['line 5: updated']),
  'blank-rows-of-excel.csv': done(
    [
      ...Array.from({ length: 10 }, (_, i) => `line ${i + 2}: updated`),
      ...Array.from({ length: 200 }, (_, i) => `line ${i + 12}: skipped (blank)`),
    ],
    { says: 'skipped … 200   blank' },
  ),
  'blank-rows-of-spaces.csv': done(['line 2: updated', 'line 3: skipped (blank)']),
  'blank-rows-ragged.csv': done([
    'line 2: updated',
    'line 3: skipped (blank)',
    'line 4: skipped (blank)',
    'line 5: skipped (blank)',
    'line 6: updated',
  ]),
  'byte-order-mark-before-rows.csv': done(['line 2: updated', 'line 3: updated', 'line 5: updated']),
  'byte-order-mark-twice.csv': done(['line 2: updated']),
  'bzip2.csv': refused(
    'ERR_INPUT',
    'bzip2.csv is compressed with bzip2: unpack it, or pipe what `bzip2 -dc FILE` prints into this same command with - in place of the file.',
  ),
  'cr-cr-lf.csv': done(['line 2: updated', 'line 3: updated', 'line 6: updated']),
  'cr-rows-with-a-line-feed.csv': done(['line 2: updated', 'line 3: updated']),
  'doubled-column-of-a-glob.csv': refused(
    'ERR_HEADER',
    'doubled-column-of-a-glob.csv, header: columns 2 and 4 are both named "cf_a". Rename one of them.',
    { mapping: 'fields: { "custom_attributes.*": { columns: "cf_*" } }' },
  ),
  'doubled-column-unused.csv': done(['line 2: updated']),
  'footer.csv': done(
    ['line 2: updated', 'line 3: skipped (blank)', 'line 4: updated', 'line 5: skipped (blank)'],
    {
      args: ['--skip-footer', '2'],
    },
  ),
  'footer-longer-than-file.csv': done([], { args: ['--skip-footer', '3'] }),
  'header-again-marked.csv': done(
    ['line 2: updated', 'line 3: skipped (header)', 'line 4: updated', 'line 5: updated'],
    { says: 'the header once more' },
  ),
  'header-again-marked-and-quoted.csv': done([
    'line 2: updated',
    'line 3: skipped (header)',
    'line 4: updated',
    'line 5: updated',
  ]),
  'header-again-with-spaces.csv': done(['line 2: updated', 'line 3: skipped (header)']),
  'header-half-again.csv': badRows(['line 2: updated', 'line 3: invalid ERR_CONTACT_ID']),
  'lines-above-header.csv': badRows(['line 5: updated', 'line 6: invalid ERR_RAGGED_ROW'], {
    args: ['--skip-rows', '3'],
  }),
  'lines-above-header-all.csv': refused(
    'ERR_INPUT',
    'lines-above-header-all.csv has no more lines than the 9 that --skip-rows leaves out.',
    { args: ['--skip-rows', '9'] },
  ),
  'lines-above-header-not-counted.csv': refused(
    'ERR_MAPPING',
    'It has: "Export". If its header is line 3, say --skip-rows 2.',
  ),
  'parquet.csv': refused(
    'ERR_INPUT',
    "parquet.csv is Parquet: make CSV of it, `duckdb -c \"copy (from 'FILE') to 'FILE.csv'\"`, and read that.",
  ),
  'quote-apostrophe.csv': done(['line 2: updated', 'line 3: updated'], { args: ['--quote', "'"] }),
  'quote-none.csv': done(['line 2: updated', 'line 3: updated'], { args: ['--quote', 'none'] }),
  'quote-opened-inside-a-cell.csv': stopped(
    'ERR_INPUT',
    'quote-opened-inside-a-cell.csv, line 3, column "name": a double quote stands … --quote none.',
    ['line 2: updated'],
    AS_IT_COMES,
  ),
  'quotes-are-text.tsv': done(['line 2: updated', 'line 3: updated', 'line 4: updated'], { says: TSV_NOTE }),
  'quotes-belong.tsv': done(['line 2: updated', 'line 4: updated']),
  'quotes-pair-by-chance.tsv': done(['line 2: updated', 'line 3: updated', 'line 4: updated'], {
    says: TSV_NOTE,
  }),
  'quotes-pair-by-chance-later.tsv': badRows([
    ...Array.from({ length: 12 }, (_, i) => `line ${i + 2}: updated`),
    'line 14: invalid ERR_QUOTE: a double quote opens here and is never closed. … --quote none.',
    'line 15: invalid ERR_QUOTE: a double quote stands in a cell … --quote none.',
    'line 16: updated',
  ]),
  'stray-quote-in-one-row.csv': badRows([
    'line 2: updated',
    'line 3: invalid ERR_QUOTE: a double quote stands in a cell that does not begin with one. Put the whole cell into quotes and double those inside. If quotes are text in this file: --quote none.',
    'line 4: updated',
    'line 5: updated',
  ]),
  'stray-quotes-in-a-row-that-goes-on.csv': stopped(
    'ERR_INPUT',
    'stray-quotes-in-a-row-that-goes-on.csv, line 3, column "name": a double quote stands in a cell',
    ['line 2: updated'],
    AS_IT_COMES,
  ),
  'unnamed-columns.csv': done(['line 2: updated']),
  'white-space-lines.csv': done(['line 2: updated', 'line 4: updated']),
};
