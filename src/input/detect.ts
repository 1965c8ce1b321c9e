import { isBlankCell } from '../core/blank-row.ts';
import type { Format } from '../core/types.ts';

/** Lines and bytes at the start of an input that detection looks at. */
export const DETECTION_LINES = 10;
export const DETECTION_BYTES = 64 * 1024;

const DELIMITERS = [',', ';', '\t', '|'] as const;

const EXTENSIONS: Readonly<Record<string, { format: Format; delimiter?: string }>> = {
  csv: { format: 'csv' },
  tsv: { format: 'csv', delimiter: '\t' },
  tab: { format: 'csv', delimiter: '\t' },
  jsonl: { format: 'jsonl' },
  ndjson: { format: 'jsonl' },
};

/** Whether {@link detectDelimiter} finds this delimiter. */
export function isDetected(delimiter: string): boolean {
  return DELIMITERS.some((one) => one === delimiter);
}

/** What the file's name says of its content, `.gz` aside; undefined when it says nothing. */
export function detectByName(name: string): { format: Format; delimiter?: string } | undefined {
  const extension = /\.([a-z]+)(?:\.gz)?$/i.exec(name)?.[1]?.toLowerCase();
  return extension === undefined || !Object.hasOwn(EXTENSIONS, extension) ? undefined : EXTENSIONS[extension];
}

/** What the first lines say: JSON begins with a brace or a bracket, all else is CSV. */
export function detectFormat(start: string): Format {
  return /^\s*(?:\{|\[\s*(?:[{\]]|$))/.test(start) ? 'jsonl' : 'csv';
}

/** Excel's own first line, `sep=;`: the delimiter it names and its length with the line break. */
export function detectSepLine(start: string): { delimiter: string; length: number } | undefined {
  const found = /^sep=([,;\t|])(?:\r\n|\n|\r)/i.exec(start);
  return found?.[1] === undefined ? undefined : { delimiter: found[1], length: found[0].length };
}

/**
 * What ends a row: LF, alone or after CR, or after two where a program has put a CR before each LF once more; CR alone
 * where the header ends so, as in old Mac files: a line feed is text in these.
 */
export function detectRowEnds(start: string, quote: string | undefined = '"'): readonly string[] {
  if (firstLineBreak(outsideQuotes(start, quote)) === '\r') return ['\r'];
  return start.includes('\r\r\n') ? ['\r\r\n', '\r\n', '\n'] : ['\r\n', '\n'];
}

/**
 * The cell separator among comma, semicolon, tab and bar: the one that splits the rows most alike, then the
 * one that splits the header most. Counting in the header alone would take the comma of `Name (first, last);Email`.
 */
export function detectDelimiter(start: string, quote: string | undefined = '"'): string {
  let best = { delimiter: ',', agreement: -1, inHeader: 0 };
  for (const delimiter of DELIMITERS) {
    const [inHeader = 0, ...inRows] = countOutsideQuotes(start, delimiter, quote);
    if (inHeader === 0) continue;
    const alike = inRows.filter((count) => count === inHeader).length;
    const agreement = inRows.length === 0 ? 1 : alike / inRows.length;
    if (agreement > best.agreement || (agreement === best.agreement && inHeader > best.inHeader)) {
      best = { delimiter, agreement, inHeader };
    }
  }
  return best.delimiter;
}

/**
 * How many lines stand above the one that looks like the header: it has more cells than the first line that is not blank.
 * Undefined where that is the header itself. What stands between quotes, line breaks too, is of one cell.
 */
export function detectTitleLines(start: string, quote: string | undefined = '"'): number | undefined {
  const rows = rowsOf(start, quote);
  const lines = rows.map(({ text }) => text);
  const cellsOf = (line: string, delimiter: string) =>
    line.split(delimiter).filter((cell) => !isBlankCell(cell)).length;
  const title = lines.find((line) => !isBlankCell(line.replaceAll(/[,;\t|]/g, '')));
  if (title === undefined) return undefined;
  const most = Math.max(...DELIMITERS.map((delimiter) => cellsOf(title, delimiter)));
  const at = lines.findIndex((line) => DELIMITERS.some((delimiter) => cellsOf(line, delimiter) > most));
  return at > 0 ? rows[at]?.linesBefore : undefined;
}

/** The last character of the first line break of a text: CR where it is nothing but that. */
export function firstLineBreak(text: string): '\r' | '\n' {
  return /\r*\n|\r/.exec(text)?.[0] === '\r' ? '\r' : '\n';
}

/** The rows of a text, each quoted stretch as one letter, and the lines before them. */
function rowsOf(text: string, quote: string | undefined): { text: string; linesBefore: number }[] {
  const rows = [{ text: '', linesBefore: 0 }];
  let line = 0;
  for (const [i, part] of (quote === undefined ? [text] : text.split(quote)).entries()) {
    const [first = '', ...others] = part.split(/\r*\n|\r/);
    const isQuoted = i % 2 === 1;
    const row = rows.at(-1);
    if (row) row.text += isQuoted ? part && 'x' : first;
    if (isQuoted) line += others.length;
    else rows.push(...others.map((other) => ({ text: other, linesBefore: ++line })));
  }
  return rows;
}

/** The text without what stands between quotes. */
function outsideQuotes(text: string, quote: string | undefined): string {
  if (quote === undefined) return text;
  return text
    .split(quote)
    .filter((_part, index) => index % 2 === 0)
    .join('');
}

/** How often `char` stands outside quotes, for each row that is not blank. The last row may be torn: it counts only if it is the first. */
function countOutsideQuotes(text: string, char: string, quote: string | undefined): number[] {
  const counts: number[] = [];
  let count = 0;
  let isQuoted = false;
  let rowStart = 0;
  for (let at = 0; at < text.length; at++) {
    const here = text[at];
    if (here === quote) isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (here === char) count += 1;
    else if (here === '\n' || here === '\r') {
      if (at > rowStart) counts.push(count);
      rowStart = at + 1;
      count = 0;
    }
  }
  return counts.length === 0 ? [count] : counts;
}

/**
 * How much of `bytes` detection looks at: ten lines, at most 64 KiB. Undefined while that is not all there.
 * Never more, even if more has arrived: how a pipe cuts its data must not decide what is detected.
 */
export function detectionLength(bytes: Uint8Array): number | undefined {
  let lineFeeds = 0;
  let returns = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (at === DETECTION_BYTES) return at;
    if (bytes[at] === 10) lineFeeds += 1;
    else if (bytes[at] === 13) returns += 1;
    else continue;
    // a CR waits for what may be its LF, so CR alone counts one line later
    if (lineFeeds === DETECTION_LINES || returns > DETECTION_LINES) return at + 1;
  }
  return bytes.length >= DETECTION_BYTES ? DETECTION_BYTES : undefined;
}
