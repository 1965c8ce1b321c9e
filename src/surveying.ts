import { DuplicateFinder } from './changes/duplicates.ts';
import type { State } from './changes/state.ts';
import type { Comparing } from './comparing.ts';
import { EXIT, RunError } from './errors.ts';
import { laneOf } from './pipeline.ts';
import type { Claim, Plan } from './planning/plan.ts';
import { bytesReadOf, type Reading } from './reading.ts';
import type { Share } from './results/error-bound.ts';
import { type BadRow, KEY_FIELDS, type Mapped, type MatchKey, type Row, type RowError } from './types.ts';

/** What a look at all rows, before the first one is sent, tells. */
export interface Survey {
  /** Why a row must not be sent, because of another one. */
  clashOf(row: Row): RowError | undefined;
  /** Rows whose contact has to be looked up; undefined where nobody looked. */
  readonly lookups?: number;
  /** Rows of the run, those that an earlier process settled included; undefined where nobody looked. */
  readonly rows?: number;
}

/**
 * Reads all rows once before anything is sent, where the inputs can be read twice: for values that two contacts
 * cannot both have, and for more changes than `--max-changes` allows, which throws `ERR_MAX_CHANGES` (exit 3).
 * `onBegin` is called where that is done, with a function that tells the bytes read so far.
 */
export async function survey(
  plan: Plan,
  state: State | undefined,
  comparing: Comparing,
  onBegin: (bytesRead: () => number) => void,
): Promise<Survey> {
  const { maxChanges } = plan.options;
  const isRepeatable = plan.reading.identities.every(({ sha256 }) => sha256 !== undefined);
  if (maxChanges && !isRepeatable) {
    throw new RunError(
      'ERR_USAGE',
      '--max-changes has to read the input twice, and a pipe can be read once; add --spool',
    );
  }
  if (!isRepeatable || (!maxChanges && !isWorthwhile(plan))) return { clashOf: () => undefined };

  const finder = new DuplicateFinder(state);
  const seen = { rows: 0, changes: 0, lookups: 0 };
  const reading = await plan.reopen();
  onBegin(() => bytesReadOf(reading.sources));
  let isWhole = true;
  try {
    await lookAtAll(plan, reading, (row, mapped, claim) => {
      if (claim !== 'elsewhere') seen.rows += 1;
      if (!mapped || 'error' in row) return;
      const contact = mapped.kind === 'patch' ? mapped.patch.contactId : knownContact(mapped.keys, state);
      finder.add(row, contact ?? laneOf(mapped.kind === 'unmatched' ? mapped.keys : []), mapped.patch);
      if (claim === 'elsewhere') return;
      if (contact === undefined) seen.lookups += 1;
      if (claim !== 'ours' || !maxChanges) return;
      const isChange =
        contact === undefined || comparing.differs(row, { ...mapped.patch, contactId: contact });
      if (isChange) seen.changes += 1;
    });
  } catch (error) {
    // an input that breaks midway is met again, after the rows before it are delivered
    if (!(error instanceof RunError)) throw error;
    isWhole = false;
  } finally {
    await reading.close();
  }
  const { rows, changes, lookups } = seen;
  if (maxChanges && isMore(maxChanges, changes, rows)) throw tooManyChanges(maxChanges, changes, rows);
  const clashes = finder.clashes();
  return { clashOf: (row) => clashes.of(row.input, row.row), lookups, ...(isWhole ? { rows } : {}) };
}

// --- internal ---

type Sendable = Mapped & { readonly kind: 'patch' | 'unmatched' };

/** Shows every row of the run, those of other shards too, to `look`, with what it is mapped to where that is to be sent. */
async function lookAtAll(
  { options, claim }: Plan,
  { sources, compiled }: Reading,
  look: (row: Row | BadRow, mapped: Sendable | undefined, claim: Claim) => void,
): Promise<void> {
  let rows = 0;
  for (const [i, source] of sources.entries()) {
    for await (const batch of source.rows()) {
      for (const row of batch) {
        if (rows >= options.limit) return;
        const whose = claim(row);
        if (whose === 'foreign') continue;
        if (whose !== 'elsewhere') rows += 1;
        const mapped = 'error' in row ? undefined : compiled[i]?.apply(row);
        const isSendable = mapped?.kind === 'patch' || mapped?.kind === 'unmatched';
        look(row, isSendable ? mapped : undefined, whose);
      }
    }
  }
}

/** Whether the mapping sets a field that only one contact can have, or has contacts to look up. */
function isWorthwhile({ reading }: Plan): boolean {
  const { fields, contact, ownFunction } = reading.mapping;
  return (
    ownFunction !== undefined ||
    contact.kind === 'match' ||
    fields.some(({ path }) => (KEY_FIELDS as readonly string[]).includes(path))
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
