import { readFile, stat } from 'node:fs/promises';
import { codeOf, RunError } from '../../core/errors.ts';
import type { Mapping } from '../document.ts';
import { mappingError } from '../mapping-error.ts';

/** A mapping is written by hand; more than this is another file given by mistake. */
const MAX_MAPPING_BYTES = 1024 * 1024; // 1 MiB

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'no permission to read it',
  EISDIR: 'it is a directory',
};

/** Reads and checks a mapping file, YAML or JSON. Throws `ERR_MAPPING` with `file:line:column` and what to write. */
export async function loadMapping(path: string): Promise<Mapping> {
  if (/\.(?:csv|tsv|jsonl|ndjson|gz)$/i.test(path)) {
    throw mappingError(
      path,
      'by its name this is no mapping. Is it the input? --mapping takes a YAML or JSON file.',
    );
  }
  const text = await readText(path);
  // the YAML reader is loaded only for runs that have a mapping file
  const { parseMapping } = await import('../parse/parse.ts');
  return parseMapping(text, path);
}

async function readText(path: string): Promise<string> {
  let bytes: Buffer;
  try {
    const { size } = await stat(path);
    if (size > MAX_MAPPING_BYTES) {
      throw mappingError(path, 'this is over 1 MiB, too large for a mapping. Is it the input?');
    }
    bytes = await readFile(path);
  } catch (error) {
    if (error instanceof RunError) throw error;
    const code = codeOf(error);
    throw mappingError(path, `the mapping cannot be read: ${REASONS[code] ?? code}. Check --mapping.`, error);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw mappingError(path, 'the mapping is not UTF-8. Save it as UTF-8.', error);
  }
}
