// @ts-check
// csv-parse alone over a file: with the options that the worker gives it, or with none.
import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';

const [, , path = '', options] = process.argv;
const OURS = {
  delimiter: ',',
  record_delimiter: ['\r\n', '\n'],
  bom: false,
  max_record_size: 1024 * 1024,
  relax_column_count: true,
  skip_empty_lines: true,
};
let rows = -1; // the header
for await (const _ of createReadStream(path).pipe(parse(options === 'ours' ? OURS : {}))) rows += 1;
process.stdout.write(`${rows}`);
