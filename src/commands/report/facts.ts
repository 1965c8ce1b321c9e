import type { SkipReason, Status } from '../../core/types.ts';

/** What a report reads of a row's journal line. */
export interface ReportRow {
  readonly input?: number;
  readonly row: number;
  readonly line: number;
  readonly contact_id?: number;
  readonly status: Status;
  readonly reason?: SkipReason;
  readonly attempts?: number;
  readonly duration_ms?: number;
  readonly fields?: readonly string[];
  readonly not_applied?: readonly string[];
  readonly conflicts?: readonly string[];
  readonly error?: ReportError;
  /** Of a bad row: whether the job's last run did not have it; absent where that is not known. */
  readonly new?: boolean;
  readonly at: string;
}

export interface ReportError {
  readonly code: string;
  readonly message: string;
  readonly field?: string;
  readonly column?: string;
}

/** What a report reads of a pulse: what was new since the one before. */
export interface ReportHeartbeat {
  readonly at: string;
  readonly ms: number;
  readonly requests: number;
  readonly retries: number;
  readonly throttled: number;
  readonly paused_ms: number;
  readonly outage_ms: number;
}

/** The run a report is about. */
export interface RunFacts {
  readonly run_id: string;
  readonly dir: string;
  readonly tool_version: string;
  readonly started_at: string;
  readonly account: string;
  readonly base_url: string;
  readonly inputs: readonly string[];
  readonly mapping_hash: string;
  readonly job?: string;
  readonly dry_run: boolean;
  readonly shard?: string;
  readonly shards?: number;
  /** The run whose bad rows it sends again. */
  readonly retry_of?: string;
}

/** A run that sent the bad rows of another one again. */
export interface RetryRun {
  readonly run_id: string;
  /** As other commands take it. */
  readonly name: string;
  readonly started_at: string;
  /** Rows that it did, and how many of them ended well. */
  readonly rows: number;
  readonly good: number;
}

/** A run of the same mapping for the same account, as its summary tells. */
export interface EarlierRun {
  readonly run_id: string;
  readonly dir: string;
  readonly started_at: string;
  readonly duration_s: number;
  readonly rows: number;
  readonly statuses: Readonly<Partial<Record<Status, number>>>;
  readonly bad: number;
  readonly requests: number;
  readonly achieved: number;
}

/** How the last process of a run ended, as its summary tells. */
export interface RunEnd {
  readonly ended_at: string;
  readonly duration_s: number;
  readonly pending: number;
  /** Bytes of the inputs, and those of rows that were not read; absent where that is nothing, or not known. */
  readonly unread?: { readonly bytes: number; readonly of_bytes: number };
  readonly requests: number;
  readonly retries: number;
  readonly throttled: number;
  readonly latency_ms: {
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
    readonly max: number;
  };
  readonly rate: {
    readonly allowed: number | null;
    readonly achieved: number;
    readonly held_back_by: string | null;
  };
  /** Whether its bad rows are accepted; absent where none is. */
  readonly accept_bad_rows?: { readonly given: string; readonly allowed?: number; readonly met: boolean };
  /** Bad rows that the run of the job before did not have; absent where that is not known. */
  readonly new_bad_rows?: number;
  readonly warnings: readonly string[];
  readonly stopped?: { readonly code: string; readonly message: string };
  readonly next?: string;
}
