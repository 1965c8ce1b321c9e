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
export function findQuoteFault(
  text: string,
  delimiter: string,
  rowEnds: readonly string[],
): QuoteFault | undefined {
  const lineBreak = rowEnds.at(-1) ?? '\n';
  let line = 1;
  let cell = 1;
  let cellStart = 0;
  let opened: QuoteFault | undefined;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === lineBreak) line += 1;
    if (opened) {
      if (char !== '"') continue;
      if (text[at + 1] === '"') {
        at += 1;
        continue;
      }
      const rest = text.slice(at + 1, at + 3);
      if (rest !== '' && !rest.startsWith(delimiter) && !rowEnds.some((end) => rest.startsWith(end))) {
        return { ...opened, kind: 'after-quote' };
      }
      opened = undefined;
    } else if (char === '"') {
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
