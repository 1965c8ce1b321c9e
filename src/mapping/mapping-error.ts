import { RunError } from '../core/errors.ts';

/** A fault of the mapping as a `RunError` with exit code 2; `at` is `file:line:column`, or the file, or nothing. */
export function mappingError(at: string | undefined, message: string, cause?: unknown): RunError {
  const text = at === undefined ? message : `${at}: ${message}`;
  return new RunError('ERR_MAPPING', text, cause === undefined ? {} : { cause });
}
