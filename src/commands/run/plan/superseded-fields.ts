import { RunError } from '../../../core/errors.ts';
import type { BadRow, Patch, Row, RowOrigin } from '../../../core/types.ts';
import { DeliveredFields, positionOf, withoutFields } from '../../../journal/delivered-fields.ts';
import type { RunLine } from '../../../journal/journal-lines.ts';
import { isDelivered, readJournal, readRunLine } from '../../../journal/read-journal.ts';
import type { RunInputs } from './open-inputs.ts';

/** A run whose deliveries count for the rows of a retry. */
export interface Ancestor {
  readonly dir: string;
  /** Whether its inputs are rejects files: its rows then say themselves where they stood in the first run's inputs. */
  readonly isCorrected: boolean;
}

/** The runs whose deliveries count for the rows of a retry, the newest first: the parent and its parents. */
export interface Lineage {
  readonly runs: readonly Ancestor[];
  /** Of the first run, whose rows have the numbers that count, and of the shards that it was merged from. */
  readonly rootIds: ReadonlySet<string>;
}

/** Reads the first lines of a run and of those that it descends from. */
export async function lineageOf(dir: string): Promise<Lineage> {
  const found: { readonly dir: string; readonly header: RunLine }[] = [];
  for (let next: string | undefined = dir; next !== undefined && !found.some((run) => run.dir === next); ) {
    const header: RunLine | undefined = await readRunLine(next);
    if (!header) {
      throw new RunError(
        'ERR_NO_RUN',
        `${next}, the run that was retried, is gone; without it nobody can tell which rows are newer`,
      );
    }
    found.push({ dir: next, header });
    next = header.parent_run?.dir;
  }
  const runs: Ancestor[] = [];
  let isCorrected = false;
  for (const run of found.toReversed()) {
    isCorrected ||= run.header.parent_run?.corrected === true;
    runs.unshift({ dir: run.dir, isCorrected });
  }
  const root = found.at(-1)?.header;
  const shards = root?.shards?.map(({ run_id }) => run_id) ?? [];
  return { runs, rootIds: new Set(root ? [root.run_id, ...shards] : []) };
}

/**
 * Tells the patch of a row without the fields that later rows of its contact delivered. Reads the rows once for their
 * contacts, and the journals once for what was delivered. `isCorrected` says that the rows come from rejects files.
 */
export async function supersededFields(
  { runs, rootIds }: Lineage,
  isCorrected: boolean,
  claim: (row: Row | BadRow) => string,
  open: () => Promise<RunInputs>,
): Promise<(row: Row, patch: Patch) => Patch | undefined> {
  const contacts = new Set<number>();
  let isAnybody = false;
  const reading = await open();
  for (const [i, source] of reading.sources.entries()) {
    for await (const batch of source.rows()) {
      for (const row of batch) {
        if ('error' in row || claim(row) !== 'ours') continue;
        const mapped = reading.compiled[i]?.apply(row);
        if (mapped?.kind === 'patch') contacts.add(mapped.patch.contactId);
        isAnybody ||= mapped?.kind === 'unmatched';
      }
    }
  }
  const deliveries = new DeliveredFields(isAnybody ? undefined : contacts);
  for (const run of runs) {
    for await (const { line } of readJournal(run.dir)) {
      if (line.type !== 'row' || line.contact_id === undefined || !isDelivered(line)) continue;
      const place = { input: line.input ?? 0, row: line.row, origin: line.origin };
      deliveries.add(line.contact_id, placeIn(rootIds, run.isCorrected, place), line.fields ?? []);
    }
  }
  const isFromRejects = isCorrected || runs[0]?.isCorrected === true;
  return (row, patch) =>
    withoutFields(patch, deliveries.superseded(patch, placeIn(rootIds, isFromRejects, row)));
}

// --- internal ---

interface Place {
  readonly input: number;
  readonly row: number;
  readonly origin?: Pick<RowOrigin, 'run' | 'input' | 'row'> | undefined;
}

/** A row of a rejects file that does not say where it stood is as new as the file. */
function placeIn(rootIds: ReadonlySet<string>, isCorrected: boolean, { origin, input, row }: Place): number {
  if (origin)
    return rootIds.has(origin.run) ? positionOf(origin.input, origin.row) : Number.POSITIVE_INFINITY;
  return isCorrected ? Number.POSITIVE_INFINITY : positionOf(input, row);
}
