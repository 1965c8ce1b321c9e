import type { LogEntry, LogLevel } from '../core/log-entry.ts';
import type { GivenRows, JsonValue } from '../core/types.ts';
import type { InputRow, MappedRow, MapRow, RowPlace } from '../mapping/load/map-row.ts';
import type { MappingDocument } from './mapping-document.ts';

export type { InputRow, MappedRow, RowPlace };

/** A time: milliseconds, or a text such as `'500ms'`, `'30s'`, `'15m'`, `'2h'`. */
export type Duration = number | string;
/** A number of rows, or a share of them such as `'5%'`. */
export type ShareOfRows = number | `${number}%`;

/** A value as JSON gives it back: a Date is the text that it writes. */
export type AsJson<T> = T extends JsonValue
  ? T
  : T extends { toJSON(): infer J }
    ? J
    : T extends object
      ? { readonly [K in keyof T]: AsJson<T[K]> }
      : T;

/**
 * Options of `sync`: those of `livedesk-sync run` by their names in camelCase, with the same defaults and bounds. Give
 * `input` or `rows`, or `resume` or `retry` alone.
 */
export interface SyncOptions<Row extends object = InputRow> {
  /** Paths of CSV or JSONL files, gzip too; several are one run. */
  readonly input?: string | readonly string[] | undefined;
  /**
   * Rows in place of files, each an object of JSON values; a row that JSON cannot hold is invalid. With a mapping
   * document the first 1,000 are looked at for their columns before the first is sent.
   */
  readonly rows?: Iterable<Row> | AsyncIterable<Row> | undefined;
  /**
   * Path of a YAML or JSON file, the same as an object, or a function. What a function gives is checked as the values of
   * a file are. Default: columns named like fields.
   */
  readonly mapping?:
    | string
    | MappingDocument
    | ((row: AsJson<Row>, place: RowPlace) => MappedRow)
    | undefined;
  /** From LiveDesk: Project Settings, API Management. A dry run can do without. */
  readonly credentials?: { readonly apiKey: string; readonly apiSecret: string } | undefined;
  /** Stops the run: no new rows, those in flight have `drainTimeout`. The summary then has `stopped.code` `ERR_ABORTED`. */
  readonly signal?: AbortSignal | undefined;
  /** Hears what the command line logs. Default: nobody does. */
  readonly onLog?: ((entry: LogEntry) => void) | undefined;
  /** The least that `onLog` hears. Default `info`. */
  readonly logLevel?: LogLevel | undefined;

  /** Format of the input. Default: detected. */
  readonly format?: 'csv' | 'jsonl' | undefined;
  /** Encoding of the input, any WHATWG name. Default: by BOM, else UTF-8. */
  readonly encoding?: string | undefined;
  /** Cell separator of CSV: one character, or `tab`. Default: detected. */
  readonly delimiter?: string | undefined;
  /** Character around cells of CSV, or `none` if quotes are text. Default: `"`; none for tabs without quoting. */
  readonly quote?: string | undefined;
  /** Lines above the header to leave out. */
  readonly skipRows?: number | undefined;
  /** Rows at the end to leave out, blank ones not counted. */
  readonly skipFooter?: number | undefined;
  /** Send nothing if regular files hold fewer rows. */
  readonly minRows?: number | undefined;
  /** Stop after that many rows; `Infinity` when a canary goes on. Default: no bound. */
  readonly limit?: number | undefined;
  /** Do one of N shards of the contacts: `'1/4'`. */
  readonly shard?: `${number}/${number}` | undefined;
  /** Keep a copy of `rows` in the run directory before the first is sent, so that the run can be continued. */
  readonly spool?: boolean | undefined;

  /** Run to go on with, a directory or its name below `runs/`: rows without an outcome. A mapping function must be given again. */
  readonly resume?: string | undefined;
  /** Run whose bad rows are sent again, as a new run. */
  readonly retry?: string | undefined;
  /** With `retry`: sends the rejects files of that run as they were corrected. */
  readonly corrected?: boolean | undefined;
  /** If the newest run of the same work is unfinished, go on with it, else begin one. */
  readonly continue?: boolean | undefined;
  /** Go on although a later run delivered newer data. */
  readonly olderData?: boolean | undefined;
  /** The API key was rotated, and is that of the same account: said once, the state remembers it. */
  readonly sameAccount?: boolean | undefined;
  /** How long to wait for another run of the account to end. Default 0. */
  readonly waitLock?: Duration | undefined;

  /** Where LiveDesk answers. Default: the real one. */
  readonly baseUrl?: string | undefined;
  /** Requests per second, retries included; `Infinity` for no limit, `'auto'` to find what is allowed. Default 10. */
  readonly rate?: number | 'auto' | undefined;
  /** The most that `'auto'` may find. */
  readonly maxRate?: number | undefined;
  /** Redis at which processes share the budget of requests: `redis:`, `rediss:`, or the path of a Unix socket. */
  readonly redisUrl?: string | undefined;
  /** Searches per second, for mappings with `match`. Default 1. */
  readonly searchRate?: number | undefined;
  /** Rows in flight. Default: max(10, rate / 2), at most 512. */
  readonly concurrency?: number | undefined;
  /** Attempts per row; throttled answers do not count. Default 6. */
  readonly maxAttempts?: number | undefined;
  /** Time for one attempt. Default 30 s. */
  readonly timeout?: Duration | undefined;
  /** Do everything but send. */
  readonly dryRun?: boolean | undefined;

  /** Directory that remembers what was sent, so that only what changed is sent again. */
  readonly state?: string | undefined;
  /** Send every field whatever the state says. */
  readonly full?: boolean | undefined;
  /** Contacts to read just before they are written: where a value of theirs counts, or all that change. Default `needed`. */
  readonly readFirst?: 'needed' | 'changed' | undefined;
  /** Read each contact before it is changed and keep the old values, for `livedesk-sync undo`. */
  readonly undoable?: boolean | undefined;
  /** With `match` and a state: pull first if the last complete pull is older than that. */
  readonly pullEvery?: Duration | undefined;
  /** Send nothing if more rows than that would change a contact. */
  readonly maxChanges?: ShareOfRows | undefined;

  /** Bad rows that a good run may have; a failed row is never accepted. Default 0. */
  readonly acceptBadRows?: ShareOfRows | undefined;
  /** This once, the guard of the mapping only warns. */
  readonly acceptDrift?: boolean | undefined;
  /** Stop when more rows than this end badly. Default 50%. */
  readonly maxErrors?: ShareOfRows | undefined;
  /** How long one outage or throttling may last. Default 15 min. */
  readonly outageBudget?: Duration | undefined;
  /** Time for open requests after a stop. Default 8 s. */
  readonly drainTimeout?: Duration | undefined;
  /** Take no new rows after that time. */
  readonly stopAfter?: Duration | undefined;
  /** Take no new rows after that time of day: `06:00`, or `06:00 Europe/Berlin`. */
  readonly until?: string | undefined;

  /** Directory for the run's files. Default: `runs/<time>-<input>-<hex>` below the working directory. */
  readonly runDir?: string | undefined;
  /** Delete older finished runs of the account beside this one: `'30d'` keeps 30 days, 20 keeps 20 runs. */
  readonly keep?: number | `${number}d` | undefined;
  /** Delete rejects, missing rows and copies of rows of finished runs after that; journal and summary stay. */
  readonly keepPersonal?: Duration | undefined;
  /** File that is kept filled with metrics. */
  readonly metricsFile?: string | undefined;
  /** How notices are posted. Default: `'slack'` to hooks.slack.com, else `'json'`. */
  readonly notifyFormat?: 'json' | 'slack' | undefined;
  /** URL to which a notice is posted when the job begins to fail and when it recovers. */
  readonly notifyUrl?: string | undefined;
}

/** The options, whatever the rows are. */
export interface GivenOptions extends Omit<SyncOptions, 'rows' | 'mapping'> {
  readonly rows?: GivenRows | undefined;
  readonly mapping?: string | MappingDocument | MapRow | undefined;
}
