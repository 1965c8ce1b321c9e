import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { RunError } from '../../../core/errors.ts';
import { shownPath } from '../../../core/shell-text.ts';
import type { BadRow, Row } from '../../../core/types.ts';
import type { Run } from '../../../journal/list-runs.ts';
import { type Origin, originReader, originRun, type Position } from '../../../journal/position.ts';
import { readRunLine } from '../../../journal/read-journal.ts';
import { lineage, type OlderData, runsBelow, runsSince } from './newer-runs.ts';
import type { RunInputs } from './open-inputs.ts';
import type { Common, Plan } from './plan.ts';
import { NOTHING_NEWER, newerFields } from './superseded-fields.ts';

/** Where the rows of a plan come from, and what they must leave alone. */
export type PositionedRows = Pick<Plan, 'number' | 'originOf' | 'withoutSuperseded' | 'noteOutcome'>;

export interface RowPositionsOptions {
  readonly reading: RunInputs;
  readonly claim: (row: Row | BadRow) => string;
  /** Opens the inputs once more. */
  readonly open: () => Promise<RunInputs>;
  readonly common: Common;
  /** The run that is gone back to, whose number its rows keep; absent for a new run. */
  readonly back?: Run & { readonly how: '--resume' | '--retry' };
  /** Older values may win. */
  readonly olderData: boolean;
}

/** Gives the rows of a run their positions and finds what newer rows of their contacts have set or confirmed since. */
export async function positionRows(options: RowPositionsOptions): Promise<PositionedRows> {
  const { claim, open, common, back, olderData } = options;
  const { history, account, dryRun } = common;
  const own = back ? back.header.number : history.next;
  const corrected = await correctedRows(options);
  const plain = dryRun || own === undefined ? {} : { number: own };
  if (!back && !corrected) return { ...plain, ...NOTHING_NEWER };

  const originOf = corrected?.originOf ?? (() => undefined);
  const positionOf = (row: Row): Position =>
    originOf(row)?.position ?? { number: own ?? 0, input: row.input, row: row.row };
  const data: OlderData = {
    what: back ? `${back.how} ${shownPath(back.dir)}` : 'the corrected rejects',
    number: Math.min(own ?? 0, corrected?.oldest ?? Number.POSITIVE_INFINITY),
    stateId: back ? back.header.state_id : history.stateId,
    run: back,
    account,
    shard: common.shard,
    counted: history.counted,
    roots: history.roots,
    isWanted: olderData,
  };
  const since = await runsSince(data, corrected?.runs ?? history.runs);
  const dirs = new Set(since.map(({ dir }) => dir));
  if (back && (back.how === '--retry' || back.header.parent_run)) {
    for (const dir of await lineage(back.dir)) dirs.add(dir);
  }
  const isOwnAlone = back?.how === '--resume' && [...dirs].every((dir) => dir === back.dir);
  if (isOwnAlone && !corrected) return { ...plain, ...NOTHING_NEWER };
  const newer = await newerFields({
    dirs: [...dirs],
    claim,
    open,
    positionOf,
    isCorrected: (row) => back === undefined && originOf(row) !== undefined,
  });
  return { ...plain, ...(corrected ? { originOf } : {}), ...newer };
}

// --- internal ---

interface CorrectedRows {
  readonly originOf: (row: Row) => Origin | undefined;
  /** Number of the run that the oldest of them comes from. */
  readonly oldest: number;
  readonly runs: readonly Run[];
}

/** The rows that carry the position of a run of this account; undefined where there are none. */
async function correctedRows(options: RowPositionsOptions): Promise<CorrectedRows | undefined> {
  const { reading, claim, open, common, olderData } = options;
  const readers = reading.sources.map(({ shape }) => originReader(shape));
  if (readers.every((reader) => reader === undefined)) return undefined;
  if (reading.identities.some(({ sha256 }) => sha256 === undefined)) {
    throw new RunError(
      'ERR_USAGE',
      'corrected rejects have to be read twice, to leave alone what newer rows have sent since, and a pipe can be read once; name the file, or add --spool',
    );
  }
  const origins = new Map<string, Origin>();
  const again = await open();
  for (const source of again.sources) {
    for await (const batch of source.rows()) {
      for (const row of batch) {
        const origin = 'error' in row || claim(row) !== 'ours' ? undefined : readers[row.input]?.(row);
        if (origin) origins.set(keyOf(origin.position.number, origin.run), origin);
      }
    }
  }
  if (origins.size === 0) return undefined;

  const runs = await runsBelow([...common.history.roots, ...(await rootsOfInputs(reading))]);
  const known = new Map(
    runs.map((run) => [keyOf(run.header.number, originRun(run.header.run_id)), run.header]),
  );
  let oldest = Number.POSITIVE_INFINITY;
  const valid = new Set<string>();
  for (const [key, { position }] of origins) {
    const header = known.get(key);
    if (!header && !olderData && isUsed(common, runs)) throw originGone(key);
    // data of another account, or of runs that are gone, is today's
    if (header?.account !== common.account) continue;
    valid.add(key);
    oldest = Math.min(oldest, position.number);
  }
  if (valid.size === 0) return undefined;
  return {
    oldest,
    runs,
    originOf(row) {
      const origin = readers[row.input]?.(row);
      return origin && valid.has(keyOf(origin.position.number, origin.run)) ? origin : undefined;
    },
  };
}

/** Whether anything is known to have been sent to the account: in a new place nobody can tell more than the user. */
function isUsed({ account, history }: Common, runs: readonly Run[]): boolean {
  return history.counted > 0 || runs.some(({ header }) => header.account === account && !header.dry_run);
}

function keyOf(number: number | undefined, run: string): string {
  return `${number ?? ''}@${run}`;
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

function originGone(key: string): RunError {
  const [number, run] = key.split('@');
  return new RunError(
    'ERR_NEWER_RUN',
    `the input has corrected rejects of run number ${number} (${run}…), which is not among the runs beside this one, so nobody can tell whether newer data was sent since. Give --run-dir a directory beside that run, or say --older-data if older values may win.`,
  );
}
