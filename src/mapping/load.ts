import { readFile, stat } from 'node:fs/promises';
import { codeOf } from '../errors.ts';
import type { Mapping } from './document.ts';
import { mappingError } from './mapping-error.ts';

/** A mapping is written by hand; more than this is another file given by mistake. */
const MAX_MAPPING_BYTES = 1024 * 1024; // 1 MiB

/** Reads and checks a mapping file, YAML or JSON. Throws `ERR_MAPPING` with `file:line:column` and what to write. */
export async function loadMapping(path: string): Promise<Mapping> {
  const text = await readText(path);
  // the YAML reader is loaded only for runs that have a mapping file
  const { parseMapping } = await import('./parse.ts');
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
    const reason = {
      ENOENT: 'there is no such file',
      EACCES: 'no permission to read it',
      EISDIR: 'this is a directory',
    };
    const known = Object.entries(reason).find(([code]) => code === codeOf(error));
    if (known === undefined) throw error;
    throw mappingError(path, `the mapping cannot be read: ${known[1]}. Check --mapping.`, error);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw mappingError(path, 'the mapping is not UTF-8. Save it as UTF-8.', error);
  }
}
