import { type Clashes, DuplicateFinder } from './changes/duplicates.ts';
import type { State } from './changes/state.ts';
import { EXIT, RunError } from './errors.ts';
import type { Unmatched } from './pipeline.ts';
import type { Reading } from './reading.ts';
import type { Share } from './results/error-bound.ts';
import { type BadRow, KEY_FIELDS, type Patch, type Row, type RowError } from './types.ts';

export interface SurveyOptions {
  /** A reading of its own: the rows are read twice. */
  readonly open: () => Promise<Reading>;
  readonly claim: (row: Row | BadRow) => 'ours' | 'settled' | 'foreign';
  /** Whether the patch of a row leaves anything to send, as things stand. */
  readonly differs: (row: Row, patch: Patch) => boolean;
  readonly findKnown: (mapped: Unmatched) => number | undefined;
  readonly state: State | undefined;
  readonly maxChanges: Share | undefined;
  readonly limit: number;
}

/** What a look at all rows, before the first one is sent, tells of single ones. */
export interface Survey {
  /** Why a row must not be sent, because of another one. */
  clashOf(row: Row): RowError | undefined;
}

/**
 * Reads all rows once before anything is sent: for values that two contacts cannot both have, and for more changes
 * than `--max-changes` allows, which throws `ERR_MAX_CHANGES` (exit 3).
 */
export async function survey(options: SurveyOptions): Promise<Survey> {
  const reading = await options.open();
  const finder = new DuplicateFinder(options.state);
  let rows = 0;
  let changes = 0;
  rowsOfAll: for (const [i, source] of reading.sources.entries()) {
    for await (const batch of source.rows()) {
      for (const row of batch) {
        if (rows >= options.limit) break rowsOfAll;
        const claim = options.claim(row);
        if (claim === 'foreign') continue;
        rows += 1;
        if ('error' in row) continue;
        const mapped = reading.compiled[i]?.apply(row);
        if (mapped?.kind !== 'patch' && mapped?.kind !== 'unmatched') continue;
        const known = mapped.kind === 'patch' ? mapped.patch.contactId : options.findKnown(mapped);
        finder.add(row, known ?? laneOf(mapped as Unmatched), mapped.patch);
        if (claim !== 'ours' || options.maxChanges === undefined) continue;
        if (known === undefined || options.differs(row, { ...mapped.patch, contactId: known })) changes += 1;
      }
    }
  }
  await reading.close();
  if (options.maxChanges && isMore(options.maxChanges, changes, rows))
    throw tooManyChanges(options.maxChanges, changes, rows);
  const clashes: Clashes = finder.clashes();
  return { clashOf: (row) => clashes.of(row.input, row.row) };
}

/** Whether a mapping sets a field that only one contact of an account can have. */
export function setsUniqueField({ mapping }: Pick<Reading, 'mapping'>): boolean {
  return mapping.fields.some(({ path }) => (KEY_FIELDS as readonly string[]).includes(path));
}

// --- internal ---

function laneOf({ keys }: Unmatched): string {
  const [key] = keys;
  return key ? `${key.field}:${key.value}` : '';
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
