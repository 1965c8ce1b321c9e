import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { RunError } from '../../../core/errors.ts';
import { ORIGIN_COLUMN, type Position, type RowOrigin } from '../../../core/position.ts';
import type { BadRow, Row } from '../../../core/types.ts';
import { hasOrigins } from '../../../input/row-origin.ts';
import { runName } from '../../../journal/find-run.ts';
import type { RunLine } from '../../../journal/journal-lines.ts';
import { hasSentOrConfirmed, type Run } from '../../../journal/list-runs.ts';
import { readRunLine } from '../../../journal/read-journal.ts';
import { lineage, type OlderData, runsBelow, runsSince } from './newer-runs.ts';
import type { RunInputs } from './open-inputs.ts';
import type { Common, Plan } from './plan.ts';
import { NOTHING_NEWER, newerFields } from './superseded-fields.ts';

/** Where the rows of a plan come from, and what they must leave alone. */
export type PositionedRows = Pick<Plan, 'number' | 'originOf' | 'withoutSuperseded' | 'noteOutcome'>;

/** The run that is gone back to. */
type RunGoneBackTo = Run & { readonly how: '--resume' | '--retry' | '--retry --corrected' };

export interface RowPositionsOptions {
  readonly reading: RunInputs;
  readonly claim: (row: Row | BadRow) => string;
  /** Opens the inputs once more. */
  readonly open: () => Promise<RunInputs>;
  readonly common: Common;
  /** Rows keep its number, but for corrected ones, which say themselves where they are from; absent for a new run. */
  readonly back?: RunGoneBackTo;
  /** Older values may win. */
  readonly olderData: boolean;
}

/** Gives the rows of a run their positions and finds what newer rows of their contacts have set or confirmed since. */
export async function positionRows(options: RowPositionsOptions): Promise<PositionedRows> {
  const { claim, open, common, back, olderData } = options;
  const { history, account, dryRun } = common;
  const isKept = back !== undefined && back.how !== '--retry --corrected';
  const own = isKept ? back.header.number : history.next;
  const ancestors =
    back && (back.how !== '--resume' || back.header.parent_run) ? await lineage(back.dir) : [];
  const corrected = await correctedRows(options, ancestors);
  const plain = dryRun || own === undefined ? {} : { number: own };
  if (!back && !corrected) return { ...plain, ...NOTHING_NEWER };

  const originOf = corrected?.originOf ?? (() => undefined);
  const positionOf = (row: Row): Position =>
    originOf(row) ?? { number: own ?? 0, input: row.input, row: row.row };
  const data: OlderData = {
    what: back ? `${back.how} ${runName(back.dir)}` : 'the corrected rejects',
    number: Math.min((back ? back.header.number : own) ?? 0, corrected?.oldest ?? Number.POSITIVE_INFINITY),
    stateId: back ? back.header.state_id : history.stateId,
    run: back,
    account,
    shard: common.shard,
    counted: history.counted,
    roots: history.roots,
    isWanted: olderData,
  };
  const since = await runsSince(data, corrected?.runs ?? history.runs);
  const dirs = new Set([...since.map(({ dir }) => dir), ...ancestors.map(({ dir }) => dir)]);
  const isOwnAlone = back?.how === '--resume' && [...dirs].every((dir) => dir === back.dir);
  if (isOwnAlone && !corrected) return { ...plain, ...NOTHING_NEWER };
  const newer = await newerFields({
    dirs: [...dirs],
    claim,
    open,
    positionOf,
    by: own ?? 0,
    isCorrected: (row) => back?.how !== '--retry' && originOf(row) !== undefined,
  });
  return { ...plain, ...(corrected ? { originOf } : {}), ...newer };
}

// --- internal ---

interface CorrectedRows {
  readonly originOf: (row: Row) => RowOrigin | undefined;
  /** Number of the run that the oldest of them comes from. */
  readonly oldest: number;
  readonly runs: readonly Run[];
}

/** The rows that carry the position of a run of this account; undefined where there are none. */
async function correctedRows(
  { reading, claim, open, common, back, olderData }: RowPositionsOptions,
  ancestors: readonly Run[],
): Promise<CorrectedRows | undefined> {
  if (!reading.sources.some(({ shape }) => hasOrigins(shape))) return undefined;
  if (reading.identities.some(({ sha256 }) => sha256 === undefined)) {
    throw new RunError(
      'ERR_USAGE',
      'corrected rejects have to be read twice, to leave alone what newer rows have sent since, and a pipe can be read once; name the file, or add --spool',
    );
  }
  const origins = new Map<string, RowOrigin>();
  const again = await open();
  for (const source of again.sources) {
    for await (const batch of source.rows()) {
      for (const row of batch) {
        if ('error' in row || !row.origin || claim(row) !== 'ours') continue;
        origins.set(keyOf(row.origin), row.origin);
      }
    }
  }
  if (origins.size === 0) return undefined;

  const runs = await runsBelow([...common.history.roots, ...(await rootsOfInputs(reading))]);
  const known = [...ancestors, ...runs].map(({ header }) => header);
  const accounts = new Set([common.account, back?.header.account]);
  const isRelated = (header: RunLine): boolean =>
    ancestors.some((run) => run.header.run_id === header.run_id);
  let oldest = Number.POSITIVE_INFINITY;
  const valid = new Set<string>();
  for (const [key, origin] of origins) {
    const header = known.find((header) => wrote(header, origin));
    // nothing is known of the age of rows without a number, so they are today's, but for what the run itself has sent
    if (origin.number === 0 && !(header && isRelated(header))) continue;
    if (!header && !olderData && isUsed(common, runs)) throw originGone(origin);
    const isOther = header && !accounts.has(header.account) && header.base_url === common.baseUrl;
    if (isOther && !olderData && (await hasSent(common.account, runs))) throw otherName(origin);
    // data of another address, or of runs that are gone, is today's
    if (!header || !accounts.has(header.account)) continue;
    valid.add(key);
    oldest = Math.min(oldest, origin.number);
  }
  if (valid.size === 0) return undefined;
  return {
    oldest,
    runs,
    originOf: ({ origin }) => (origin && valid.has(keyOf(origin)) ? origin : undefined),
  };
}

/** Whether a run wrote a reject of this origin, or one of the shards that it was merged from, whose numbers are as high. */
function wrote({ run_id, number = 0, shards }: RunLine, origin: RowOrigin): boolean {
  if (run_id === origin.run) return number === origin.number;
  return shards?.some((shard) => shard.run_id === origin.run) === true && number <= origin.number;
}

/** Whether a journal or the state shows that a run sent anything to the account. In a new place neither can, and the user decides. */
function isUsed({ account, history }: Common, runs: readonly Run[]): boolean {
  return history.counted > 0 || runs.some(({ header }) => header.account === account && !header.dry_run);
}

/** Whether a run of the account by its present name has sent anything. */
async function hasSent(account: string, runs: readonly Run[]): Promise<boolean> {
  for (const { dir, header } of runs) {
    if (header.account === account && !header.dry_run && (await hasSentOrConfirmed(dir))) return true;
  }
  return false;
}

function keyOf({ number, run }: RowOrigin): string {
  return `${number}@${run}`;
}

/** Rejects that lie in their run directory say by that where the other runs are. */
async function rootsOfInputs({ identities }: RunInputs): Promise<string[]> {
  const roots: string[] = [];
  for (const { path } of identities) {
    if (path === undefined) continue;
    const dir = dirname(realpathSync(path));
    if (await readRunLine(dir)) roots.push(dirname(dir));
  }
  return roots;
}

/** An account has another name, and counts its runs anew, once its API key was rotated. */
function otherName({ number, run }: RowOrigin): RunError {
  return new RunError(
    'ERR_NEWER_RUN',
    `the input has corrected rejects of run number ${number} (${run}), which another API key made: runs of two keys are not numbered together, so that this run cannot find out whether a later one sent newer data. Give --older-data to let older values win, or send these rows as today's data without their column ${ORIGIN_COLUMN}.`,
  );
}

function originGone({ number, run }: RowOrigin): RunError {
  return new RunError(
    'ERR_NEWER_RUN',
    `the input has corrected rejects of run number ${number} (${run}), which is not among the runs beside this one, so that this run cannot find out whether a later one sent newer data. Give --run-dir a directory beside that run, or give --older-data to let older values win.`,
  );
}
