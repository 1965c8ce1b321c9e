import { EXIT, RunError } from '../../core/errors.ts';
import { findQuoteFault, type QuoteFault } from './quote-fault.ts';
import type { Dialect } from './row-parser.ts';

/** What is known where a CSV parser gave up. */
export interface CsvBreak {
  readonly name: string;
  /** The text from the end of the last good row on. */
  readonly text: string;
  /** Line on which that text begins. */
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

/** The error of a CSV that cannot be parsed on: csv-parse's own messages quote cells and name the line where it stopped. */
export function explainCsvBreak(broken: CsvBreak): RunError {
  const { name, text, line, dialect, header, isTooLong } = broken;
  const fault = findQuoteFault(text, dialect.delimiter, dialect.rowEnds);
  const rowLine = line + countLeadingBreaks(text);
  const column = fault && header?.[fault.cell - 1]?.trim();
  const where = `${name}, line ${fault ? line + fault.line - 1 : rowLine}${column ? `, column "${column}"` : ''}`;
  const why = isTooLong
    ? `the row that begins on line ${rowLine} is longer than 1 MiB. ${fault ? 'Is the quote that opens here ever closed?' : 'Is this a CSV file?'}`
    : fault
      ? QUOTE_FAULTS[fault.kind]
      : 'the CSV cannot be read on from here.';
  return new RunError('ERR_INPUT', `${where}: ${why}`, { exitCode: EXIT.stopped });
}

function countLeadingBreaks(text: string): number {
  return /^[\r\n]*/.exec(text)?.[0].match(/\r\n|\n|\r/g)?.length ?? 0;
}
