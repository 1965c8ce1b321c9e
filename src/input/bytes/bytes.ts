import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { codeOf, messageOf, RunError } from '../../core/errors.ts';
import { shellWord } from '../../core/shell-text.ts';
import { withoutUrlSecrets } from '../../core/url-secrets.ts';
import type { Bytes } from './byte-source.ts';
import { openPipe } from './pipe.ts';
import { readRegularFile } from './regular-file.ts';
import { readStream } from './stream.ts';

/** Where bytes may come from, and how to leave off. */
export interface BytesOptions {
  readonly stdin: Readable;
  readonly signal?: AbortSignal | undefined;
  /** Whether a regular file is read once beforehand for its identity. */
  readonly isIdentified: boolean;
}

/**
 * Opens a regular file, a named pipe, another readable device, or stdin (`-`, `/dev/stdin`).
 * Throws `ERR_INPUT` (exit 2) for what is not there or must not be read.
 */
export async function openBytes(name: string, options: BytesOptions): Promise<Bytes> {
  if (name === '-' || name === '/dev/stdin') return readStream(options.stdin, 'stdin', options.signal);
  const kind = await stat(name).catch((error: unknown) => {
    throw missing(name, error);
  });
  if (kind.isDirectory()) {
    throw new RunError(
      'ERR_INPUT',
      `${name} is a directory. Name the files in it, e.g. ${name.replace(/\/+$/, '')}/*.csv`,
    );
  }
  if (kind.isSocket()) {
    throw new RunError('ERR_INPUT', `${name} is a socket. Give a file, a named pipe, or - for stdin.`);
  }
  if (kind.isFIFO()) return readStream(await openPipe(name, options.signal), name, options.signal);
  const handle = await openForReading(name);
  if (kind.isFile()) return readRegularFile(handle, name, options);
  return readStream(handle.createReadStream(), name, options.signal);
}

async function openForReading(name: string): Promise<FileHandle> {
  try {
    return await open(name, constants.O_RDONLY);
  } catch (error) {
    throw unreadable(name, error);
  }
}

const REMEDIES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file. Check the path; a relative one starts at the working directory.',
  ENOTDIR: 'a part of the path is a file. Check the path.',
  EACCES: 'this user may not read it. Change its permissions (`chmod a+r`) or run as a user who may.',
  EPERM: 'this user may not read it. Change its permissions (`chmod a+r`) or run as a user who may.',
  EMFILE: 'too many files are open. Raise the limit with `ulimit -n`.',
  ELOOP: 'its symbolic links lead in a circle.',
};

/** What prints the content behind a URL. */
const FETCHERS: Readonly<Record<string, (url: string) => string>> = {
  http: (url) => `curl -fsSL ${shellWord(url)}`,
  https: (url) => `curl -fsSL ${shellWord(url)}`,
  s3: (url) => `aws s3 cp ${shellWord(url)} -`,
  gs: (url) => `gcloud storage cat ${shellWord(url)}`,
};

/** The error of an input that is not there, with what was probably meant by its name. */
function missing(name: string, error: unknown): RunError {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(name)?.[1]?.toLowerCase();
  if (scheme !== undefined) {
    const fetched = FETCHERS[scheme]?.(withoutUrlSecrets(name.replaceAll(' ', '%20')));
    const what = fetched === undefined ? 'its content' : `what \`${fetched}\` prints`;
    return new RunError(
      'ERR_INPUT',
      `an input is a URL (${scheme}), and only files are read: download it first, or pipe ${what} into this same command with - in place of the URL.`,
      { cause: error },
    );
  }
  if (codeOf(error) === 'ENOENT' && /[*?]|\[.+\]|\{.+,.+\}/.test(name)) {
    return new RunError(
      'ERR_INPUT',
      `${name} cannot be opened: there is no file of that very name. It looks like a pattern, which only the shell makes names of: leave out the quotes around it, or give the names of the files.`,
      { cause: error },
    );
  }
  return unreadable(name, error);
}

function unreadable(name: string, error: unknown): RunError {
  const code = codeOf(error);
  const why = REMEDIES[code] ?? messageOf(error);
  return new RunError('ERR_INPUT', `${name} cannot be opened: ${why} (${code})`, { cause: error });
}
