import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { RunError } from '../../core/errors.ts';
import { isObject } from '../../core/json.ts';
import { shownPath } from '../../core/shell-text.ts';
import { ChangeSeal } from '../change-line.ts';
import type { RunLine } from '../journal-lines.ts';
import { readLines } from '../read-lines.ts';
import { FILES } from '../run-directory.ts';
import { BEFORE_VERSION, type BeforeLine, type ImageLine } from './before-line.ts';

/** A before-image, and where its line ends. */
export interface ReadImage {
  readonly image: ImageLine;
  /** Number of its line in the file. */
  readonly number: number;
}

/** Where a file of before-images is whole up to: what follows was torn by a crash. */
export interface WholeImages {
  readonly size: number;
  /** Checksum of the last whole line. */
  readonly sum: string;
}

/** Those of a run that has kept none yet. */
export const NO_IMAGES: WholeImages = { size: 0, sum: '' };

/**
 * The before-images of a run, in their order; what a crash left of a last line is left out, since its write never left.
 * Throws `ERR_BEFORE_IMAGES` (exit 2) with the line where the file is not as the run wrote it, or belongs to another run.
 */
export async function* readBeforeImages(
  dir: string,
  run: Pick<RunLine, 'run_id' | 'account'>,
): AsyncGenerator<ReadImage, WholeImages> {
  const path = join(dir, FILES.before);
  const seal = new ChangeSeal();
  let size = 0;
  let number = 0;
  if (!existsSync(path)) return NO_IMAGES;
  for await (const { text, end } of readLines(path)) {
    number += 1;
    const line = seal.open(text) as BeforeLine | undefined;
    if (!line) throw changed(path, number);
    size = end;
    if (number === 1) {
      if (line.type !== 'before') throw changed(path, number);
      if (line.version > BEFORE_VERSION) throw newer(path);
      if (line.run_id !== run.run_id) throw foreign(path, line.account, run);
    } else if (line.type === 'image' && isObject(line.fields)) yield { image: line, number };
    else throw changed(path, number);
  }
  return { size, sum: seal.sum };
}

/**
 * Up to where the before-images of a run that is gone on with are whole. Throws `ERR_BEFORE_IMAGES` (exit 2) where they are
 * not as the run wrote them, or are gone although it changed contacts.
 */
export async function wholeImagesOf(
  dir: string,
  run: Pick<RunLine, 'run_id' | 'account'>,
  delivered: number,
): Promise<WholeImages> {
  const images = readBeforeImages(dir, run);
  for (;;) {
    const next = await images.next();
    if (!next.done) continue;
    if (next.value.size === 0 && delivered > 0) {
      throw new RunError(
        'ERR_BEFORE_IMAGES',
        `${shownPath(join(dir, FILES.before))} is gone or empty, though the run changed contacts and is to be undoable: bring the file back, or begin a new run`,
      );
    }
    return next.value;
  }
}

// --- internal ---

function changed(path: string, line: number): RunError {
  return new RunError(
    'ERR_BEFORE_IMAGES',
    `${shownPath(path)}, line ${line}: it, or a line before it, is not as the run wrote it, so that the old values of contacts cannot be told for sure. Bring the file back as it was.`,
  );
}

function newer(path: string): RunError {
  return new RunError(
    'ERR_BEFORE_IMAGES',
    `${shownPath(path)} was written by a newer livedesk-contact-sync; update to read it.`,
  );
}

function foreign(path: string, account: string, run: Pick<RunLine, 'account'>): RunError {
  const of =
    account === run.account ? 'another run' : `account ${account}, and the run is of account ${run.account}`;
  return new RunError(
    'ERR_BEFORE_IMAGES',
    `${shownPath(path)}, line 1: these old values are of ${of}. Bring back the file that the run wrote.`,
  );
}
