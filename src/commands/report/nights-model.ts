import type { SkipReason, Status } from '../../core/types.ts';

/** Version of the shape below; it changes when a name goes away or means something else. */
export const NIGHTS_VERSION = 1;

/** A run of a job that did all of its rows: no dry run, no retry, no shard by itself. */
export interface Night {
  readonly run_id: string;
  /** As other commands take it. */
  readonly name: string;
  readonly started_at: string;
  /** How it stands: `complete`, `accepted`, `bad rows`, the code of what stopped it, `stopped`, or `unfinished`. */
  readonly state: string;
  /** Whether it read its whole input and ended with exit 0. */
  readonly is_good: boolean;
  readonly rows: number;
  readonly statuses: Readonly<Record<Status, number>>;
  readonly skip_reasons?: { readonly [reason in SkipReason]?: number };
  readonly pending: number;
  readonly bad_rows: number;
  /** Bad rows that the run of the job before did not have; null where that is not known. */
  readonly new_bad_rows: number | null;
  /** The retry that sent its bad rows again. */
  readonly retried_by: string | null;
  /** Of its last process; null while there is no end. */
  readonly minutes: number | null;
  /** Requests per second of its last process; null while there is no end, or where nothing was sent. */
  readonly rate: number | null;
}

/** What is synced again and again. */
export interface JobNights {
  /** The name of the job; of runs without one, the names of their inputs. */
  readonly job: string;
  /** The oldest first. */
  readonly nights: readonly Night[];
}

/** What `report --all --format json` prints. */
export interface NightsReport {
  readonly nights_version: typeof NIGHTS_VERSION;
  readonly tool_version: string;
  /** The job with the newest run first. */
  readonly jobs: readonly JobNights[];
}
