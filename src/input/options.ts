import type { Readable } from 'node:stream';
import { RunError } from '../core/errors.ts';
import type { Format, GivenRows } from '../core/types.ts';
import { encodingNamed } from './bytes/transcode.ts';

/** How inputs are to be read. What is left out is detected. */
export interface InputOptions {
  readonly format?: Format | undefined;
  /** Any WHATWG encoding name. A byte order mark wins over it. */
  readonly encoding?: string | undefined;
  /** One character, or the word `tab`. */
  readonly delimiter?: string | undefined;
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
