import { EXIT, RunError } from '../../../core/errors.ts';
import {
  type BadRow,
  isNoData,
  KEY_FIELDS,
  type Mapped,
  type MatchKey,
  type Row,
  type RowError,
  type Share,
} from '../../../core/types.ts';
import { RowSets } from '../../../journal/row-set.ts';
import { plural } from '../../../journal/summary-text.ts';
import type { State } from '../../../state/state.ts';
import { bytesReadOf, type RunInputs, wholeOf } from '../plan/open-inputs.ts';
import type { Claim, Plan } from '../plan/plan.ts';
import type { ChangeDetector } from '../stages/change-detector.ts';
import { createUnchangedCheck, type UnchangedRow } from '../stages/unchanged-check.ts';
import { SettledRows } from './settled-rows.ts';

/** What a look at all rows, before the first one is sent, tells. */
export interface Preflight {
  /** Why a row must not be sent, because of another one. */
  clashOf(row: Row): RowError | undefined;
  /** Rows whose contact has to be looked up; undefined where nobody looked. */
  readonly lookups?: number;
  /** Rows of the run, those that an earlier process finished included; undefined where they were not read. */
  readonly rows?: number;
  /** All rows of the run, where most of them are settled and the others were kept: they need not be read again. */
  readonly settled?: SettledInputs;
  readonly notes: readonly string[];
}

/** Inputs that were read to their end and need not be read again. */
export interface SettledInputs {
  readonly rows: SettledRows;
  /** What the cells of the rows have in common that the user should know. */
  readonly noticed: readonly string[];
  /** Requests that settled rows would take, and those among them that read a contact. */
  readonly requests: number;
  readonly reads: number;
}

export interface PreflightOptions {
  readonly plan: Plan;
  readonly state: State | undefined;
  readonly changes: ChangeDetector;
  /** Whether nothing is sent, so that what a row would send can be told before other rows are done. */
  readonly isDry: boolean;
  /** Takes from what a row was mapped to what a probe has shown to be needless. */
  readonly relieve: (mapped: Mapped) => Mapped;
  /** Called with the contact of each row that differs from it, as far as both are known; then all rows are looked at. */
  readonly onDiffering?: ((contactId: number) => void) | undefined;
  /** Called where all rows are looked at, with a function that tells the bytes read so far. */
  readonly onBegin: (bytesRead: () => number) => void;
}

/**
 * Reads all rows once before anything is sent, where the inputs can be read twice: for values that two contacts
 * cannot both have, and for more changes than `--max-changes` allows, which throws `ERR_MAX_CHANGES` (exit 3).
 */
export async function preflight({
  plan,
  state,
  changes,
  isDry,
  relieve,
  onDiffering,
  onBegin,
}: PreflightOptions): Promise<Preflight> {
  const { maxChanges } = plan.options;
  const isRepeatable = plan.reading.identities.every(({ sha256 }) => sha256 !== undefined);
  const mayClash = mayHaveClashes(plan);
  const isWorthwhile = maxChanges || onDiffering || mayClash;
  if (!isRepeatable || !isWorthwhile) return { clashOf: () => undefined, notes: [] };

  const finder = mayClash
    ? new (await import('../../../state/duplicates/duplicates.ts')).DuplicateFinder(state)
    : undefined;
  const seen = { rows: 0, dataRows: 0, lookups: 0, unknown: 0 };
  /** Rows that would change a contact, as a dry run counts them. */
  const changed = new RowSets();
  const reading = await plan.reopen();
  const settling = createSettling(reading, changes, isDry, relieve);
  const unchangedCheck = createUnchangedCheck(plan, reading, state);
  const unchangedAt = (row: Row): UnchangedRow | undefined =>
    unchangedCheck?.lookAt(row, (keys) => knownContact(keys, state));
  onBegin(() => bytesReadOf(reading.sources));
  let isWhole = true;
  try {
    await lookAtAll(plan, reading, unchangedAt, (row, found, claim) => {
      if (claim !== 'elsewhere') {
        seen.rows += 1;
        if (!isNone(found)) seen.dataRows += 1;
        settling.add(row, found, claim);
      }
      if ('error' in row) return;
      if (found?.kind === 'unchanged') {
        finder?.addKnown(row, found);
        return;
      }
      if (found?.kind !== 'patch' && found?.kind !== 'unmatched') return;
      const keys = found.kind === 'unmatched' ? found.keys : [];
      const contact = found.kind === 'patch' ? found.patch.contactId : knownContact(keys, state);
      const named = contact ?? keys[0];
      if (named !== undefined)
        finder?.add(row, named, found.patch, contact === undefined ? keys.slice(1) : keys);
      if (claim === 'elsewhere') return;
      if (contact === undefined) seen.lookups += 1;
      if (claim !== 'ours' || !(maxChanges || onDiffering)) return;
      if (contact === undefined) {
        if (!maxChanges) return;
        // made for sure where all contacts are known, else it is not looked up yet
        const isMade = state?.isComplete && isMissing(found, state) && makesMissing(reading, row);
        if (isMade) changed.add(row.input, row.row);
        else if (!state?.isComplete) seen.unknown += 1;
      } else if (changes.differs(row, { ...found.patch, contactId: contact })) {
        changed.add(row.input, row.row);
        onDiffering?.(contact);
      }
    });
    // what was read must be what the run was planned for
    if (!isSame(reading.identities, plan.reading.identities)) settling.rows.giveUp();
    settling.rows.end(reading.sources.map(wholeOf));
  } catch (error) {
    // an input that breaks midway is met again, after the rows before it are delivered
    if (!(error instanceof RunError)) throw error;
    isWhole = false;
    settling.rows.giveUp();
  } finally {
    await reading.close();
  }
  const { rows, dataRows, lookups } = seen;
  const clashes = finder?.clashes();
  // a row that stands in another's way ends invalid, and changes nothing
  const changing = changed.count((input, row) => clashes?.of(input, row) === undefined);
  if (maxChanges && isMore(maxChanges, changing, dataRows)) {
    throw tooManyChanges(maxChanges, changing, dataRows);
  }
  const isSettled = settling.rows.isWhole && !clashes?.size;
  return {
    clashOf: (row) => clashes?.of(row.input, row.row),
    lookups,
    ...(isWhole ? { rows } : {}),
    ...(isSettled ? { settled: settling.end() } : {}),
    notes: seen.unknown > 0 ? [notCounted(seen.unknown)] : [],
  };
}

// --- internal ---

type Sendable = Mapped & { readonly kind: 'patch' | 'unmatched' };
/** What was found of a row that could be read. */
type Found = Mapped | UnchangedRow;

/** Collects the rows that need not be read again. */
interface Settling {
  readonly rows: SettledRows;
  add(row: Row | BadRow, found: Found | undefined, claim: Claim): void;
  end(): SettledInputs;
}

/**
 * Settles rows that have nothing to send and, in a dry run, those of which it is known what they would send. The others are
 * kept with their cells and go the whole way. Where it is not known before it is looked up which contact such a row writes,
 * nothing is settled.
 */
function createSettling(
  { compiled }: RunInputs,
  changes: ChangeDetector,
  isDry: boolean,
  relieve: PreflightOptions['relieve'],
): Settling {
  const rows = new SettledRows();
  let requests = 0;
  let reads = 0;
  return {
    rows,
    add(row, found, claim) {
      if (!rows.isWhole) return;
      if (found?.kind === 'unchanged') return rows.add(row as Row, found, 'unchanged');
      if (claim !== 'ours') return rows.giveUp();
      if ('error' in row || !found) return rows.keep(row);
      if (!isDry && found.kind === 'unmatched') return rows.giveUp();
      compiled[row.input]?.notice(row, found);
      if (!isDry) return rows.keep(row, found.kind === 'patch' ? found.patch.contactId : undefined);
      const mapped = relieve(found);
      const foreseen =
        mapped.kind === 'patch' && !mapped.dropped ? changes.foresee(row, mapped.patch) : undefined;
      if (!foreseen) return rows.keep(row);
      rows.add(row, foreseen, foreseen.requests > 0 ? 'planned' : 'unchanged');
      requests += foreseen.requests;
      reads += foreseen.reads;
    },
    end: () => ({ rows, noticed: compiled.flatMap(({ noticed }) => noticed()), requests, reads }),
  };
}

/** Whether a row is no data. */
function isNone(found: Found | undefined): boolean {
  return found?.kind === 'skipped' && isNoData(found.reason);
}

/** Shows every row of the run, those of other shards too, to `look`, with what was found of it. */
async function lookAtAll(
  { options, claim }: Plan,
  { sources, compiled }: RunInputs,
  unchangedAt: (row: Row) => UnchangedRow | undefined,
  look: (row: Row | BadRow, found: Found | undefined, claim: Claim) => void,
): Promise<void> {
  let rows = 0;
  for (const [i, source] of sources.entries()) {
    for await (const batch of source.rows()) {
      for (const row of batch) {
        if (rows >= options.limit) return;
        const whose = claim(row);
        if (whose === 'foreign') continue;
        if (whose !== 'elsewhere') rows += 1;
        if ('error' in row) {
          look(row, undefined, whose);
          continue;
        }
        // the state knows nothing of rows of other shards
        const unchanged = whose === 'ours' ? unchangedAt(row) : undefined;
        look(row, unchanged ?? compiled[i]?.apply(row), whose);
      }
    }
  }
}

/** Whether the mapping sets a field that only one contact can have, or has contacts to look up. */
function mayHaveClashes({ reading }: Plan): boolean {
  const { fields, contact, ownFunction } = reading.mapping;
  return (
    ownFunction !== undefined ||
    contact.kind === 'match' ||
    fields.some(({ path }) => (KEY_FIELDS as readonly string[]).includes(path))
  );
}

function isSame(read: RunInputs['identities'], planned: RunInputs['identities']): boolean {
  return read.every(({ sha256 }, i) => sha256 !== undefined && sha256 === planned[i]?.sha256);
}

function knownContact(keys: readonly MatchKey[], state: State | undefined): number | undefined {
  if (!state?.isComplete) return undefined;
  for (const key of keys) {
    const ids = state.find(key);
    if (state.isDoubtful(key)) return undefined;
    if (ids.length > 0) return ids.length === 1 ? ids[0] : undefined;
  }
  return undefined;
}

/** Whether no contact has any of the row's keys. */
function isMissing(mapped: Sendable, state: State): boolean {
  return mapped.kind === 'unmatched' && mapped.keys.every((key) => state.find(key).length === 0);
}

function makesMissing({ compiled }: RunInputs, row: Row): boolean {
  return compiled[row.input]?.onMissing === 'create';
}

function notCounted(rows: number): string {
  return `--max-changes did not count ${plural(rows, 'row')}: the state has no list of all contacts, so theirs are looked up later. A pull into the state makes them count.`;
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
