import type { Shard } from '../core/shard.ts';
import type { Irreversible, SkipReason, Status } from '../core/types.ts';
import type { HeldBackBy } from '../telemetry/meter.ts';
import type { AcceptedBadRows } from './accepted-bad-rows.ts';
import type { ChangesCommand } from './changes-command.ts';

/** What `summary.json`, `--json` and the journal's last line hold. Free of personal data. */
export interface Summary {
  readonly run_id: string;
  readonly run_dir: string;
  readonly account: string;
  readonly dry_run: boolean;
  /** The command that began the run, where it was not `run`. */
  readonly command?: ChangesCommand;
  /** Name of the job that the run is one of. */
  readonly job?: string;
  /** The share of the rows that the run did; absent for all. */
  readonly shard?: Shard;
  readonly started_at: string;
  readonly ended_at: string;
  /** Seconds this process worked; a resumed run has several. */
  readonly duration_s: number;
  readonly exit_code: number;
  readonly rows_read: number;
  readonly statuses: Readonly<Record<Status, number>>;
  /** Skipped rows by their reasons; absent where none was skipped. */
  readonly skip_reasons?: { readonly [reason in SkipReason]?: number };
  /** Whether its bad rows are accepted; absent where none is. */
  readonly accept_bad_rows?: AcceptedBadRows;
  /**
   * Bad rows, by contact and cause, that the last run of the job which read its whole input did not have. Absent where
   * there was none, or that cannot be told.
   */
  readonly new_bad_rows?: number;
  /** Rows read that have no outcome yet; `--resume` does them. */
  readonly pending: number;
  /** Of a run that stopped: the bytes of its inputs, and how many belong to rows that it did not read, as far as that can be told. */
  readonly unread?: { readonly bytes: number; readonly of_bytes: number };
  /** HTTP requests of this process. */
  readonly requests: number;
  /** Requests beyond a row's first, throttled ones left out. */
  readonly retries: number;
  readonly throttled: number;
  readonly latency_ms: {
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
    readonly max: number;
  };
  readonly rate: {
    /** Per second; null is unlimited. */
    readonly allowed: number | null;
    readonly achieved: number;
    /** `--rate auto`: what was found of the account's limit. */
    readonly found?: {
      /** Requests per second; null where none was refused. */
      readonly limit: number | null;
      /** Seconds of the clock's window in which they are counted; null where none was seen. */
      readonly window_s: number | null;
      /** Why the rate was what it was at the end. */
      readonly phase: string;
    };
    readonly held_back_by: HeldBackBy | null;
  };
  /** Rows whose field the answer did not show, by field. */
  readonly not_applied: Readonly<Record<string, number>>;
  /** Rows that send each field (dry run: would send). */
  readonly changes: Readonly<Record<string, number>>;
  /** Rows in which an agent's edit and the input's differ, by field; `on_conflict` decided. */
  readonly conflicts: Readonly<Record<string, number>>;
  /** Dry run: what sending would take at the given rate. */
  readonly forecast?: {
    readonly requests: number;
    /** Those among them that read a contact before it is written. */
    readonly reads?: number;
    readonly minutes: number;
  };
  /** Plans and checks that read contacts by the list. */
  readonly reading?: ListReading;
  /** Fields left out of rows that were sent. */
  readonly dropped_fields: number;
  readonly causes: readonly Cause[];
  /** The rejects files as they were when the run ended; a later edit shows. */
  readonly rejects: readonly { readonly file: string; readonly bytes: number; readonly sha256: string }[];
  /** The same of the files that list the rows whose contact is not there; absent where there are none. */
  readonly missing?: Summary['rejects'];
  /** Of an undo: what became of the fields that were to go back. */
  readonly undo?: UndoSummary;
  readonly warnings: readonly string[];
  /**
   * When the last complete pull began, by which contacts are found by their keys; null where there was none. Absent for
   * mappings that name contacts by id.
   */
  readonly last_pull?: string | null;
  /** What was taken from a probe of the account, in words. */
  readonly probed?: readonly string[];
  /** Why the run ended before its input did. */
  readonly stopped?: { readonly code: string; readonly message: string };
  /** The command to type next. */
  readonly next?: string;
}

/** How contacts were read where pages of the list showed them, in the place of a request for each. */
export interface ListReading {
  readonly list_requests: number;
  /** Contacts that no page showed, or not with all that they hold. */
  readonly single_reads: number;
}

/** Fields of an undo by what became of them: each is in exactly one of these. */
export interface UndoneFields {
  /** They hold again what they held before the run. */
  readonly reversed: number;
  /** They did so already, and nothing was sent for them. */
  readonly already: number;
  /** They were changed by others since the run, and are kept. */
  readonly edited: number;
  /** A later run sent or confirmed them, and they are kept. */
  readonly newer: number;
  /** Their old value is not known, or cannot be set. */
  readonly not_reversible: number;
  /** Their contact could not be written. */
  readonly failed: number;
  /** Their contact has no outcome yet. */
  readonly pending: number;
  /** Dry run: they would go back if their contact still holds what the run wrote. */
  readonly planned: number;
}

/** What an undo came to. */
export interface UndoSummary {
  /** The run that was undone. */
  readonly run_id: string;
  readonly run_dir: string;
  /** Contacts that it had changed, those alone that were chosen. */
  readonly contacts: number;
  readonly fields: UndoneFields;
  /** Why fields are not reversible: how many for each reason. */
  readonly irreversible: { readonly [reason in Irreversible]: number };
  /** Fields among those reversed that were not there before the run, and are empty now. */
  readonly emptied: number;
  /** Contacts that the run had made, which stay; the first of them by their ids. */
  readonly created: { readonly contacts: number; readonly ids: readonly number[] };
  /** Whether that run had rows left to do. */
  readonly unfinished: boolean;
  /** The command that sends the same input again, and with it all that was put back. */
  readonly again?: string;
}

/** Rows that ended badly for the same reason. */
export interface Cause {
  readonly code: string;
  /** A message of one of them; numbers and quoted text may differ in the others. */
  readonly message: string;
  readonly field?: string;
  readonly column?: string;
  readonly count: number;
  /** The first row of the kind. */
  readonly example: { readonly input?: number; readonly row: number; readonly line: number };
}
