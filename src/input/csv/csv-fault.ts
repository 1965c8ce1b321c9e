import { EXIT, RunError } from '../../core/errors.ts';
import type { RowError } from '../../core/types.ts';
import { endsWithItsLine, findQuoteFault, type QuoteFault } from './quote-fault.ts';
import type { Dialect } from './row-parser.ts';

/** What is known where a CSV parser gave up. */
export interface CsvBreak {
  readonly name: string;
  /** What stands from the end of the last good row on. */
  readonly bytes: Buffer;
  /** Line on which that begins. */
  readonly line: number;
  readonly dialect: Dialect;
  readonly header: readonly string[] | undefined;
  readonly isTooLong: boolean;
}

const QUOTE_FAULTS: Readonly<Record<QuoteFault['kind'], string>> = {
  unclosed:
    'a double quote opens here and is never closed. Close it, or double it if it belongs to the text.',
  'after-quote':
    'the quoted cell that begins here is not closed as it should: after its closing quote only the delimiter or ' +
    'the end of the row may follow. Close it, and double the quotes inside ("" and not \\").',
  'inside-cell':
    'a double quote stands in a cell that does not begin with one. Put the whole cell into quotes and double those inside.',
};
const QUOTES_ARE_TEXT = 'If quotes are text in this file: --quote none.';

/** The error of a CSV that cannot be parsed on: csv-parse's own messages quote cells and name the line where it stopped. */
export function explainCsvBreak(broken: CsvBreak): RunError {
  const { name, bytes, line, dialect, header, isTooLong } = broken;
  const text = bytes.toString();
  const fault = findQuoteFault(text, dialect);
  const rowLine = line + countBreaks(leadingBreaks(text));
  const column = fault && header?.[fault.cell - 1]?.trim();
  const where = `${name}, line ${fault ? line + fault.line - 1 : rowLine}${column ? `, column "${column}"` : ''}`;
  const why = isTooLong
    ? `the row that begins on line ${rowLine} is longer than 1 MiB. ${fault ? 'Is the quote that opens here ever closed?' : 'Is this a CSV file?'}`
    : fault
      ? `${faultText(fault, dialect)} ${QUOTES_ARE_TEXT}`
      : 'the CSV cannot be read on from here.';
  return new RunError('ERR_INPUT', `${where}: ${why}`, { exitCode: EXIT.stopped });
}

/** How to go on behind what a parser gave up on. */
export interface WayOn {
  /** Bytes that are dealt with. */
  readonly length: number;
  /** Lines among them. */
  readonly lines: number;
  /** The row that is lost, and why; left out for a byte order mark, which is no row. */
  readonly lost?: { readonly text: string; readonly line: number; readonly error: RowError };
}

/**
 * Finds where the next row begins for certain, behind a row whose quoting is wrong, or behind the byte order mark of a file
 * that was joined to another one. `more` where the line is not whole yet; undefined where it cannot be told.
 */
export function findWayOn(
  { bytes, line, dialect, header, isTooLong }: CsvBreak,
  isEnd: boolean,
): WayOn | 'more' | undefined {
  const lead = leadingBreaks(bytes.toString('latin1')).length;
  const lines = countBreaks(bytes.toString('latin1', 0, lead));
  if (bytes.subarray(lead, lead + MARK.length).equals(MARK)) return { length: lead + MARK.length, lines };
  if (header === undefined) return undefined;
  const lineBreak = dialect.rowEnds.at(-1) ?? '\n';
  const at = bytes.indexOf(lineBreak, lead);
  if (at === -1 && !isEnd) return isTooLong ? undefined : 'more';
  const text = bytes
    .subarray(lead, at === -1 ? bytes.length : at)
    .toString()
    .replace(/\r+$/, '');
  const fault = findQuoteFault(text, dialect);
  if (!fault || !endsWithItsLine(text, fault, dialect, header.length)) return undefined;
  const column = header[fault.cell - 1]?.trim();
  const error: RowError = {
    code: 'ERR_QUOTE',
    message: `${faultText(fault, dialect)} ${QUOTES_ARE_TEXT}`,
    ...(column ? { column } : {}),
  };
  const length = at === -1 ? bytes.length : at + 1;
  return { length, lines: lines + 1, lost: { text, line: line + lines, error } };
}

// --- internal ---

const MARK = Buffer.from('\uFEFF');

function faultText({ kind }: QuoteFault, { quote }: Dialect): string {
  const text = QUOTE_FAULTS[kind];
  return quote === '"' ? text : text.replace('a double quote', 'a quote').replace(' ("" and not \\")', '');
}

function leadingBreaks(text: string): string {
  return /^[\r\n]*/.exec(text)?.[0] ?? '';
}

function countBreaks(breaks: string): number {
  return breaks.match(/\r+\n|\n|\r/g)?.length ?? 0;
}
