import type { Irreversible, JsonObject, JsonValue } from '../../core/types.ts';

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
export type Unknown = Exclude<Irreversible, 'not_settable'>;

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
