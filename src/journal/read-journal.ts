import { statSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, RunError } from '../core/errors.ts';
import { foreignText } from '../core/foreign-text.ts';
import { BAD_STATUSES } from '../core/types.ts';
import { BegunRows } from './begun-rows.ts';
import {
  type EndLine,
  JOURNAL_VERSION,
  type JournalLine,
  type RowLine,
  type RunLine,
} from './journal-lines.ts';
import { readLines } from './read-lines.ts';
import { RowChecks } from './row-checks.ts';
import { RowSets } from './row-set.ts';
import { FILES } from './run-directory.ts';
import { Tally } from './tally.ts';

/** A journal folded to what going on with its run needs: some bits a row, and counts. */
export interface Fold {
  readonly header: RunLine;
  /** Rows with an outcome. */
  readonly done: RowSets;
  /** What their lines say, to see whether they fit the rows of the input. */
  readonly checks: RowChecks;
  /** Rows that ended `invalid`, `rejected` or `failed`. */
  readonly bad: RowSets;
  /** Rows for which a contact was about to be made. */
  readonly intents: RowSets;
  /** Rows that were about to write, and have no outcome. */
  readonly begun: BegunRows;
  readonly tally: Tally;
  /** Rows whose contact was changed. */
  readonly delivered: number;
  /** The contacts of the last ones among them, the latest at the end. */
  readonly latest: readonly number[];
  /** The last line, if the run ended by itself; a later `resume` line takes it back. */
  readonly end: EndLine | undefined;
  /** Bytes of whole, readable lines. */
  readonly size: number;
  /** Bytes after them: what a crash left of a line, or padding. */
  readonly tornBytes: number;
  /** Rows to read at most, as the run or its last resume was told; `Infinity` for all. */
  readonly limit: number;
  /** Size of each rejects file after the last row that the journal tells of. */
  readonly rejects: ReadonlyMap<string, number>;
}

/** Whether the run has nothing left to do: it ended by itself and not early. */
export function isFinished({ end }: Pick<Fold, 'end'>): boolean {
  return end !== undefined && end.summary.stopped === undefined && end.summary.pending === 0;
}

/** Folds the journal of a run directory. Throws `RunError` (exit 2) where it is none, newer than us, or damaged. */
export async function foldJournal(dir: string): Promise<Fold> {
  const tally = new Tally();
  const done = new RowSets();
  const checks = new RowChecks();
  const bad = new RowSets();
  const intents = new RowSets();
  const begun = new BegunRows();
  const rejects = new Map<string, number>();
  let header: RunLine | undefined;
  let end: EndLine | undefined;
  const latest: number[] = [];
  let delivered = 0;
  let size = 0;
  let limit = Number.POSITIVE_INFINITY;
  for await (const { line, end: lineEnd } of readJournal(dir)) {
    size = lineEnd;
    if (line.type === 'row') {
      const input = line.input ?? 0;
      if (!done.add(input, line.row)) continue;
      begun.settle(input, line.row);
      checks.add(line);
      tally.add(line);
      if (isDelivered(line)) {
        delivered += 1;
        if (line.contact_id !== undefined) latest.push(line.contact_id);
        if (latest.length > LATEST) latest.shift();
      }
      if (BAD_STATUSES.has(line.status)) bad.add(input, line.row);
      if (line.reject) rejects.set(line.reject.file, line.reject.end);
      continue;
    }
    if (line.type === 'intent') {
      intents.add(line.input ?? 0, line.row);
      continue;
    }
    if (line.type === 'sending') {
      begun.note(line);
      continue;
    }
    if (line.type === 'pulse' || line.type === 'fields') continue;
    end = line.type === 'end' ? line : undefined;
    if (line.type === 'run') header = line;
    if (line.type === 'resume' && header && line.account) header = { ...header, account: line.account };
    const given =
      line.type === 'run' ? line.options['limit'] : line.type === 'resume' ? line.limit : undefined;
    if (given !== undefined) limit = typeof given === 'number' ? given : Number.POSITIVE_INFINITY;
  }
  if (!header) throw noRun(dir, 'its journal is empty, or its first line is damaged');
  const tornBytes = statSync(join(dir, FILES.journal)).size - size;
  return {
    header,
    done,
    checks,
    bad,
    intents,
    begun,
    tally,
    delivered,
    latest,
    end,
    size,
    tornBytes,
    limit,
    rejects,
  };
}

/** The first line of a run directory's journal; undefined where there is none that can be read. */
export async function readRunLine(dir: string): Promise<RunLine | undefined> {
  try {
    for await (const { line } of readJournal(dir)) return line.type === 'run' ? line : undefined;
  } catch {
    // not a run of ours, or of a newer version
  }
  return undefined;
}

/** The first line of a run directory's journal. Throws `ERR_NO_RUN` (exit 2) where there is none that can be read. */
export async function readRunHeader(dir: string): Promise<RunLine> {
  for await (const { line } of readJournal(dir)) if (line.type === 'run') return line;
  throw noRun(dir, 'its journal is empty, or its first line is damaged');
}

/** Whether the row changed its contact. */
export function isDelivered(line: RowLine): boolean {
  return line.status === 'updated' || line.status === 'created';
}

/**
 * The lines of a journal in order. Lines that cannot be read are left out at the end, where a crash leaves them;
 * in the middle they are damage, and an error.
 */
export async function* readJournal(
  dir: string,
): AsyncGenerator<{ line: JournalLine; text: string; end: number }> {
  let number = 0;
  let unreadable = 0;
  try {
    for await (const { text, end } of readLines(join(dir, FILES.journal))) {
      number += 1;
      const line = parseLine(text);
      if (!line) {
        unreadable ||= number;
        continue;
      }
      if (unreadable > 0) {
        throw new RunError(
          'ERR_JOURNAL_DAMAGED',
          `${join(dir, FILES.journal)}: line ${unreadable} is not readable, but later ones are. Restore the file, or begin a new run.`,
        );
      }
      if (line !== 'unknown' && line.type === 'run' && line.version > JOURNAL_VERSION) {
        throw new RunError(
          'ERR_JOURNAL_VERSION',
          `${dir} was written by livedesk-contact-sync ${line.tool_version}, which is newer than this one; update to read it.`,
        );
      }
      if (number === 1 && (line === 'unknown' || line.type !== 'run'))
        throw noRun(dir, 'its journal does not begin with a run');
      if (line !== 'unknown') yield { line, text, end };
    }
  } catch (error) {
    if (error instanceof RunError) throw error;
    throw noRun(dir, codeOf(error) === 'ENOENT' ? `there is no ${FILES.journal} in it` : codeOf(error));
  }
}

// --- internal ---

/** Contacts that are remembered as the last ones that were changed. */
const LATEST = 16;

const TYPES: ReadonlySet<string> = new Set([
  'run',
  'row',
  'fields',
  'intent',
  'sending',
  'resume',
  'pulse',
  'end',
]);

/** `unknown` is a line of a type that a later program of the same journal version may add. */
function parseLine(text: string): JournalLine | 'unknown' | undefined {
  try {
    const line: unknown = JSON.parse(text);
    if (typeof line !== 'object' || line === null || !('type' in line)) return undefined;
    if (typeof line.type !== 'string') return undefined;
    return TYPES.has(line.type) ? withSafeText(line as JournalLine) : 'unknown';
  } catch {
    return undefined;
  }
}

/** A journal of an older version, or one that was changed, may hold what steers a terminal. */
function withSafeText(line: JournalLine): JournalLine {
  if (line.type !== 'row' || !line.error) return line;
  return { ...line, error: { ...line.error, message: foreignText(line.error.message) } };
}

function noRun(dir: string, why: string): RunError {
  return new RunError(
    'ERR_NO_RUN',
    `${dir} is not a run directory: ${why}. Name the directory that the run printed.`,
  );
}
