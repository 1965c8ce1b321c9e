import type { Dialect } from './row-parser.ts';

/** Where the quoting of a CSV row goes wrong. */
export interface QuoteFault {
  readonly kind: 'unclosed' | 'after-quote' | 'inside-cell';
  /** Line of the quote to look at, from 1, where the text itself begins on line 1. */
  readonly line: number;
  /** Cell that holds it, from 1. */
  readonly cell: number;
}

/**
 * Finds the quote that a CSV parser gave up on, in the text from the start of its row on. The parser knows
 * only where it stopped; with an unclosed quote that may be thousands of lines later.
 */
export function findQuoteFault(text: string, { delimiter, quote, rowEnds }: Dialect): QuoteFault | undefined {
  if (quote === undefined) return undefined;
  const lineBreak = rowEnds.at(-1) ?? '\n';
  let line = 1;
  let cell = 1;
  let cellStart = 0;
  let opened: QuoteFault | undefined;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === lineBreak) line += 1;
    if (opened) {
      if (char !== quote) continue;
      if (text[at + 1] === quote) {
        at += 1;
        continue;
      }
      const rest = text.slice(at + 1, at + 4);
      if (rest !== '' && !rest.startsWith(delimiter) && !rowEnds.some((end) => rest.startsWith(end))) {
        return { ...opened, kind: 'after-quote' };
      }
      opened = undefined;
    } else if (char === quote) {
      if (at > cellStart) return { kind: 'inside-cell', line, cell };
      opened = { kind: 'unclosed', line, cell };
    } else if (char === lineBreak) {
      cell = 1;
      cellStart = at + 1;
    } else if (text.startsWith(delimiter, at)) {
      cell += 1;
      at += delimiter.length - 1;
      cellStart = at + 1;
    }
  }
  return opened;
}

/**
 * Whether a row whose quoting is wrong ends with its first line for certain, given that line and its
 * fault: no cell that a quote opens may go on below it, and the line must have as many cells as the header. With tabs a quote
 * that is not closed is text, if the line is whole with it.
 */
export function endsWithItsLine(line: string, fault: QuoteFault, dialect: Dialect, columns: number): boolean {
  if (dialect.delimiter === '\t' && line.split('\t').length === columns) return true;
  if (fault.kind === 'unclosed') return false;
  return [false, true].some((isUpToQuote) => countCells(line, dialect, isUpToQuote) === columns);
}

/**
 * The cells of a line in which some quotes are text; undefined where a cell that a quote opens is not closed. A cell that goes
 * on behind its closing quote ends at the next delimiter, or at the next one that follows a quote.
 */
function countCells(
  line: string,
  { delimiter, quote = '"' }: Dialect,
  isUpToQuote: boolean,
): number | undefined {
  let cells = 0;
  for (let at = 0; ; ) {
    cells += 1;
    const end = endOfCell(line, at, delimiter, quote, isUpToQuote);
    if (end === undefined) return undefined;
    if (end >= line.length) return cells;
    at = end + delimiter.length;
  }
}

function endOfCell(
  line: string,
  start: number,
  delimiter: string,
  quote: string,
  isUpToQuote: boolean,
): number | undefined {
  const next = (text: string, from: number) => {
    const at = line.indexOf(text, from);
    return at === -1 ? line.length : at;
  };
  if (line[start] !== quote) return next(delimiter, start);
  let at = line.indexOf(quote, start + 1);
  while (at !== -1 && line[at + 1] === quote) at = line.indexOf(quote, at + 2);
  if (at === -1) return undefined;
  if (at + 1 === line.length || line.startsWith(delimiter, at + 1)) return at + 1;
  if (!isUpToQuote) return next(delimiter, at + 1);
  const end = line.indexOf(quote + delimiter, at + 1);
  return end === -1 ? (line.endsWith(quote) ? line.length : next(delimiter, at + 1)) : end + 1;
}
