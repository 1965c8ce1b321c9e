import { AppendFile } from '../core/append-file.ts';
import { codeOf, RunError } from '../core/errors.ts';
import { shownPath } from '../core/shell-text.ts';
import type { JsonObject } from '../core/types.ts';
import { replaceAtomic } from '../core/write-atomic.ts';
import {
  CHANGE_KINDS,
  CHANGES_VERSION,
  type ChangeLine,
  ChangeSeal,
  type ChangesFooter,
  type ChangesHeader,
} from './change-line.ts';
import { readLines } from './read-lines.ts';

/** A line of change and where it stands in its file. */
export interface PlacedChange {
  /** From 1; the header is line 1. */
  readonly line: number;
  readonly change: ChangeLine;
}

/**
 * Writes a file of change lines whole or not at all, with mode 0600, for it holds personal data: the header, the lines,
 * and a last line without which the file counts as cut.
 */
export function writeChangeFile(path: string, header: ChangesHeader, lines: Iterable<ChangeLine>): void {
  replaceAtomic(path, (fresh) => {
    const file = new AppendFile(fresh);
    try {
      const seal = new ChangeSeal();
      let contacts = 0;
      let text = `${seal.seal(header)}\n`;
      for (const line of lines) {
        contacts += 1;
        text += `${seal.seal(line)}\n`;
        if (text.length < FLUSH_LENGTH) continue;
        file.append(text);
        text = '';
      }
      const footer: ChangesFooter = { end: true, contacts };
      file.append(`${text}${seal.seal(footer)}\n`);
    } finally {
      file.close();
    }
  });
}

/** The header of a file of change lines, its lines not looked at. Throws `ERR_PLAN` (exit 2). */
export async function readChangesHeader(path: string): Promise<ChangesHeader> {
  const lines = sealedLines(path);
  for await (const { sealed } of lines) return headerOfLine(sealed, path);
  throw refused(path, 1, 'it is empty');
}

/**
 * The change lines of a file, each checked against its checksum and those before it. Throws `ERR_PLAN` (exit 2), with the
 * line, for a file that was edited or cut, or is of another version.
 */
export async function* readChangeFile(path: string): AsyncGenerator<PlacedChange> {
  const seal = new ChangeSeal();
  let last = 0;
  let contacts = 0;
  let isEnded = false;
  for await (const { line, sealed } of sealedLines(path)) {
    last = line;
    if (isEnded) throw refused(path, line, 'it stands after the end of the plan');
    if (line === 1) headerOfLine(sealed, path);
    const read = seal.open(sealed);
    if (!read) throw refused(path, line, 'it was edited, or a line before it is gone');
    if (line === 1) continue;
    if (read['end'] === true) {
      isEnded = true;
      continue;
    }
    contacts += 1;
    yield { line, change: read as unknown as ChangeLine };
  }
  if (last === 0) throw refused(path, 1, 'it is empty');
  if (!isEnded) throw refused(path, last + 1, `the plan was cut: it ends after ${contacts} contacts`);
}

// --- internal ---

/** Text collected before it is written. */
const FLUSH_LENGTH = 64 * 1024;

interface SealedLine {
  readonly line: number;
  readonly sealed: string;
}

async function* sealedLines(path: string): AsyncGenerator<SealedLine> {
  let line = 0;
  try {
    for await (const { text } of readLines(path)) {
      line += 1;
      yield { line, sealed: text };
    }
  } catch (cause) {
    if (cause instanceof RunError) throw cause;
    const code = codeOf(cause);
    const why = code === 'ENOENT' ? 'there is no such file' : `it cannot be read: ${code}`;
    throw new RunError('ERR_PLAN', `${shownPath(path)}: ${why}.`, { cause });
  }
}

function headerOfLine(sealed: string, path: string): ChangesHeader {
  let header: Partial<ChangesHeader> & JsonObject;
  try {
    header = JSON.parse(sealed) as typeof header;
  } catch {
    throw refused(path, 1, 'it is not the header of a plan');
  }
  const isKnown = CHANGE_KINDS.some((kind) => kind === header?.changes);
  if (!isKnown) throw refused(path, 1, 'it is not the header of a plan');
  if (header.version !== CHANGES_VERSION) {
    throw refused(
      path,
      1,
      `the plan has version ${JSON.stringify(header.version)}, and this program knows version ${CHANGES_VERSION}`,
    );
  }
  const read = new ChangeSeal().open(sealed);
  if (!read) throw refused(path, 1, 'it was edited');
  return read as unknown as ChangesHeader;
}

function refused(path: string, line: number, why: string): RunError {
  return new RunError(
    'ERR_PLAN',
    `${shownPath(path)}, line ${line}: ${why}. Nothing was sent. A plan is applied as it was written: make a new one.`,
  );
}
