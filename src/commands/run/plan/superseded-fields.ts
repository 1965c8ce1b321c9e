import { RunError } from '../../../core/errors.ts';
import type { BadRow, Patch, Row } from '../../../core/types.ts';
import { DeliveredFields, positionOf, withoutFields } from '../../../journal/delivered-fields.ts';
import type { RunLine } from '../../../journal/journal-lines.ts';
import { isDelivered, readJournal, readRunLine } from '../../../journal/read-journal.ts';
import type { RunInputs } from './open-inputs.ts';

/** The runs whose deliveries count for the rows of a retry: the parent and its parents. */
export async function lineage(dir: string): Promise<string[]> {
  const dirs: string[] = [];
  for (let next: string | undefined = dir; next !== undefined && !dirs.includes(next); ) {
    dirs.push(next);
    const header: RunLine | undefined = await readRunLine(next);
    if (!header) {
      throw new RunError(
        'ERR_NO_RUN',
        `${next}, the run that was retried, is gone; without it nobody can tell which rows are newer`,
      );
    }
    next = header.parent_run?.dir;
  }
  return dirs;
}

/** Reads the rows once for their contacts and the journals once for what later rows of these delivered. */
export async function supersededFields(
  dirs: readonly string[],
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
  for (const dir of dirs) {
    for await (const { line } of readJournal(dir)) {
      if (line.type !== 'row' || line.contact_id === undefined || !isDelivered(line)) continue;
      deliveries.add(line.contact_id, positionOf(line.input ?? 0, line.row), line.fields ?? []);
    }
  }
  return (row, patch) => withoutFields(patch, deliveries.superseded(patch, positionOf(row.input, row.row)));
}
