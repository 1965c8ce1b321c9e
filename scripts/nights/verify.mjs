// @ts-check
import { readRun, rejectedRefs } from './files.mjs';

const BAD = new Set(['invalid', 'rejected', 'failed']);
/** What a bad row may end as; what a good one ends as, the model says. */
const BAD_STATUS = { 'bad-phone': 'invalid', torn: 'invalid', unknown: 'rejected', unmatched: 'invalid' };

/**
 * What of the outcomes of a run that ended by itself is not as it must be.
 * @param {object} run
 * @param {string} run.dir
 * @param {readonly (readonly import('./files.mjs').RunRow[])[]} run.inputs
 * @param {number} run.limit
 * @param {ReadonlySet<string>} run.before What had an outcome before the limit was changed, maybe to a lower one.
 * @param {boolean} run.isShard Other rows are another shard's.
 * @param {number | undefined} code
 * @returns {string[]}
 */
export function verifyRun({ dir, inputs, limit, before, isShard }, code) {
  const { rows, summary, hasEnd } = readRun(dir);
  const complaints = [...wrongStatuses({ dir, inputs }), ...doubled(rows)];
  const all = inputs.flatMap((input, i) => input.map((_row, j) => keyOf({ input: i, row: j + 1 })));
  const expected = new Set([...before, ...all.slice(0, limit)]);
  const isWhole = rows.length === expected.size && rows.every((line) => expected.has(keyOf(line)));
  if (!isShard && !isWhole) complaints.push(`${rows.length} outcomes of ${expected.size} rows`);
  if (!hasEnd) complaints.push('the journal has no end');
  /** @type {Record<string, number>} */
  const counts = {};
  for (const { status } of rows) counts[status] = (counts[status] ?? 0) + 1;
  const told = Object.fromEntries(Object.entries(summary?.statuses ?? {}).filter(([, n]) => n !== 0));
  const isSame = Object.keys({ ...counts, ...told }).every((status) => counts[status] === told[status]);
  if (!isSame || summary?.rows_read !== rows.length || summary.pending !== 0) {
    complaints.push(
      `the summary says ${summary?.rows_read} rows, ${summary?.pending} pending, ${JSON.stringify(told)}; the journal ${JSON.stringify(counts)}`,
    );
  }
  const bad = rows.filter(({ status }) => BAD.has(status));
  if (code !== undefined && code !== (bad.length > 0 ? 1 : 0))
    complaints.push(`exit ${code} with ${bad.length} bad rows`);
  const refs = bad
    .map((line) => rowOf(inputs, line))
    .filter((row) => row && row.kind !== 'torn')
    .map((row) => row?.ref);
  const rejects = rejectedRefs(dir);
  if (refs.sort().join() !== rejects.sort().join())
    complaints.push(`rejects are ${rejects.join()}, bad rows ${refs.join()}`);
  return complaints.map((text) => `${dir.split('/').at(-1)}: ${text}`);
}

/** @param {{ dir: string, inputs: readonly (readonly import('./files.mjs').RunRow[])[] }} run */
function wrongStatuses({ dir, inputs }) {
  return readRun(dir).rows.flatMap((line) => {
    const row = rowOf(inputs, line);
    if (!row) return [`an outcome of row ${line.row}, which does not exist`];
    const saysNothing = Object.values(row.values).every((value) => value === '');
    if ((row.kind === 'unknown' || row.kind === 'unmatched') && saysNothing && line.status === 'skipped')
      return [];
    // a newer row of that contact may have been on its way when its run was cut
    if (row.kind === 'unknown' && line.status === 'superseded') return [];
    const isRight = row.kind === 'good' ? !BAD.has(line.status) : line.status === BAD_STATUS[row.kind];
    return isRight ? [] : [`${row.ref}, ${row.kind}, is ${line.status}`];
  });
}

/** @param {readonly { input?: number, row: number }[]} rows */
function doubled(rows) {
  const keys = rows.map(keyOf);
  const twice = keys.filter((key, i) => keys.indexOf(key) !== i);
  return twice.length > 0 ? [`rows with two outcomes: ${twice.join(' ')}`] : [];
}

/** @param {{ input?: number, row: number }} line */
export function keyOf({ input = 0, row }) {
  return `${input}/${row}`;
}

/** @template T @param {readonly (readonly T[])[]} inputs @param {{ input?: number, row: number }} line */
function rowOf(inputs, { input = 0, row }) {
  return inputs[input]?.[row - 1];
}
