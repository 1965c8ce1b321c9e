import { join } from 'node:path';
import type { Workers } from '../../../coordination/workers.ts';
import type { Credentials } from '../../../core/credentials.ts';
import type { RowOrigin } from '../../../core/position.ts';
import type { Shard } from '../../../core/shard.ts';
import type { BadRow, Outcome, Patch, Row } from '../../../core/types.ts';
import type { ParentRun } from '../../../journal/journal-lines.ts';
import type { Fold } from '../../../journal/read-journal.ts';
import { FILES } from '../../../journal/run-directory.ts';
import type { CompiledMapping } from '../../../mapping/compile/compile.ts';
import type { RunOptions } from '../run-options.ts';
import type { RunHistory } from './newer-runs.ts';
import type { ReadingOptions, RunInputs } from './open-inputs.ts';

/**
 * Whether a row is to be done, was finished by an earlier process, does not belong to this run, or does but to another
 * shard.
 */
export type Claim = 'ours' | 'done' | 'foreign' | 'elsewhere';

/** What a run is to do, settled before its first request. */
export interface Plan {
  /** As given, with what the run gone on with says. */
  readonly options: RunOptions & { readonly baseUrl: string; readonly limit: number };
  readonly credentials: Credentials;
  readonly account: string;
  /** Other workers of the account share the rate. */
  readonly workers?: Workers | undefined;
  readonly shard?: Shard;
  /** Absolute. */
  readonly dir: string;
  readonly reading: RunInputs;
  /** Opens the inputs once more with the mapping of the run directory, for a look at all rows. */
  reopen(): Promise<RunInputs>;
  /** The run gone on with. */
  readonly earlier?: Fold;
  /** What planning found and the user should know, for the log and the summary. */
  readonly notes?: readonly string[];
  /** The run whose bad rows these are. */
  readonly parent?: ParentRun;
  /** Contacts that the runs before changed last, the latest at the end. */
  readonly answeredBefore?: readonly number[];
  claim(row: Row | BadRow): Claim;
  /** The number of the data; undefined for dry runs, and for data of versions that did not number runs. */
  readonly number?: number;
  /** The state that counts the runs; absent without one. */
  readonly stateId?: string | undefined;
  /** Where a row comes from that an earlier run had already, where that run and its rows can be compared with others. */
  readonly originOf?: (row: Row) => RowOrigin | undefined;
  /** The patch without what newer rows of the contact set or confirmed; undefined if nothing is left. */
  withoutSuperseded(row: Row, patch: Patch): Patch | undefined;
  /** Called with every outcome, where rows may come in another order than that of their positions. */
  noteOutcome?(row: Row, outcome: Outcome): void;
  /** Closes the inputs and gives the lock back. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** The mapping as it was compiled for the input of a row. */
export function compiledFor({ reading }: Plan, row: Row): CompiledMapping {
  const compiled = reading.compiled[row.input];
  if (!compiled) throw new Error(`row of an unknown input ${row.input}`);
  return compiled;
}

/** A plan without what only its maker knows. */
export type PlanDraft = Omit<Plan, typeof Symbol.asyncDispose>;

/** What every kind of run shares. */
export interface Common {
  readonly account: string;
  readonly credentials: Credentials;
  readonly baseUrl: string;
  readonly dryRun: boolean;
  readonly shard: Shard | undefined;
  readonly history: RunHistory;
}

/** Opens inputs and mapping; they are closed with the plan. */
export type Open = (options: ReadingOptions) => Promise<RunInputs>;

/** The parts of a plan that do not depend on earlier runs. */
export function draftPlan(
  dir: string,
  reading: RunInputs,
  options: RunOptions,
  common: Common,
  open: Open,
  limit = options.limit ?? Number.POSITIVE_INFINITY,
) {
  const { account, credentials, baseUrl, dryRun, shard, history } = common;
  const reopen = (): Promise<RunInputs> => {
    const { minRows: _, ...how } = reading.options;
    const isOwn = reading.mapping.ownFunction !== undefined;
    return open(isOwn ? how : { ...how, mapping: join(dir, FILES.mapping) });
  };
  const own = shard ? { shard } : {};
  return {
    options: { ...options, baseUrl, dryRun, limit },
    credentials,
    account,
    ...own,
    ...(history.stateId === undefined ? {} : { stateId: history.stateId }),
    dir,
    reading,
    reopen,
  };
}
