import type { Readable } from 'node:stream';
import { RunError } from '../core/errors.ts';
import type { Format, GivenRows } from '../core/types.ts';
import { encodingNamed } from './bytes/transcode.ts';

/** What decides which rows there are in the bytes of an input, and which cells in its rows. What is left out is detected. */
export interface ReadingChoice {
  readonly format?: Format | undefined;
  /** Any WHATWG encoding name. A byte order mark wins over it. */
  readonly encoding?: string | undefined;
  /** One character, or the word `tab`. */
  readonly delimiter?: string | undefined;
  /** The character around cells of CSV, or the word `none`: quotes are text then. */
  readonly quote?: string | undefined;
  /** Lines above the header, or above the first row of JSONL, that are not read. */
  readonly skipRows?: number | undefined;
  /** Rows at the end, blank ones not counted, that are no rows: sums, and what else stands below a table. */
  readonly skipFooter?: number | undefined;
}

/** The names of all of these. */
export const CHOICES = [
  'format',
  'encoding',
  'delimiter',
  'quote',
  'skipRows',
  'skipFooter',
] as const satisfies readonly (keyof ReadingChoice)[];

/** The choices among other options; those that were not made are left out. */
export function readingChoice(options: ReadingChoice): ReadingChoice {
  const made = CHOICES.filter((name) => options[name] !== undefined);
  return Object.fromEntries(made.map((name) => [name, options[name]]));
}

/** How inputs are to be read, and from where. */
export interface InputOptions extends ReadingChoice {
  readonly stdin: Readable;
  /** Rows of a program, which take the place of stdin. */
  readonly rows?: GivenRows | undefined;
  /** Rows of a program to look at for columns, before the first is given: a slow source delays the run for as long. */
  readonly sampleRows?: number | undefined;
  /** Ends the rows quietly when it aborts, also while a pipe or stdin has nothing to give. */
  readonly signal?: AbortSignal | undefined;
}

/** The WHATWG name of an encoding given by any of its labels. Throws `ERR_USAGE` (exit 2) for an unknown one. */
export async function resolveEncoding(label: string): Promise<string> {
  const name = /^utf-?8$/i.test(label) ? 'utf-8' : await encodingNamed(label);
  if (name !== undefined) return name;
  throw new RunError(
    'ERR_USAGE',
    `--encoding ${label} is unknown. Give a WHATWG name, e.g. utf-8, windows-1252, utf-16le, shift_jis, gb18030.`,
  );
}

/** The character that `--delimiter` means. Throws `ERR_USAGE` (exit 2) for one that cannot separate cells. */
export function resolveDelimiter(given: string): string {
  const delimiter = given === 'tab' || given === '\\t' ? '\t' : given;
  if ([...delimiter].length !== 1 || /["\r\n\p{L}\p{N}]/u.test(delimiter)) {
    throw new RunError(
      'ERR_USAGE',
      `--delimiter must be one character that is no letter, digit, quote or line break, e.g. ";" or tab.`,
    );
  }
  return delimiter;
}

/**
 * The character that `--quote` means; undefined for none. Throws `ERR_USAGE` (exit 2) for one that cannot stand around
 * cells.
 */
export function resolveQuote(given: string, delimiter?: string): string | undefined {
  if (given === 'none') return undefined;
  if (given === delimiter || !/^[!-/:-@[-`{-~]$/.test(given)) {
    throw new RunError(
      'ERR_USAGE',
      `--quote must be one character that is a mark such as " or ', and not the delimiter, or the word none.`,
    );
  }
  return given;
}
