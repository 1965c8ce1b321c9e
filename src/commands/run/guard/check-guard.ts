import { EXIT, RunError } from '../../../core/errors.ts';
import type { RunContext } from '../../../core/run-context.ts';
import { InexactNumber } from '../../../core/types.ts';
import { cellReader } from '../../../mapping/compile/cell.ts';
import type { Guard, Mapping } from '../../../mapping/document.ts';
import type { InputProfile } from '../../job-record.ts';
import type { RunInputs } from '../plan/open-inputs.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunNotes } from '../reporting/run-notes.ts';
import { judgeDrift } from './judge-drift.ts';

/** Breaches that a message names; the others are counted. */
const MAX_SHOWN = 5;

/** What a night is like that the next one is compared with, but for its run. */
export type MeasuredInput = Pick<InputProfile, 'rows' | 'columns' | 'filled' | 'may_lack_keys'>;

/**
 * Reads all rows once, before anything is sent, and compares them with those of the last good run of the job, of which
 * `profile` is kept; undefined where there was none. Throws
 * `ERR_DRIFT` (exit 3) where they are too far from it; a dry run, and one with `--accept-drift`, warn. Gives what was
 * measured, undefined where the run was stopped meanwhile.
 */
export async function checkGuard(
  guard: Guard,
  plan: Plan,
  profile: InputProfile | undefined,
  notes: RunNotes,
  { log, stop }: RunContext,
): Promise<MeasuredInput | undefined> {
  const { options, earlier, parent } = plan;
  if (parent) return undefined; // its rows have passed with the run that it retries
  const reading = await plan.reopen();
  let measured: MeasuredInput | undefined;
  try {
    measured = await measure(reading, stop.draining);
  } finally {
    await reading.close();
  }
  if (!measured) return undefined;
  if (!profile) {
    const note = plan.shard ? NOTHING_BEFORE_A_SHARD : NOTHING_BEFORE;
    log.info({ rows: measured.rows, columns: measured.columns.length }, note);
    notes.add(note);
    return measured;
  }
  // what this run has sent already was let pass
  if (earlier && earlier.tally.rows > 0) return measured;
  const breaches = judgeDrift(guard, profile, { ...profile, ...measured });
  if (breaches.length === 0) return measured;
  const shown = breaches.slice(0, MAX_SHOWN).join('; ');
  const more = breaches.length > MAX_SHOWN ? `; and ${breaches.length - MAX_SHOWN} more` : '';
  const what = `the input is not like that of the last good run (${profile.at.slice(0, 16)}Z): ${shown}${more}`;
  if (options.dryRun || options.acceptDrift) {
    notes.warn([
      options.acceptDrift ? `${what}; accepted this once (--accept-drift)` : `${what}; a run would stop here`,
    ]);
    return measured;
  }
  throw new RunError('ERR_DRIFT', `${what}. Nothing was sent`, { exitCode: EXIT.stopped });
}

// --- internal ---

const NOTHING_BEFORE =
  'the guard has no earlier run of this job to compare with: what this input is like is recorded once the run has ended well';

const NOTHING_BEFORE_A_SHARD =
  'the guard has no earlier run of all rows of this job to compare with, and shards record none: run the job once without --shard';

/** Counts rows and the cells with a value in each column that the mapping reads; undefined once `signal` aborts. */
async function measure(
  { sources, compiled, mapping }: RunInputs,
  signal: AbortSignal,
): Promise<MeasuredInput | undefined> {
  const columns = new Set<string>();
  const filled = new Map<string, number>();
  let rows = 0;
  for (const [i, { shape, rows: read }] of sources.entries()) {
    const bound = compiled[i];
    for (const name of shape.columns) if (name !== '') columns.add(name);
    const used = shape.columns.filter((name) => name !== '' && !bound?.unusedColumns.includes(name));
    const cells = used.map((name) => ({
      name,
      read: cellReader(name, shape),
      empty: emptyValuesOf(name, mapping),
    }));
    for (const { name } of cells) filled.set(name, filled.get(name) ?? 0);
    for await (const batch of read()) {
      if (signal.aborted) return undefined;
      for (const row of batch) {
        if (!('error' in row) && bound?.noDataOf(row) !== undefined) continue;
        rows += 1;
        if ('error' in row) continue;
        for (const cell of cells)
          if (hasValue(cell.read(row.record), cell.empty))
            filled.set(cell.name, (filled.get(cell.name) ?? 0) + 1);
      }
    }
  }
  return {
    rows,
    columns: [...columns],
    filled: Object.fromEntries(filled),
    may_lack_keys: sources.some(({ shape }) => shape.format === 'jsonl'),
  };
}

/** The texts that stand for no value in a column, by the fields that it gives. */
function emptyValuesOf(column: string, { fields }: Mapping): ReadonlySet<string> {
  const own = fields.filter(({ source }) => source.kind === 'column' && source.column === column);
  return new Set(own.flatMap(({ emptyValues }) => emptyValues));
}

function hasValue(cell: ReturnType<ReturnType<typeof cellReader>>, empty: ReadonlySet<string>): boolean {
  if (cell === undefined || cell === null) return false;
  if (typeof cell !== 'string') return cell instanceof InexactNumber || !isEmptyObject(cell);
  const text = cell.trim();
  return text !== '' && !empty.has(text);
}

function isEmptyObject(cell: unknown): boolean {
  return typeof cell === 'object' && cell !== null && Object.keys(cell).length === 0;
}
