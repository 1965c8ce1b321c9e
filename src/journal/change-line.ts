import { hash } from 'node:crypto';
import { isObject } from '../core/json.ts';
import type { Irreversible, JsonObject, JsonValue, KeptReason, Status } from '../core/types.ts';
import type { InputIdentity, UndoneRun } from './journal-lines.ts';
import type { ListReading } from './summary.ts';

/** Version of the form of files of change lines; a reader refuses another one. */
export const CHANGES_VERSION = 1;

/** What a file of change lines is for: `apply` sets what a plan says, `undo` takes back what a run has set. */
export const CHANGE_KINDS = ['apply', 'undo'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** The value of a field before and after; null stands for absent, null and empty. */
export interface FieldChange {
  readonly from: JsonValue;
  readonly to: JsonValue;
}

/** A row that a change comes from. */
export interface ChangedBy {
  /** Index of the input; only with several inputs. */
  readonly input?: number;
  readonly row: number;
  readonly line: number;
}

/** What is to change of one contact, by paths such as `custom_attributes.tier`. */
export interface ChangeLine {
  readonly contact: number;
  readonly fields: { readonly [path: string]: FieldChange };
  readonly rows: readonly ChangedBy[];
  /** Rows beyond those that are named. */
  readonly more_rows?: number;
}

/** The first line of a file of change lines. A plan and an undo each say more. */
export interface ChangesHeader {
  readonly changes: ChangeKind;
  readonly version: number;
  readonly tool_version: string;
  readonly created_at: string;
  readonly account: string;
  readonly base_url: string;
  /** The mapping that the values were made by. */
  readonly mapping_hash: string;
  /** What that mapping says that the account does with `additional_attributes`. */
  readonly additional_attributes?: 'merges' | 'replaces';
  /** Change lines that follow. */
  readonly contacts: number;
}

/** A field that is taken back: `from` is what the run left in it, `to` what it held before. */
export interface UndoneField extends FieldChange {
  /** What else the run may have left, where the fate of its last writes is not known. */
  readonly or?: readonly JsonValue[];
  /** The field was not there: to be empty is as near to that as the API comes. */
  readonly absent?: true;
  /** The field stays as it is. */
  readonly keep?: Exclude<KeptReason, 'edited'>;
  /** Why it cannot be taken back. */
  readonly why?: Irreversible;
}

/** What is to be taken back of one contact. */
export interface UndoneLine extends ChangeLine {
  readonly fields: { readonly [path: string]: UndoneField };
  /** What the state remembered of the fields before the run. */
  readonly state?: JsonObject;
}

/** The header of a file that takes a run back. */
export interface UndoneHeader extends ChangesHeader {
  readonly changes: 'undo';
  readonly undoes: UndoneRun;
  /** Contacts that the run made, the first of them by their ids. */
  readonly created: { readonly contacts: number; readonly ids: readonly number[] };
  /** Whether the run had rows left to do. */
  readonly unfinished: boolean;
}

/** What a plan says of itself beside. */
export interface PlanHeader extends ChangesHeader {
  readonly changes: 'apply';
  readonly inputs: readonly Pick<InputIdentity, 'name' | 'size' | 'sha256'>[];
  /** What the input was compared with to find out which contacts to read. */
  readonly compared_with: 'state' | 'contacts';
  /** Rows of the input by what became of them. */
  readonly rows: { readonly [status in Status]?: number };
  /** Contacts with each field. */
  readonly fields: { readonly [path: string]: number };
  readonly requests: {
    /** Per second; null is unlimited. */
    readonly rate: number | null;
    /** What the making of the plan took. */
    readonly plan: PlannedRequests & Partial<ListReading>;
    readonly apply: PlannedRequests;
  };
}

/** Requests, and the minutes that they take at the given rate. */
export interface PlannedRequests {
  readonly requests: number;
  readonly minutes: number;
}

/** The last line of a file of change lines: without it the file was cut. */
export interface ChangesFooter {
  readonly end: true;
  readonly contacts: number;
}

/**
 * Writes the lines of a file of change lines, each with a checksum over itself and all lines before it, so that the first
 * line is found that was edited, moved, added, or has lost the one before it.
 */
export class ChangeSeal {
  #sum: string;

  /** `sum` is the checksum of the line before the first one, of a file that is gone on with. */
  constructor(sum = '') {
    this.#sum = sum;
  }

  /** The checksum of the last line. */
  get sum(): string {
    return this.#sum;
  }

  /** The line with its checksum, without a line break. */
  seal(line: object): string {
    const text = JSON.stringify(line);
    this.#sum = sumOf(this.#sum, text);
    return `${text.slice(0, -1)},"sum":"${this.#sum}"}`;
  }

  /** The line without its checksum; undefined where it is not as it was written. */
  open(sealed: string): JsonObject | undefined {
    const [, text, sum] = SEALED.exec(sealed) ?? [];
    if (text === undefined || sumOf(this.#sum, `${text}}`) !== sum) return undefined;
    this.#sum = sum;
    const line: unknown = JSON.parse(`${text}}`);
    return isObject(line as JsonValue) ? (line as JsonObject) : undefined;
  }
}

// --- internal ---

/** A line break of Windows changes nothing. */
const SEALED = /^(\{.+),"sum":"([0-9a-f]{16})"\}\r?$/s;

function sumOf(before: string, text: string): string {
  return hash('sha256', `${before}\n${text}`, 'hex').slice(0, 16);
}
