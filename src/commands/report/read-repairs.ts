import { BAD_STATUSES } from '../../core/types.ts';
import { runName } from '../../journal/find-run.ts';
import type { RowLine, RunLine } from '../../journal/journal-lines.ts';
import { readEndLine } from '../../journal/last-line.ts';
import type { Run } from '../../journal/list-runs.ts';
import { readJournal } from '../../journal/read-journal.ts';
import { RowSets } from '../../journal/row-set.ts';
import type { RetryRun } from './facts.ts';

/** What later runs made of the bad rows of a run. */
export interface Repairs {
  /** Rows of the run, by input and row, that a retry has brought to a good end. */
  readonly rows: RowSets;
  /** Retries, and retries of these, the oldest first. */
  readonly runs: readonly RetryRun[];
  /** What the last of them says to type next; undefined where it says nothing, or there is none. */
  readonly next?: string;
}

/** Reads the retries of a run among `all`, which have the newest first. A journal that cannot be read repairs nothing. */
export async function readRepairs(header: RunLine, all: readonly Run[]): Promise<Repairs> {
  const family = new Set([header.run_id]);
  const rows = new RowSets();
  const runs: RetryRun[] = [];
  let next: string | undefined;
  for (const { dir, header: its } of [...all].reverse()) {
    if (its.dry_run || !its.parent_run || !family.has(its.parent_run.run_id)) continue;
    family.add(its.run_id);
    const done = { rows: 0, good: 0 };
    try {
      for await (const { line } of readJournal(dir)) {
        if (line.type !== 'row') continue;
        done.rows += 1;
        if (BAD_STATUSES.has(line.status)) continue;
        done.good += 1;
        const place = placeOf(line, header);
        if (place) rows.add(...place);
      }
    } catch {
      continue; // damaged, or of a newer version
    }
    next = readEndLine(dir)?.summary.next;
    runs.push({ run_id: its.run_id, name: runName(dir), started_at: its.started_at, ...done });
  }
  return { rows, runs, ...(next === undefined ? {} : { next }) };
}

// --- internal ---

/** Where a row of a retry stands in the inputs of the first run: a row of a rejects file says so itself. */
function placeOf({ input = 0, row, position }: RowLine, { number }: RunLine): [number, number] | undefined {
  if (!position) return [input, row];
  const [origin, originInput, originRow] = position;
  return origin === number ? [originInput, originRow] : undefined;
}
