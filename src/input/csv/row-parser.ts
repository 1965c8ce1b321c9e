import { Parser } from 'csv-parse';
import type { BadRow, Row } from '../../core/types.ts';

/** A row is at most this long, in bytes; an open quote would otherwise read the file into memory. */
export const MAX_ROW_BYTES = 1024 * 1024; // 1 MiB

/** How a CSV is written. */
export interface Dialect {
  readonly delimiter: string;
  /** What ends a row, longer ones first. */
  readonly rowEnds: readonly string[];
}

/** Judges the cells of a row; gives undefined for a row that is well. Called between {@link RowParser.rowStart} and `rowEnd`. */
export type Inspect = (cells: readonly string[], row: number, line: number) => BadRow | undefined;

/**
 * csv-parse, asked for bare cells: its rows are caught where it hands them to its stream, and their place is
 * read from its counters. With `info: true` and the stream's own queue it parses half as many rows a second.
 */
export class RowParser extends Parser {
  readonly #input: number;
  readonly #inspect: Inspect;
  readonly #lineBreak: string;
  #batch: (Row | BadRow)[] = [];
  #rows = 0;
  #line: number;
  #parserLine = 1;
  #emptyLines = 0;
  #header: readonly string[] | undefined;
  /** Offsets in the bytes written so far of the row now inspected, blank lines before it included. */
  rowStart = 0;
  rowEnd = 0;
  /** Offset where the header ends: what follows it must not decide what is said of it. */
  headerEnd = 0;

  /** `firstLine` is the line that the first byte belongs to. */
  constructor(input: number, firstLine: number, dialect: Dialect, inspect: Inspect) {
    super({
      delimiter: dialect.delimiter,
      record_delimiter: [...dialect.rowEnds],
      bom: false,
      max_record_size: MAX_ROW_BYTES,
      relax_column_count: true,
      skip_empty_lines: true,
    });
    this.#input = input;
    this.#line = firstLine;
    this.#inspect = inspect;
    this.#lineBreak = dialect.rowEnds.at(-1) ?? '\n';
    // Errors come through the callbacks of `feed` and `finish`; without a listener they would end the process.
    this.on('error', () => {});
  }

  /** The cells of the first row, once it was read. */
  get header(): readonly string[] | undefined {
    return this.#header;
  }

  /** Line on which the bytes from `rowEnd` on begin. */
  get line(): number {
    return this.#line;
  }

  /** Parses bytes; resolves with what csv-parse objects to. Earlier rows wait in {@link takeRows}. */
  feed(bytes: Buffer): Promise<unknown> {
    return new Promise((resolve) => this.write(bytes, (error) => resolve(error)));
  }

  /** Parses what is left; the last row may lack its line break. */
  finish(): Promise<unknown> {
    return new Promise((resolve) => {
      this.once('error', resolve);
      this.end(() => resolve(undefined));
    });
  }

  /** Gives the rows parsed since the last call. */
  takeRows(): readonly (Row | BadRow)[] {
    const batch = this.#batch;
    this.#batch = [];
    return batch;
  }

  override push(cells: readonly string[] | null): boolean {
    if (cells === null) return super.push(null);
    const { lines, bytes, empty_lines: emptyLines } = this.info;
    const blank = emptyLines - this.#emptyLines;
    const line = this.#line + blank;
    // csv-parse counts CRLF in a cell twice and CR alone as well, so cells that hold any are counted again.
    // Its counter lags one line behind from the second row on.
    const isFirst = this.#header === undefined;
    const isOneLine = lines - this.#parserLine === blank + (isFirst ? 0 : 1);
    this.#line = line + 1 + (isOneLine ? 0 : this.#breaksIn(cells));
    this.#parserLine = lines;
    this.#emptyLines = emptyLines;
    this.rowStart = this.rowEnd;
    this.rowEnd = bytes;
    if (isFirst) {
      this.#header = cells;
      this.headerEnd = bytes;
      return true;
    }
    const row = ++this.#rows;
    this.#batch.push(this.#inspect(cells, row, line) ?? { input: this.#input, row, line, record: cells });
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
