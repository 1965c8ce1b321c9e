import { codeOf } from '../../core/errors.ts';
import { readBounded, type Unfit } from '../../core/read-bounded.ts';
import type { Mapping } from '../document.ts';
import { mappingError } from '../mapping-error.ts';

/** A mapping is written by hand; more than this is another file given by mistake. */
const MAX_MAPPING_BYTES = 1024 * 1024; // 1 MiB

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'no permission to read it',
  EISDIR: 'it is a directory',
  DEVICE: 'it is a device',
  NO_WRITER: 'it is a pipe, and no process writes to it',
  TOO_LARGE: 'it has over 1 MiB, too much for a mapping. Is it the input?',
} satisfies Readonly<Record<Unfit | string, string>>;

/**
 * Reads and checks a mapping file, YAML or JSON; `signal` ends the wait for a pipe. Throws `ERR_MAPPING` with `file:line:column` and what to
 * write.
 */
export async function loadMapping(path: string, signal?: AbortSignal): Promise<Mapping> {
  if (/\.(?:csv|tsv|jsonl|ndjson|gz)$/i.test(path)) {
    throw mappingError(
      path,
      'by its name this is no mapping. Is it the input? --mapping takes a YAML or JSON file.',
    );
  }
  const text = await loadText(path, signal);
  // the YAML reader is loaded only for runs that have a mapping file
  const { parseMapping } = await import('../parse/parse.ts');
  return parseMapping(text, path);
}

/** The text of a file that is written by hand; `signal` ends the wait for a pipe. Throws `ERR_MAPPING`. */
export async function loadText(path: string, signal?: AbortSignal): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readBounded(path, MAX_MAPPING_BYTES, signal);
  } catch (error) {
    const code = codeOf(error);
    throw mappingError(path, `the mapping cannot be read: ${REASONS[code] ?? code}. Check --mapping.`, error);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw mappingError(path, 'the mapping is not UTF-8. Save it as UTF-8.', error);
  }
}
