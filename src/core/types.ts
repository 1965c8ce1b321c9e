/** What the stages hand to each other. A stage imports these and never another stage. */

import type { RowOrigin } from './position.ts';

/** A value as JSON knows it. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
/** A JSON object. Made without a prototype where its keys come from outside. */
export type JsonObject = { [key: string]: JsonValue };

/** A number of a JSON text that a double cannot hold: kept as written, so that no digit changes unseen. */
export class InexactNumber {
  readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
}

export const FORMATS = ['csv', 'jsonl'] as const;
export type Format = (typeof FORMATS)[number];

/** What an input is made of, known before its first row is read. */
export interface Shape {
  /** Index of the input among the run's inputs, from 0. */
  readonly input: number;
  /** Name as the user gave it; `-` is stdin. */
  readonly name: string;
  readonly format: Format;
  /** CSV: the header in order, the empty text for a column without a name. JSONL: dotted paths of every key in the first 1,000 rows. */
  readonly columns: readonly string[];
  /** CSV only: the cell separator. */
  readonly delimiter?: string;
  /** CSV only: names that several columns have, and what to say where one of these is asked for. */
  readonly ambiguous?: ReadonlyMap<string, string>;
  /** CSV only: the line that looks more like the header than the one that was taken for it. */
  readonly headerLine?: number;
  /** CSV only: quotes at its start did not pair, so it is read without quoting. */
  readonly quotesAreText?: boolean;
  /** It ended before its first row, so that nobody can tell its columns. */
  readonly isEmpty?: boolean;
}

/** One unit of input that could be read. */
export interface Row {
  readonly input: number;
  /** Number of the data row in its input, from 1. */
  readonly row: number;
  /** Line on which the row starts, from 1; a header counts. */
  readonly line: number;
  /** CSV: the cells in header order. JSONL: the parsed object, inexact numbers as {@link InexactNumber}. */
  readonly record: readonly string[] | { readonly [key: string]: unknown };
  /** JSONL: the source line without its line break. CSV: undefined; the cells say it all. */
  readonly text?: string;
  /** Of a row of a rejects file: where it stood before. */
  readonly origin?: RowOrigin;
}

/** One unit of input that could not be read: it ends `invalid`, the rest goes on. */
export interface BadRow {
  readonly input: number;
  readonly row: number;
  readonly line: number;
  /** The row as it stood in the file, decoded, without its line break. */
  readonly text: string;
  readonly error: RowError;
}

/** Why a row ended badly. Holds no value of the row: journals and logs are free of personal data. */
export interface RowError {
  /** Stable, `ERR_…`. */
  readonly code: string;
  /** What, why, and what to do. */
  readonly message: string;
  /** Target path, e.g. `custom_attributes.vip_level`. */
  readonly field?: string;
  /** Column of the input. */
  readonly column?: string;
  /** What the API said, redacted. */
  readonly api?: ApiError;
}

/** What an answer of the API said of a failure, in any of its shapes (livedesk-api.md 5.6, trap 31). */
export interface ApiError {
  readonly status: number;
  /** Error code of the body, as text. */
  readonly code?: string;
  /** Names of the attributes the API complains of. */
  readonly attributes?: readonly string[];
  /** The API's text, at most 300 characters, every value of the row replaced by its field name. */
  readonly text?: string;
}

/** The body of a PATCH: only what is to be set. */
export interface PatchBody {
  [field: string]: JsonValue;
}

/** What a row asks for: one contact and the fields to set. */
export interface Patch {
  /** LiveDesk contact id, a positive safe integer. */
  readonly contactId: number;
  readonly body: PatchBody;
  /** Paths set by the body, e.g. `email`, `custom_attributes.vip_level`, in mapping order. */
  readonly fields: readonly string[];
  /**
   * Whether `additional_attributes` holds only some keys and must be completed with what the contact has
   * before it is sent: the API may replace the object whole (livedesk-api.md 5.3).
   */
  readonly complete: boolean;
  /** Values that the contact must have before it is written, by path, else `ERR_WRONG_CONTACT`. */
  readonly expect?: { readonly [path: string]: JsonValue };
  /**
   * Of a change line: what each field held when the change was planned, null for nothing. The contact is read just before it
   * is written, and only what still is so is sent.
   */
  readonly from?: { readonly [path: string]: JsonValue };
  /** Whether the contact was made for the row, before this patch. */
  readonly isMade?: boolean;
  /** Of a change line that takes back what a run has set; `from` is what the run left. */
  readonly undo?: UndoneChange;
}

/** What a patch that takes something back says beside its values. */
export interface UndoneChange {
  /** What else the run may have left in a field, where the fate of its last writes is not known. */
  readonly or: { readonly [path: string]: readonly JsonValue[] };
  /** What the state remembered of the fields before the run; undefined where it had none. */
  readonly memory: JsonObject | undefined;
  /** Fields that were left out of the patch, and stay as they are. */
  readonly kept?: KeptFields | undefined;
  /** Those that the patch would set and that are back already, with those that it sets. Default: the latter. */
  readonly back?: readonly string[];
}

/**
 * Why a field is not taken back: another writer has changed it since, a later run has sent or confirmed it, or its old value is
 * not known or cannot be set.
 */
export const KEPT_REASONS = ['edited', 'newer', 'not_reversible'] as const;
export type KeptReason = (typeof KEPT_REASONS)[number];
/** Why a field cannot be taken back: its old value was never shown, had too many digits to be kept, or cannot be set. */
export const IRREVERSIBLE = ['not_shown', 'inexact', 'not_settable'] as const;
export type Irreversible = (typeof IRREVERSIBLE)[number];

/** Paths of fields that are not taken back, by the reason. */
export type KeptFields = { readonly [reason in KeptReason]?: readonly string[] };

/** Fields that identify a contact: unique in an account (livedesk-api.md 5.4). */
export const KEY_FIELDS = ['identifier', 'email', 'phone_number'] as const;
export type KeyField = (typeof KEY_FIELDS)[number];

/** A value that identifies a contact whose id is not known: e-mails in lower case, phones in E.164. */
export interface MatchKey {
  readonly field: KeyField;
  readonly value: string;
}

/** Why a row that was read is no data: nothing stands in any cell, or the header stands there once more. */
export type NoData = 'blank' | 'header';
/**
 * Why nothing is to be done for a row: every cell that would be sent is empty and kept, `only` leaves it out, there is no such
 * contact (`on_missing: skip`), it is no data, or what is to be undone was edited since, or written by a later run, or cannot be taken back.
 */
export const SKIP_REASONS = [
  'empty',
  'only',
  'missing',
  'blank',
  'header',
  ...KEPT_REASONS,
] as const satisfies readonly ('empty' | 'only' | 'missing' | KeptReason | NoData)[];

export type SkipReason = (typeof SKIP_REASONS)[number];

/** Whether a row that was skipped for this reason is no data: then it counts for no percentage and no bound. */
export function isNoData(reason: SkipReason | undefined): reason is NoData {
  return reason === 'blank' || reason === 'header';
}

/** What the mapping made of a row. */
export type Mapped =
  | { readonly kind: 'patch'; readonly patch: Patch; readonly dropped?: readonly RowError[] }
  /** A patch whose contact is to be found by the first key that it has; `keys` are in the order of the mapping. */
  | {
      readonly kind: 'unmatched';
      readonly keys: readonly MatchKey[];
      readonly patch: Omit<Patch, 'contactId'>;
      readonly dropped?: readonly RowError[];
    }
  | { readonly kind: 'skipped'; readonly contactId?: number; readonly reason: SkipReason }
  | { readonly kind: 'invalid'; readonly contactId?: number; readonly error: RowError };

/** Every status a row can end with, in the order in which they are listed. */
export const STATUSES = [
  'updated',
  'created',
  'unchanged',
  'skipped',
  'superseded',
  'planned',
  'invalid',
  'rejected',
  'failed',
] as const;
export type Status = (typeof STATUSES)[number];
/** Statuses that put a row into the rejects file and make the exit code 1. */
export const BAD_STATUSES: ReadonlySet<Status> = new Set(['invalid', 'rejected', 'failed']);

/** What became of a row. */
export interface Outcome {
  readonly status: Status;
  /** Why a row was skipped. */
  readonly reason?: SkipReason | undefined;
  readonly contactId?: number | undefined;
  readonly httpStatus?: number | undefined;
  /** HTTP requests made for this row, throttled answers and reads included. */
  readonly attempts?: number | undefined;
  /** Those among them that could not change the contact. */
  readonly reads?: number | undefined;
  readonly durationMs?: number | undefined;
  /** Paths sent. */
  readonly fields?: readonly string[] | undefined;
  /**
   * Paths that an older row of the contact must not set any more: all that the row would set, whatever was decided; of a
   * bad row, those that a request may have set.
   */
  readonly confirms?: readonly string[] | undefined;
  /** Paths sent whose value the answer does not show. */
  readonly notApplied?: readonly string[] | undefined;
  /** Fields that differ from what we last sent and from what the account has: `on_conflict` decided. */
  readonly conflicts?: readonly string[] | undefined;
  /** Of a row that takes something back: the fields that stay as they are. */
  readonly kept?: KeptFields | undefined;
  /** Fields left out of the patch because their value was invalid (`on_invalid_field: drop_field`). */
  readonly dropped?: readonly RowError[] | undefined;
  readonly error?: RowError | undefined;
}

/** Rows that a program hands over, each an object as JSON knows it. */
export type GivenRows = Iterable<unknown> | AsyncIterable<unknown>;

/** Attempts per second; `Infinity` for no limit, `auto` to find out what the account allows. */
export type Rate = number | 'auto';

/** A bound on bad rows: a number of them, or a share of the outcomes. */
export type Share =
  | { readonly kind: 'rows'; readonly rows: number }
  | { readonly kind: 'percent'; readonly percent: number };

/**
 * Which value wins where the account changed a field since it was last sent: `ours` sends the row's where it changed, too;
 * `theirs` keeps the account's; `enforce` sends the row's in any case.
 */
export const CONFLICT_POLICIES = ['ours', 'theirs', 'enforce'] as const;
export type ConflictPolicy = (typeof CONFLICT_POLICIES)[number];

/**
 * What became of a patch: an outcome, `pending` where the run stops first, or a promise of either where answers to other
 * contacts have to decide (a 403).
 */
export type Delivered = Outcome | 'pending' | { readonly held: Promise<Outcome | 'pending'> };
