import { findQuoteFault } from './quote-fault.ts';
import type { Dialect } from './row-parser.ts';

/**
 * Whether the quotes at the start of a file of tabs are text: some stand where none belongs, or what is between them has whole
 * rows in it, and no cell needs the quotes around it. Other programs than spreadsheets write tabs without any quoting.
 */
export function quotesAreText(start: string, dialect: Dialect): boolean {
  const { delimiter, quote } = dialect;
  if (delimiter !== '\t' || quote === undefined || !start.includes(quote)) return false;
  const lines = start.split(/\r*\n|\r/).filter((line) => line.trim() !== '');
  const columns = lines[0]?.split(delimiter).length;
  const isWhole = (line = '') => line.split(delimiter).length === columns;
  const isFaulty = (line: string, i: number) => {
    const fault = isWhole(line) ? findQuoteFault(line, dialect) : undefined;
    // the last cell of a line may go on below it, in lines that are no rows by themselves
    return fault?.kind === 'unclosed' ? isWhole(lines[i + 1]) : fault !== undefined;
  };
  return lines.some(isFaulty) && !lines.some((line) => line.includes(quote + quote));
}
