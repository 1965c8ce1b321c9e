// @ts-check
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A line of the journal that tells of a row.
 * @typedef {{ readonly row: number, readonly status: string, readonly contact_id?: number }} RowLine
 */

/**
 * What is in a run directory, read without the program's own code.
 * @param {string} dir
 */
export function readRun(dir) {
  const path = join(dir, 'results.jsonl');
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const end = text.lastIndexOf('\n') + 1;
  const lines = text
    .slice(0, end)
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
  /** @type {RowLine[]} */
  const rows = lines.filter((line) => line.type === 'row');
  /** @type {Record<string, number>} */
  const statuses = {};
  for (const { status } of rows) statuses[status] = (statuses[status] ?? 0) + 1;
  const summary = join(dir, 'summary.json');
  return {
    rows,
    statuses,
    header: lines[0],
    /** Whether the last line is complete and the summary. */
    hasEnd: lines.at(-1)?.type === 'end',
    isTorn: end < text.length,
    resumes: lines.filter((line) => line.type === 'resume').length,
    summary: existsSync(summary) ? JSON.parse(readFileSync(summary, 'utf8') || '{}') : undefined,
    rejects: rejectedRows(dir),
  };
}

/**
 * Row numbers in the rejects files, from the columns that the program adds after the input's own.
 * @param {string} dir
 */
function rejectedRows(dir) {
  const names = existsSync(dir) ? readdirSync(dir).filter((name) => /^rejects.*\.csv$/.test(name)) : [];
  return names.flatMap((name) => {
    const [header = '', ...lines] = readFileSync(join(dir, name), 'utf8').split('\n').filter(Boolean);
    // the cells before it never hold this pattern, and the message may hold commas
    const isHeader = /,_row,_line,_status,_error_code,_error_message(,_run)?$/.test(header);
    const numbers = lines.map((line) =>
      Number(/,(\d+),\d+,(?:invalid|rejected|failed),ERR_/.exec(line)?.[1]),
    );
    return isHeader ? numbers : [Number.NaN, ...numbers];
  });
}
