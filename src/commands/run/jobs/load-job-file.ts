import { dirname, resolve } from 'node:path';
import { codeOf, RunError } from '../../../core/errors.ts';
import { readBounded } from '../../../core/read-bounded.ts';
import { type JobFile, type ParseJobFileOptions, parseJobFile } from './job-file.ts';

/** Such a file is written by hand; more than this is another file given by mistake. */
const MAX_BYTES = 1024 * 1024; // 1 MiB

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file. Name the file of jobs with --config, or change to its folder',
  EACCES: 'no permission to read it',
  EISDIR: 'it is a directory',
  TOO_LARGE: 'it has over 1 MiB. Is it another file?',
};

/** Reads and checks a file of jobs. Throws `ERR_CONFIG`. */
export async function loadJobFile(
  name: string,
  how: Pick<ParseJobFileOptions, 'command' | 'check'>,
): Promise<JobFile> {
  let bytes: Buffer;
  try {
    bytes = await readBounded(name, MAX_BYTES);
  } catch (cause) {
    const code = codeOf(cause);
    const why = REASONS[code] ?? `it cannot be read (${code})`;
    throw new RunError('ERR_CONFIG', `${name}: ${why}.`, { cause });
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new RunError('ERR_CONFIG', `${name} is not UTF-8. Save it as UTF-8.`, { cause });
  }
  return parseJobFile(text, { ...how, name, dir: dirname(resolve(name)) });
}
