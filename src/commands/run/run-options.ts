import type { LogLevel } from '../../core/log-entry.ts';
import type { NoticeFormat } from '../../core/notice-format.ts';
import type { OptionSources } from '../../core/option-sources.ts';
import type { ShardChoice } from '../../core/shard.ts';
import type { Format, Rate, Share } from '../../core/types.ts';
import type { ChangesCommand } from '../../journal/changes-command.ts';
import type { UndoneRun } from '../../journal/journal-lines.ts';
import type { Keep } from '../../journal/list-runs.ts';
import type { MappingSource } from '../../mapping/load/mapping-source.ts';
import type { TimeOfDay } from '../time-of-day.ts';

/** Which contacts are read just before they are written: those that need it, or all that are about to be changed. */
export const READ_FIRST = ['needed', 'changed'] as const;
export type ReadFirst = (typeof READ_FIRST)[number];

/** Options of `run`, checked: durations in milliseconds, `Infinity` for no bound. */
export interface RunOptions {
  /** The command that begins it. Default: `run`. */
  readonly command?: ChangesCommand;
  /** The run that it takes back. */
  readonly undo?: UndoneRun;
  /** Names as given; `-` is stdin. */
  readonly inputs: readonly string[];
  /** Mapping file, or what a program gives; without one the mapping is made from the column names. */
  readonly mapping?: MappingSource;
  readonly runDir?: string;
  /** Name of the job that the run is one of. Default: that of the run gone on with, else none. */
  readonly job?: string;
  /** Default: that of the run gone on with, else LiveDesk's. */
  readonly baseUrl?: string;
  /** Attempts per second, retries and reads included. */
  readonly rate: Rate;
  /** The most that `auto` may find. */
  readonly maxRate?: number;
  /** Rows in flight. */
  readonly concurrency: number;
  readonly maxAttempts: number;
  readonly timeoutMs: number;
  readonly maxErrors: Share;
  /** Bad rows, `failed` ones excepted, that a good run may have. */
  readonly acceptBadRows: Share;
  readonly outageBudgetMs: number;
  readonly drainTimeoutMs: number;
  readonly stopAfterMs?: number;
  /** Take no new rows after that. */
  readonly until?: TimeOfDay;
  readonly format?: Format;
  readonly encoding?: string;
  readonly delimiter?: string;
  readonly quote?: string;
  readonly skipRows?: number;
  readonly skipFooter?: number;
  readonly minRows?: number;
  /** Default: that of the run gone on with, else no bound. */
  readonly limit?: number;
  /** Do the rows of one shard. Default: that of the run gone on with, else all rows. */
  readonly shard?: ShardChoice;
  readonly dryRun: boolean;
  /** Keep a copy of stdin in the run directory, so that the run can be gone on with. */
  readonly spool: boolean;
  /** Directory of a run to go on with; absolute, as that of a retry. */
  readonly resume?: string;
  /** Directory of a run whose bad rows are to be sent again. */
  readonly retry?: string;
  /** With `retry`: send the rejects files of that run as they were corrected. */
  readonly corrected: boolean;
  /** Go on with the newest run of the same work if it is unfinished. */
  readonly continue: boolean;
  readonly olderData: boolean;
  readonly sameAccount: boolean;
  readonly keep?: Keep;
  /** How long finished runs keep files with personal data. */
  readonly keepPersonalMs?: number;
  /** File that is kept filled with the metrics of the newest run. */
  readonly metricsFile?: string;
  /** This once, the guard of the mapping only warns. */
  readonly acceptDrift: boolean;
  /** How notices are posted. Default: by the URL. */
  readonly notifyFormat?: NoticeFormat;
  /** Directory of the state: what was sent, and what the account was last seen to hold. Default: `runs/.state`. */
  readonly state?: string;
  /** Keep none. */
  readonly noState: boolean;
  /** Read the account into the state first if the last complete pull is older than that. */
  readonly pullEveryMs?: number;
  /** Send every field whatever the state says. */
  readonly full: boolean;
  /** Which contacts are read just before they are written. */
  readonly readFirst: ReadFirst;
  /** Keep what contacts held before the run writes to them, so that it can be undone. */
  readonly undoable: boolean;
  /** Send nothing if more rows than this would change a contact. */
  readonly maxChanges?: Share;
  /** Dry run: rows of which old and new values are shown, on a terminal only. */
  readonly show: number;
  /** Searches per second. */
  readonly searchRate: number;
  readonly waitLockMs: number;
  readonly json: boolean;
  readonly progress: boolean;
  readonly logLevel: LogLevel;
  readonly logFormat: 'json' | 'pretty';
  /** What of all this was given, for a run to remember. */
  readonly given: OptionSources;
}
