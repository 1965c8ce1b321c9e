import { Parser } from 'csv-parse';
import { isBlankCell } from '../../core/blank-row.ts';
import type { BadRow, Row } from '../../core/types.ts';

/** A row is at most this long, in bytes; an open quote would otherwise read the file into memory. */
export const MAX_ROW_BYTES = 1024 * 1024; // 1 MiB

/** How a CSV is written. */
export interface Dialect {
  readonly delimiter: string;
  /** What stands around cells; undefined where quotes are text. */
  readonly quote: string | undefined;
  /** What ends a row, longer ones first. */
  readonly rowEnds: readonly string[];
}

/** The cells of a record, and where they stand. */
export interface Found {
  readonly cells: readonly string[];
  /** Number that the row has, if it is one. */
  readonly row: number;
  readonly line: number;
  /** Whether it begins and ends on the same line. */
  readonly isOneLine: boolean;
}

/**
 * Judges a record: undefined for a row that is well, otherwise the row in its place; `none` for a line that is no row, and
 * `broken` where the parser must not be believed from this record on. Called between {@link RowParser.rowStart} and `rowEnd`.
 */
export type Judge = (found: Found) => Row | BadRow | 'none' | 'broken' | undefined;

/** Where a parser begins in an input. */
export interface Start {
  readonly header: readonly string[] | undefined;
  /** Rows before. */
  readonly rows: number;
  /** Line that its first byte belongs to. */
  readonly line: number;
  /** Offset of its first byte. */
  readonly offset: number;
}

/**
 * csv-parse, asked for bare cells: its rows are caught where it hands them to its stream, and their place is
 * read from its counters. With `info: true` and the stream's own queue it parses half as many rows a second.
 */
export class RowParser extends Parser {
  readonly #input: number;
  readonly #judge: Judge;
  readonly #lineBreak: string;
  readonly #rowEnds: readonly Buffer[];
  readonly #offset: number;
  #batch: (Row | BadRow)[] = [];
  #rows: number;
  #line: number;
  #parserLine = 1;
  #emptyLines = 0;
  #header: readonly string[] | undefined;
  #isFresh = true;
  #isBroken = false;
  /** Offsets in the input of the row now judged, blank lines before it included. */
  rowStart: number;
  rowEnd: number;
  /** Offset where the header ends: what follows it must not decide what is said of it. */
  headerEnd = 0;
  /** Line on which the header begins. */
  headerLine = 1;

  constructor(input: number, start: Start, dialect: Dialect, judge: Judge) {
    super({
      delimiter: dialect.delimiter,
      quote: dialect.quote ?? null,
      escape: dialect.quote ?? null,
      record_delimiter: [...dialect.rowEnds],
      bom: false,
      max_record_size: MAX_ROW_BYTES,
      relax_column_count: true,
      skip_empty_lines: true,
    });
    this.#input = input;
    this.#judge = judge;
    this.#lineBreak = dialect.rowEnds.at(-1) ?? '\n';
    this.#rowEnds = dialect.rowEnds.map((end) => Buffer.from(end));
    this.#offset = start.offset;
    this.#rows = start.rows;
    this.#line = start.line;
    this.#header = start.header;
    this.rowStart = start.offset;
    this.rowEnd = start.offset;
    // Errors come through the callbacks of `feed` and `finish`; without a listener they would end the process.
    this.on('error', () => {});
  }

  /** The cells of the first row that is not blank, once it was read. */
  get header(): readonly string[] | undefined {
    return this.#header;
  }

  /** Rows so far. */
  get rows(): number {
    return this.#rows;
  }

  /** Line on which the bytes from `rowEnd` on begin. */
  get line(): number {
    return this.#line;
  }

  /** Parses bytes; resolves with what csv-parse, or the judge, objects to. Earlier rows wait in {@link takeRows}. */
  feed(bytes: Buffer): Promise<unknown> {
    return new Promise((resolve) => this.write(bytes, (error) => resolve(this.#isBroken || error)));
  }

  /** Parses what is left; the last row may lack its line break. */
  finish(): Promise<unknown> {
    return new Promise((resolve) => {
      this.once('error', resolve);
      this.end(() => resolve(this.#isBroken));
    });
  }

  /**
   * Counts the empty lines at the start of `unread`, the bytes fed from `rowEnd` on, as dealt with: csv-parse tells of them
   * only with the next row, and many of them must not look like a long one.
   */
  skipEmptyLines(unread: Buffer): void {
    let at = 0;
    let count = 0;
    for (;;) {
      const found = this.#rowEnds.find((end) => standsAt(unread, at, end));
      if (found === undefined) break;
      at += found.length;
      count += 1;
    }
    this.rowEnd += at;
    this.#line += count;
    this.#parserLine += count;
    this.#emptyLines += count;
  }

  /** Gives the rows parsed since the last call. */
  takeRows(): readonly (Row | BadRow)[] {
    const batch = this.#batch;
    this.#batch = [];
    return batch;
  }

  override push(cells: readonly string[] | null): boolean {
    if (cells === null) return super.push(null);
    if (this.#isBroken) return true;
    const { lines, bytes, empty_lines: emptyLines } = this.info;
    const blank = emptyLines - this.#emptyLines;
    const line = this.#line + blank;
    // csv-parse counts CRLF in a cell twice and CR alone as well, so cells that hold any are counted again.
    // Its counter lags one line behind from the second row on.
    const isOneLine = lines - this.#parserLine === blank + (this.#isFresh ? 0 : 1);
    const before = { rowStart: this.rowStart, rowEnd: this.rowEnd };
    this.rowStart = this.rowEnd;
    this.rowEnd = this.#offset + bytes;
    if (this.#header === undefined) {
      // what shows nothing above the header is no header
      if (!cells.every(isBlankCell)) {
        this.#header = cells;
        this.headerEnd = this.rowEnd;
        this.headerLine = line;
      }
    } else {
      const row = this.#rows + 1;
      const judged = this.#judge({ cells, row, line, isOneLine });
      if (judged === 'broken') {
        this.#isBroken = true;
        Object.assign(this, before);
        return true;
      }
      if (judged !== 'none') {
        this.#rows = row;
        this.#batch.push(judged ?? { input: this.#input, row, line, record: cells });
      }
    }
    this.#isFresh = false;
    this.#line = line + 1 + (isOneLine ? 0 : this.#breaksIn(cells));
    this.#parserLine = lines;
    this.#emptyLines = emptyLines;
    return true;
  }

  #breaksIn(cells: readonly string[]): number {
    let breaks = 0;
    for (const cell of cells) {
      for (let at = cell.indexOf(this.#lineBreak); at !== -1; at = cell.indexOf(this.#lineBreak, at + 1))
        breaks += 1;
    }
    return breaks;
  }
}

// --- internal ---

/** Whether these bytes stand there. */
function standsAt(bytes: Buffer, at: number, wanted: Buffer): boolean {
  for (let i = 0; i < wanted.length; i += 1) if (bytes[at + i] !== wanted[i]) return false;
  return true;
}
