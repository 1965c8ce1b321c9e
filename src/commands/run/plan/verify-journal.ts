import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunError } from '../../../core/errors.ts';
import { shownPath } from '../../../core/shell-text.ts';
import type { RunLine } from '../../../journal/journal-lines.ts';
import { keepRows } from '../../../journal/keep-rows.ts';
import { type Fold, foldJournal } from '../../../journal/read-journal.ts';
import { RowSets } from '../../../journal/row-set.ts';
import { FILES } from '../../../journal/run-directory.ts';
import { plural } from '../../../journal/summary-text.ts';
import type { RunInputs } from './open-inputs.ts';

/** Whether `mapping.json` of a run directory is what its journal says it was. */
export function isOwnMapping(dir: string, { mapping_hash }: RunLine): boolean {
  try {
    const mapping: unknown = JSON.parse(readFileSync(join(dir, FILES.mapping), 'utf8'));
    return createHash('sha256').update(JSON.stringify(mapping)).digest('hex').slice(0, 16) === mapping_hash;
  } catch {
    return false;
  }
}

/** Refuses to go on with a run whose mapping was changed: its rows would go out by two mappings. */
export function requireOwnMapping(dir: string, header: RunLine): void {
  if (isOwnMapping(dir, header)) return;
  throw new RunError(
    'ERR_OTHER_MAPPING',
    `${shownPath(join(dir, FILES.mapping))} was changed, or cannot be read: it is not the mapping that the run began with. ` +
      'Put the file back, or begin a new run with the mapping that you want.',
  );
}

/** A journal whose rows all fit the input. */
export interface VerifiedJournal {
  readonly fold: Fold;
  /** What is to be said of rows that did not fit. */
  readonly notes: readonly string[];
}

/**
 * Compares the journal lines of the rows that are done with the rows of the input: the line where each begins, and its
 * contact where the mapping names that by id. Lines that do not fit were changed; they are taken out of the journal, and
 * their rows are done again. Reads the inputs once, as far as the last row that is done.
 */
export async function verifyJournal(
  dir: string,
  fold: Fold,
  open: () => Promise<RunInputs>,
): Promise<VerifiedJournal> {
  if (fold.done.size === 0) return { fold, notes: [] };
  const fitting = await fittingRows(fold, open);
  const misfits = fold.done.size - fitting.size;
  if (misfits === 0) return { fold, notes: [] };
  const before = await keepRows(dir, fitting);
  return {
    fold: await foldJournal(dir),
    notes: [
      `the journal was changed: ${plural(misfits, 'row', 'rows')} in it ${misfits === 1 ? 'does' : 'do'} not fit the input and ${misfits === 1 ? 'is' : 'are'} done again; the journal as it was is now ${before}`,
    ],
  };
}

// --- internal ---

async function fittingRows({ done, checks }: Fold, open: () => Promise<RunInputs>): Promise<RowSets> {
  const fitting = new RowSets();
  const reading = await open();
  const { contact, ownFunction } = reading.mapping;
  const isById = contact.kind === 'id' && ownFunction === undefined;
  let unseen = done.size;
  try {
    for (const { shape, rows } of reading.sources) {
      if (unseen === 0) break;
      const compiled = reading.compiled[shape.input];
      for await (const batch of rows()) {
        for (const row of batch) {
          if (!done.has(row.input, row.row)) continue;
          unseen -= 1;
          if (!checks.fitsLine(row.input, row.row, row.line)) continue;
          const id = isById && !('error' in row) ? compiled?.contactOf(row) : undefined;
          const isFit = !isById || checks.fitsContact(row.input, row.row, id === undefined ? id : Number(id));
          if (isFit) fitting.add(row.input, row.row);
        }
        if (unseen === 0) break;
      }
    }
  } finally {
    await reading.close();
  }
  return fitting;
}
