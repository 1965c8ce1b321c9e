import { EXIT } from '../../../core/errors.ts';
import type { BadRow, Row, RowError } from '../../../core/types.ts';
import type { RowLine, RunLine } from '../../../journal/journal-lines.ts';
import type { Summary } from '../../../journal/summary.ts';
import type { Tally } from '../../../journal/tally.ts';
import { badRowHash, type InputProfile, type JobRecord, type KnownBadRows } from '../../job-record.ts';
import type { MeasuredInput } from '../guard/check-guard.ts';
import type { Plan } from '../plan/plan.ts';

/** Names bad rows by the cells that name their contacts, or, where these are empty, by the whole row, and says which are new. */
export function faultNamer(
  { reading }: Plan,
  { salt, bad_rows }: Pick<JobRecord, 'salt' | 'bad_rows'>,
): (row: Row | BadRow, error: RowError) => Pick<RowLine, 'fault' | 'new'> {
  const known = bad_rows?.hashes ? new Set(bad_rows.hashes) : undefined;
  return (row, { code }) => {
    const key = 'error' in row ? row.text : (reading.compiled[row.input]?.keyCells(row) ?? textOf(row));
    const fault = badRowHash(salt, key, code);
    return known ? { fault, new: !known.has(fault) } : { fault };
  };
}

/**
 * How many bad rows of a run are new, by what the job knew before; undefined where there is nothing to compare with, or some
 * rows are not known.
 */
export function countNewBadRows(
  tally: Pick<Tally, 'faults' | 'allFaults' | 'bad'>,
  known: KnownBadRows | undefined,
): number | undefined {
  if (!known?.hashes || (tally.bad > 0 && tally.allFaults === undefined)) return undefined;
  const before = new Set(known.hashes);
  let fresh = 0;
  for (const [fault, rows] of tally.faults) if (!before.has(fault)) fresh += rows;
  return fresh;
}

/**
 * The bad rows that the next run of the job is compared with: of a run that read its whole input, whether or not its bad
 * rows were accepted, since whoever looks after the job has been told of them. Undefined for runs of a part of the rows (a
 * canary, a retry, one that stopped), dry runs, and runs of older data than the job has had.
 */
export function badRowsToKeep(ended: EndedRun, known: KnownBadRows | undefined): KnownBadRows | undefined {
  const { header, summary, tally } = ended;
  if (!readItsWholeInput(ended) || isOlder(header, known)) return undefined;
  const { run_id, number = null } = header;
  return { run_id, number, at: summary.ended_at, hashes: tally.allFaults ?? null };
}

/**
 * What the next run's input is compared with by the guard: that of a run of all rows that ended with exit 0. Shards leave it
 * to runs of all rows.
 */
export function profileToKeep(
  ended: EndedRun,
  measured: MeasuredInput | undefined,
  known: InputProfile | undefined,
): InputProfile | undefined {
  const { header, summary } = ended;
  if (!measured || header.shard || summary.exit_code !== EXIT.ok) return undefined;
  if (!readItsWholeInput(ended) || isOlder(header, known)) return undefined;
  const { run_id, number = null } = header;
  return { run_id, number, at: summary.ended_at, ...measured };
}

export interface EndedRun {
  readonly header: RunLine;
  readonly summary: Summary;
  readonly tally: Tally;
  /** Whether no `--limit` kept rows from it. */
  readonly isWhole: boolean;
}

// --- internal ---

function readItsWholeInput({ header, summary, isWhole }: EndedRun): boolean {
  return !header.dry_run && !header.parent_run && isWhole && !summary.stopped && summary.pending === 0;
}

function isOlder({ number }: RunLine, known: { readonly number: number | null } | undefined): boolean {
  return number !== undefined && typeof known?.number === 'number' && known.number > number;
}

function textOf({ record, text }: Row): string {
  if (text !== undefined) return text;
  const cells = Array.isArray(record) ? record : Object.values(record);
  return cells.map(String).join('\0');
}
