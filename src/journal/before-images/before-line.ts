import { crc32 } from 'node:zlib';
import { isObject } from '../../core/json.ts';
import type { JsonObject, JsonValue } from '../../core/types.ts';

/** Version of the form of before-images; a reader refuses a higher one. */
export const BEFORE_VERSION = 1;

/** First line of a file of before-images. */
export interface BeforeHeader {
  readonly type: 'before';
  readonly version: number;
  readonly run_id: string;
  readonly account: string;
}

/** Why an old value is not known: the API did not show it, or showed a number with more digits than can be kept. */
export type Unknown = 'not_shown' | 'inexact';

/** A field that is about to be written. */
export interface ImageField {
  /** What the contact held; left out where it held nothing there, not even null. */
  readonly old?: JsonValue;
  /** Set where that is not known. */
  readonly unknown?: Unknown;
  readonly written: JsonValue;
}

/** What a contact held in the fields that a row is about to write. */
export interface ImageLine {
  readonly type: 'image';
  readonly contact: number;
  /** Index of the input; only with several inputs. */
  readonly input?: number;
  readonly row: number;
  readonly fields: { readonly [path: string]: ImageField };
  /** What the state remembered of the fields; absent without one. */
  readonly state?: JsonObject;
}

export type BeforeLine = BeforeHeader | ImageLine;

/**
 * The text of a line, closed by a checksum over it and all lines before it, so that a line that was changed, left out or
 * moved is found. `before` is the checksum of the line before it, 0 for the first.
 */
export function sealLine(
  line: BeforeLine,
  before: number,
): { readonly text: string; readonly check: number } {
  const body = JSON.stringify(line).slice(0, -1);
  const check = crc32(body, before);
  return { text: `${body},"check":"${hex(check)}"}\n`, check };
}

/** The line of a text, and its checksum; undefined where the text is not as it was written after `before`. */
export function openLine(
  text: string,
  before: number,
): { readonly line: BeforeLine; readonly check: number } | undefined {
  const at = text.lastIndexOf(',"check":"');
  const check = crc32(text.slice(0, Math.max(0, at)), before);
  if (at < 0 || text.slice(at) !== `,"check":"${hex(check)}"}`) return undefined;
  const line: unknown = JSON.parse(`${text.slice(0, at)}}`);
  return isObject(line) ? { line: line as unknown as BeforeLine, check } : undefined;
}

// --- internal ---

function hex(check: number): string {
  return check.toString(16).padStart(8, '0');
}
