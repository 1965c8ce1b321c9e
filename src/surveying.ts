import { DuplicateFinder } from './changes/duplicates.ts';
import type { State } from './changes/state.ts';
import type { Comparing } from './comparing.ts';
import { EXIT, RunError } from './errors.ts';
import { laneOf } from './pipeline.ts';
import type { Plan } from './planning/plan.ts';
import type { Share } from './results/error-bound.ts';
import { KEY_FIELDS, type MatchKey, type Row, type RowError } from './types.ts';

/** What a look at all rows, before the first one is sent, tells. */
export interface Survey {
  /** Why a row must not be sent, because of another one. */
  clashOf(row: Row): RowError | undefined;
  /** Rows whose contact has to be looked up; undefined where nobody looked. */
  readonly lookups?: number;
}

/**
 * Reads all rows once before anything is sent, where the inputs can be read twice: for values that two contacts
 * cannot both have, and for more changes than `--max-changes` allows, which throws `ERR_MAX_CHANGES` (exit 3).
 */
export async function survey(plan: Plan, state: State | undefined, comparing: Comparing): Promise<Survey> {
  const { maxChanges } = plan.options;
  const isRepeatable = plan.reading.identities.every(({ sha256 }) => sha256 !== undefined);
  if (maxChanges && !isRepeatable) {
    throw new RunError(
      'ERR_USAGE',
      '--max-changes has to read the input twice, and a pipe can be read once; add --spool',
    );
  }
  if (!isRepeatable || (!maxChanges && !isWorthwhile(plan))) return { clashOf: () => undefined };

  const reading = await plan.reopen();
  const finder = new DuplicateFinder(state);
  let rows = 0;
  let changes = 0;
  let lookups = 0;
  everyRow: for (const [i, source] of reading.sources.entries()) {
    for await (const batch of source.rows()) {
      for (const row of batch) {
        if (rows >= plan.options.limit) break everyRow;
        const claim = plan.claim(row);
        if (claim === 'foreign') continue;
        rows += 1;
        if ('error' in row) continue;
        const mapped = reading.compiled[i]?.apply(row);
        if (mapped?.kind !== 'patch' && mapped?.kind !== 'unmatched') continue;
        const contact = mapped.kind === 'patch' ? mapped.patch.contactId : knownContact(mapped.keys, state);
        finder.add(row, contact ?? laneOf(mapped.kind === 'unmatched' ? mapped.keys : []), mapped.patch);
        if (contact === undefined) lookups += 1;
        if (claim !== 'ours' || !maxChanges) continue;
        if (contact === undefined || comparing.differs(row, { ...mapped.patch, contactId: contact }))
          changes += 1;
      }
    }
  }
  await reading.close();
  if (maxChanges && isMore(maxChanges, changes, rows)) throw tooManyChanges(maxChanges, changes, rows);
  const clashes = finder.clashes();
  return { clashOf: (row) => clashes.of(row.input, row.row), lookups };
}

// --- internal ---

/** Whether the mapping sets a field that only one contact can have, or has contacts to look up. */
function isWorthwhile({ reading }: Plan): boolean {
  const { fields, contact } = reading.mapping;
  return (
    contact.kind === 'match' || fields.some(({ path }) => (KEY_FIELDS as readonly string[]).includes(path))
  );
}

function knownContact(keys: readonly MatchKey[], state: State | undefined): number | undefined {
  if (!state?.isComplete) return undefined;
  for (const key of keys) {
    const ids = state.find(key);
    if (ids.length > 0) return ids.length === 1 ? ids[0] : undefined;
  }
  return undefined;
}

function isMore(share: Share, changes: number, rows: number): boolean {
  return share.kind === 'rows' ? changes > share.rows : changes * 100 > rows * share.percent;
}

function tooManyChanges(share: Share, changes: number, rows: number): RunError {
  const bound = share.kind === 'rows' ? `${share.rows}` : `${share.percent}%`;
  return new RunError(
    'ERR_MAX_CHANGES',
    `${changes} of ${rows} rows would change a contact, more than --max-changes ${bound}: has the export lost a column? Nothing was sent. Look at them with --dry-run, or raise the bound.`,
    { exitCode: EXIT.stopped },
  );
}
