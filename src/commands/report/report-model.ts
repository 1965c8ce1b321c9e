import type { SkipReason, Status } from '../../core/types.ts';
import type { EarlierRun, RetryRun, RunEnd, RunFacts } from './facts.ts';

/** Version of the shape below; it changes when a name goes away or means something else. */
export const REPORT_VERSION = 1;

/** What `report --format json` prints, and what the page and the text are made of. Holds nothing that the journal does not. */
export interface Report {
  readonly report_version: typeof REPORT_VERSION;
  readonly run: RunFacts;
  /** `unfinished` has no end: the run still goes on, or died. `stopped` ended early, or left rows pending. */
  readonly state: 'finished' | 'stopped' | 'unfinished';
  /** When the last line that was read was written. */
  readonly as_of: string;
  readonly rows: number;
  readonly statuses: Readonly<Record<Status, number>>;
  /** Skipped rows by their reasons; absent where none was skipped. */
  readonly skip_reasons?: { readonly [reason in SkipReason]?: number };
  readonly bad: number;
  /** What retries made of the bad rows; absent where there was none. */
  readonly repaired?: {
    /** Bad rows of this run that are good now. */
    readonly rows: number;
    /** The retries, and retries of these, the oldest first. */
    readonly runs: readonly RetryRun[];
  };
  /** Of the last process; absent while the run goes on. */
  readonly ending?: RunEnd;
  /** The command to type next, one way a line; absent if all is done. */
  readonly next?: string;
  /** Requests per second allowed; null for none, absent where the journal does not tell. */
  readonly allowed?: number | null;
  /** Each process that worked on the run, in order. */
  readonly stints: readonly {
    readonly began_at: string;
    readonly after_s: number;
    readonly idle_s: number;
  }[];
  readonly over_time: OverTime;
  /** Time from a row's turn to its outcome, waiting and retries included: rows at or below `up_to_ms`. */
  readonly row_times: readonly { readonly up_to_ms: number | null; readonly rows: number }[];
  readonly row_time_ms: Percentiles | null;
  readonly causes: readonly ReportCause[];
  readonly fields: Readonly<Record<string, number>>;
  readonly not_applied: Readonly<Record<string, number>>;
  readonly conflicts: Readonly<Record<string, number>>;
  /** Newest last; this run is not among them. */
  readonly earlier_runs: readonly EarlierRun[];
}

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Columns of equal length: one value for each slice of `slice_s` seconds of work. */
export interface OverTime {
  readonly slice_s: number;
  /** Seconds of work before each slice. */
  readonly at_s: readonly number[];
  readonly statuses: Readonly<Partial<Record<Status, readonly number[]>>>;
  /** From pulses, or, where the journal has none, from the rows that ended. */
  readonly requests_per_s: readonly number[];
  readonly requests_from: 'pulses' | 'rows';
  readonly retries: readonly number[];
  readonly throttled: readonly number[];
  readonly paused_s: readonly number[];
  readonly outage_s: readonly number[];
  readonly p50_ms: readonly (number | null)[];
  readonly p95_ms: readonly (number | null)[];
  readonly p99_ms: readonly (number | null)[];
}

/** Rows that ended badly for the same reason. */
export interface ReportCause {
  readonly code: string;
  readonly message: string;
  readonly field?: string;
  readonly column?: string;
  readonly count: number;
  /** Those that the job's last run did not have; absent where that is not known of any. */
  readonly new?: number;
  /** Those that a retry has repaired; absent where there was no retry. */
  readonly repaired?: number;
  /** The first of them, new ones before known ones. */
  readonly examples: readonly {
    readonly input?: number;
    readonly row: number;
    readonly line: number;
    readonly contact_id?: number;
    readonly status: Status;
    readonly message: string;
    readonly new?: boolean;
    readonly repaired?: boolean;
    readonly at: string;
  }[];
}
