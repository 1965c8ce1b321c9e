import type { Status } from '../../core/types.ts';
import type { ChangesCommand } from '../../journal/changes-command.ts';

/**
 * How a run stands. `running`: a process works on it. `unfinished`: none does, and it did not end by itself. `stopped`: it
 * ended early, or left rows without an outcome. `canary`: it reached its `--limit`. `bad rows`: it finished, with bad rows
 * that were not accepted. `accepted`: with bad rows that were. `damaged`: its journal cannot be read.
 */
export type RunStanding =
  | 'running'
  | 'unfinished'
  | 'stopped'
  | 'canary'
  | 'bad rows'
  | 'accepted'
  | 'complete'
  | 'damaged';

/** A run as `runs --json` lists it. */
export interface ListedRun {
  readonly run_id: string;
  /** As other commands take it. */
  readonly name: string;
  readonly started_at: string;
  readonly job: string | null;
  readonly inputs: readonly string[];
  readonly account: string;
  /** The command that began it; null for `run`. */
  readonly command: ChangesCommand | null;
  readonly dry_run: boolean;
  readonly shard: string | null;
  /** The number by which data is newer or older; null for dry runs and older versions. */
  readonly number: number | null;
  readonly state: RunStanding;
  /** Null while there is no end. */
  readonly exit_code: number | null;
  /** Why it ended early. */
  readonly stopped: { readonly code: string; readonly message: string } | null;
  readonly duration_s: number | null;
  /** Null where the journal cannot be read. */
  readonly statuses: Readonly<Record<Status, number>> | null;
  readonly rows: number;
  readonly pending: number;
  readonly bad_rows: number;
  /** Bad rows that the run of the job before did not have; null where that is not known. */
  readonly new_bad_rows: number | null;
  /** The run that sent its bad rows again. */
  readonly retried_by: string | null;
  /** When `--keep-personal` deleted its rejects and the like; null where it did not. */
  readonly personal_deleted_at: string | null;
  /** What to type next, one way a line; null where nothing is left to do. */
  readonly next: string | null;
}

/** What is kept of an account between runs. */
export interface ListedState {
  readonly account: string;
  readonly dir: string;
  /** Names the state in journals. */
  readonly id: string;
  readonly contacts: number;
  readonly bytes: number;
  /** When the last complete pull began; null where there was none. */
  readonly last_pull: string | null;
  /** The highest number that a run with this state took. */
  readonly last_number: number;
  /** Why it cannot be read; contacts and pull are not known then. */
  readonly fault?: string;
}

/** What `runs --json` prints. */
export interface RunsList {
  readonly runs: readonly ListedRun[];
  /** Runs that were left out by `--limit`. */
  readonly more_runs: number;
  readonly states: readonly ListedState[];
}
