import type { OptionSources } from '../core/option-sources.ts';
import type { Shard } from '../core/shard.ts';
import type {
  ApiError,
  BadRow,
  KeptFields,
  Outcome,
  Row,
  RowError,
  SkipReason,
  Status,
} from '../core/types.ts';
import type { ChangesCommand } from './changes-command.ts';
import type { HeartbeatLine } from './heartbeat-line.ts';
import type { Summary } from './summary.ts';

/** Version of the journal's form; a reader refuses a higher one, and skips types of lines that it does not know. */
export const JOURNAL_VERSION = 3;
/** The first version whose readers skip what they do not know: only such journals have pulses. */
export const HEARTBEAT_VERSION = 2;

/** An input as the journal names it. */
export interface InputIdentity {
  readonly name: string;
  /** Absolute path; absent for stdin. */
  readonly path?: string;
  readonly format: 'csv' | 'jsonl';
  /** Regular files only: bytes as stored, and their SHA-256. */
  readonly size?: number;
  readonly sha256?: string;
  /** The cell separator of a CSV, also where it was detected. */
  readonly delimiter?: string;
}

/** Where the state of a run is kept. */
export interface StatePlace {
  /** Absolute. */
  readonly dir: string;
}

/** An input that was read from its first byte to its last. */
export interface WholeInput {
  /** Bad ones included, and those of other shards. */
  readonly rows: number;
  readonly size?: number;
  readonly sha256?: string;
}

/** First line of a journal. */
export interface RunLine {
  readonly type: 'run';
  readonly version: number;
  readonly run_id: string;
  readonly tool_version: string;
  readonly started_at: string;
  readonly account: string;
  /**
   * Number of the run that the data came with, above those of all earlier runs of the account; a retry has that of the
   * run it retries. Left out by dry runs, and by versions that did not number runs.
   */
  readonly number?: number;
  /** The state that counted, where the run had one: numbers of two states cannot be compared. */
  readonly state_id?: string;
  readonly base_url: string;
  readonly inputs: readonly InputIdentity[];
  readonly mapping_hash: string;
  /** Name of the job that the run is one of; a retry is one of the same. */
  readonly job?: string;
  /** Options that shape what is read and sent, defaults included. */
  readonly options: { readonly [name: string]: string | number | boolean | null };
  /** The options that were given, by their names on the command line; absent in journals of 0.1. */
  readonly given?: OptionSources;
  /** Absent for a run without a state. */
  readonly state?: StatePlace;
  readonly dry_run: boolean;
  /** The command that began it; absent for `run`. */
  readonly command?: ChangesCommand;
  /** The run that this one takes back. */
  readonly undoes?: UndoneRun;
  /** The share of the rows that the run does; absent for all. */
  readonly shard?: Shard;
  /** The runs of the shards whose journals were merged into this one. */
  readonly shards?: readonly ShardParent[];
  /** The run whose bad rows this one retries. */
  readonly parent_run?: ParentRun;
}

/** The run that another one takes back. */
export interface UndoneRun {
  readonly run_id: string;
  readonly dir: string;
  /** These contacts alone; absent for all. */
  readonly contacts?: readonly number[];
  /** These fields alone, a whole object counting for its parts; absent for all. */
  readonly fields?: readonly string[];
  /** What later runs sent or confirmed goes back, too. */
  readonly older_data?: true;
}

/** The run whose bad rows another one sends again. */
export interface ParentRun {
  readonly run_id: string;
  readonly dir: string;
  /** The inputs are its rejects files, corrected, whose rows are all to be sent; else its inputs. */
  readonly corrected?: boolean;
}

/** A shard's run as a merged journal names it. */
export interface ShardParent extends Shard {
  readonly run_id: string;
  readonly dir: string;
}

/** What became of one row. */
export interface RowLine {
  readonly type: 'row';
  /** Index of the input; only with several inputs. */
  readonly input?: number;
  readonly row: number;
  readonly line: number;
  readonly contact_id?: number;
  readonly status: Status;
  /** Why it was skipped; journals before 0.2 do not say. */
  readonly reason?: SkipReason;
  readonly http_status?: number;
  readonly attempts?: number;
  readonly duration_ms?: number;
  readonly fields?: readonly string[];
  /** Number of the {@link FieldsLine} that names what the row set or confirmed; of a bad row, what it may have set. */
  readonly set?: number;
  /** Number of the run (0: none), input and row that the row's data came with, where it comes from a rejects file. */
  readonly position?: readonly [number: number, input: number, row: number];
  readonly not_applied?: readonly string[];
  /** Fields that an agent and the input changed differently since the last run; `on_conflict` decided. */
  readonly conflicts?: readonly string[];
  readonly dropped?: readonly ErrorLine[];
  /** Of a row that takes something back: the fields that stay as they are, by the reason. */
  readonly kept?: KeptFields;
  readonly error?: ErrorLine;
  /** Of a bad row: names it and its cause by a keyed hash, so that a later run of the job knows whether they are new. */
  readonly fault?: string;
  /** Of a bad row: whether the job's last run of all its rows did not have this fault; absent where that is not known. */
  readonly new?: boolean;
  /** The file that holds a copy of a bad row, or of one whose contact is missing, and its size in bytes after the row was added. */
  readonly reject?: { readonly file: string; readonly end: number };
  readonly at: string;
}

/** A row error as the journal spells it. */
export interface ErrorLine {
  readonly code: string;
  readonly message: string;
  readonly field?: string;
  readonly column?: string;
  readonly api?: ApiError;
}

/** Names a set of fields for the row lines after it, until another one takes its number. */
export interface FieldsLine {
  readonly type: 'fields';
  readonly set: number;
  readonly fields: readonly string[];
}

/** A contact is about to be made for a row: the one request that must not be repeated blindly. */
export interface IntentLine {
  readonly type: 'intent';
  readonly input?: number;
  readonly row: number;
  readonly line: number;
  readonly at: string;
}

/** A row is about to write to its contact: until it has an outcome, it may have set these fields. */
export interface SendingLine {
  readonly type: 'sending';
  readonly input?: number;
  readonly row: number;
  readonly contact_id: number;
  /** Number of the {@link FieldsLine} that names the fields; absent where no write left after all. */
  readonly set?: number;
  /** The contact was made for the row. */
  readonly made?: true;
  /** As in {@link RowLine}. */
  readonly position?: readonly [number: number, input: number, row: number];
}

/** A later process went on with the run. */
export interface ResumeLine {
  readonly type: 'resume';
  readonly tool_version: string;
  readonly at: string;
  /** Rows that had an outcome by then. */
  readonly rows_done: number;
  /** Bytes of a torn last line that were dropped. */
  readonly torn_bytes: number;
  /** Rows to read at most from now on: a canary may have been given the rest of its input. Left out: as before. */
  readonly limit?: number | 'all';
  /** The name of the account from now on, where its API key was rotated. */
  readonly account?: string;
}

/** Last line of a run that ended by itself. */
export interface EndLine {
  readonly type: 'end';
  readonly summary: Summary;
  /** Of a shard: what its inputs were, null for one that was not read to its end. */
  readonly inputs?: readonly (WholeInput | null)[];
}

export type JournalLine =
  | RunLine
  | RowLine
  | FieldsLine
  | IntentLine
  | SendingLine
  | ResumeLine
  | HeartbeatLine
  | EndLine;

/** The journal line of an outcome. `inputs` is how many the run has; `at` Unix milliseconds. */
export function rowLine(row: Row | BadRow, outcome: Outcome, inputs: number, at: number): RowLine {
  const line: { -readonly [K in keyof RowLine]?: RowLine[K] } = { type: 'row' };
  if (inputs > 1) line.input = row.input;
  line.row = row.row;
  line.line = row.line;
  if (outcome.contactId !== undefined) line.contact_id = outcome.contactId;
  line.status = outcome.status;
  if (outcome.reason !== undefined) line.reason = outcome.reason;
  if (outcome.httpStatus !== undefined) line.http_status = outcome.httpStatus;
  if (outcome.attempts !== undefined) line.attempts = outcome.attempts;
  if (outcome.durationMs !== undefined) line.duration_ms = outcome.durationMs;
  if (outcome.fields) line.fields = outcome.fields;
  if (outcome.notApplied) line.not_applied = outcome.notApplied;
  if (outcome.conflicts?.length) line.conflicts = outcome.conflicts;
  if (outcome.dropped?.length) line.dropped = outcome.dropped.map(errorLine);
  if (outcome.kept) line.kept = outcome.kept;
  if (outcome.error) line.error = errorLine(outcome.error);
  line.at = isoTime(at);
  return line as RowLine;
}

// --- internal ---

let lastTime = { ms: Number.NaN, iso: '' };

/** Rows that end within one millisecond share its text. */
function isoTime(ms: number): string {
  if (ms !== lastTime.ms) lastTime = { ms, iso: new Date(ms).toISOString() };
  return lastTime.iso;
}

/** Picks the known keys, so that nothing else of an error object can reach a file. */
function errorLine(error: RowError): ErrorLine {
  return {
    code: error.code,
    message: error.message,
    ...(error.field === undefined ? undefined : { field: error.field }),
    ...(error.column === undefined ? undefined : { column: error.column }),
    ...(error.api === undefined ? undefined : { api: error.api }),
  };
}
