import { isBlankCell } from '../../core/blank-row.ts';
import { codeOf, RunError } from '../../core/errors.ts';
import type { BadRow, Row } from '../../core/types.ts';
import type { Piece } from '../bytes/decode.ts';
import { encodingFault, type ReadAs } from '../bytes/encoding-fault.ts';
import { peek } from '../bytes/peek.ts';
import { type CsvBreak, explainCsvBreak, findWayOn, type WayOn } from './csv-fault.ts';
import { checkHeader, type Header } from './header.ts';
import { Written } from './raw-bytes.ts';
import { type Dialect, type Judge, MAX_ROW_BYTES, RowParser, type Start } from './row-parser.ts';

/** Where a CSV comes from, for its rows and errors. */
export interface CsvOrigin extends ReadAs {
  readonly input: number;
  readonly name: string;
  /** Line that the first piece begins on. */
  readonly firstLine: number;
}

/** A CSV whose header was read. */
export interface Csv extends Header {
  readonly rows: AsyncIterable<readonly (Row | BadRow)[]>;
}

/**
 * Reads the header of a CSV, and its rows as they are asked for. Ragged rows, rows that do not decode, and rows with a quote
 * where none belongs are bad rows; a quote fault behind which no row begins for certain, or a row over 1 MiB, throws
 * `ERR_INPUT` (exit 3) after the rows before it.
 */
export async function readCsv(
  pieces: AsyncIterable<Piece>,
  dialect: Dialect,
  origin: CsvOrigin,
): Promise<Csv> {
  const reader = new CsvReader(dialect, origin);
  const { all } = await peek(reader.read(pieces), () => reader.header !== undefined);
  return { ...reader.checkedHeader(), rows: all };
}

// --- internal ---

/** Parses a CSV, with another parser behind each place that csv-parse cannot read on from. */
class CsvReader {
  readonly #dialect: Dialect;
  readonly #origin: CsvOrigin;
  readonly #written = new Written();
  #parser: RowParser;

  constructor(dialect: Dialect, origin: CsvOrigin) {
    this.#dialect = dialect;
    this.#origin = origin;
    this.#parser = this.#parserFrom({ header: undefined, rows: 0, line: origin.firstLine, offset: 0 });
  }

  get header(): readonly string[] | undefined {
    return this.#parser.header;
  }

  /** The header, once it was read. Throws `RunError` (exit 2) for one that cannot be used. */
  checkedHeader(): Header {
    const { name } = this.#origin;
    const { header } = this;
    if (!header) throw new RunError('ERR_HEADER', `${name} has no header: it holds nothing but blank lines.`);
    if (header.some((cell) => cell.includes('\uFFFD'))) {
      const fault = encodingFault(this.#written.slice(0, this.#parser.headerEnd), this.#origin);
      throw new RunError('ERR_ENCODING', `${name}: the header ${fault}`);
    }
    return checkHeader(header, name, this.#parser.headerLine);
  }

  async *read(pieces: AsyncIterable<Piece>): AsyncGenerator<readonly (Row | BadRow)[]> {
    /** What the parser objected to on a line whose end is not there yet. */
    let torn: unknown;
    for await (const piece of pieces) {
      this.#written.add(piece, this.#parser.rowEnd);
      torn ||= await this.#parser.feed(piece.bytes);
      yield this.#parser.takeRows();
      while (torn) {
        const way = this.#wayOn(torn, false);
        if (way === 'more') break;
        yield this.#goOn(way);
        torn = await this.#parser.feed(this.#unread);
        yield this.#parser.takeRows();
      }
      this.#parser.skipEmptyLines(this.#unread);
      // csv-parse bounds the characters of a row, not the number of its cells
      if (this.#unread.length > 2 * MAX_ROW_BYTES) throw explainCsvBreak(this.#break(true));
    }
    torn ||= await this.#parser.finish();
    yield this.#parser.takeRows();
    while (torn) {
      const way = this.#wayOn(torn, true);
      if (way === 'more') break;
      yield this.#goOn(way);
      torn = (await this.#parser.feed(this.#unread)) || (await this.#parser.finish());
      yield this.#parser.takeRows();
    }
  }

  /** Bytes behind the last row. */
  get #unread(): Buffer {
    return this.#written.slice(this.#parser.rowEnd, this.#written.length);
  }

  #break(isTooLong: boolean): CsvBreak {
    const { header, line } = this.#parser;
    return { name: this.#origin.name, bytes: this.#unread, line, dialect: this.#dialect, header, isTooLong };
  }

  /** Throws where the next row cannot be told. */
  #wayOn(fault: unknown, isEnd: boolean): WayOn | 'more' {
    const broken = this.#break(codeOf(fault) === 'CSV_MAX_RECORD_SIZE');
    const way = findWayOn(broken, isEnd);
    if (way === undefined) throw explainCsvBreak(broken);
    return way;
  }

  /** Begins anew behind what could not be parsed; gives the row that is lost. */
  #goOn({ length, lines, lost }: WayOn): readonly BadRow[] {
    const { header, rows, line, rowEnd } = this.#parser;
    const row = rows + 1;
    const start = { header, rows: lost ? row : rows, line: line + lines, offset: rowEnd + length };
    this.#parser = this.#parserFrom(start);
    return lost ? [{ input: this.#origin.input, row, ...lost }] : [];
  }

  #parserFrom(start: Start): RowParser {
    return new RowParser(this.#origin.input, start, this.#dialect, this.#judge);
  }

  readonly #judge: Judge = ({ cells, row, line, isOneLine }) => {
    const columns = this.#parser.header?.length ?? 0;
    const [first = ''] = cells;
    const isMarked = first.charCodeAt(0) === MARK && this.#beginsWithMark();
    const isUndecoded = this.#written.isSuspect && cells.some((cell) => cell.includes('\uFFFD'));
    if (cells.length === columns && columns > 1 && isOneLine && !isMarked && !isUndecoded) return undefined;

    const { input } = this.#origin;
    if (!isOneLine && this.#hasSwallowed(cells)) return 'broken';
    if (cells.length === 1 && isBlankCell(first) && !this.#isQuoted()) return 'none';
    const record = isMarked ? [first.replace(/^\uFEFF+/, ''), ...cells.slice(1)] : cells;
    if (cells.length !== columns && !isUndecoded && record.every(isBlankCell)) {
      return { input, row, line, record: Array.from({ length: columns }, () => '') };
    }
    if (cells.length === columns && !isUndecoded) return { input, row, line, record };
    const bytes = this.#written.slice(this.#parser.rowStart, this.#parser.rowEnd);
    const text = bytes.toString().replace(/^[\r\n]+|\r*\n$|\r$/g, '');
    const error = isUndecoded
      ? { code: 'ERR_ENCODING', message: `the row ${encodingFault(bytes, this.#origin)}` }
      : { code: 'ERR_RAGGED_ROW', message: raggedMessage(cells.length, columns) };
    return { input, row, line, text, error };
  };

  /** Whether the mark stands before the row, not between quotes in it. */
  #beginsWithMark(): boolean {
    const { rowStart, rowEnd } = this.#parser;
    return /^[\r\n]*\uFEFF/.test(this.#written.slice(rowStart, rowEnd).toString());
  }

  /** Whether the record is a quote and nothing else to be seen, which makes it a row. */
  #isQuoted(): boolean {
    const { quote } = this.#dialect;
    const { rowStart, rowEnd } = this.#parser;
    return quote !== undefined && this.#written.slice(rowStart, rowEnd).includes(quote);
  }

  /**
   * Whether quotes that are text have paired by chance, with whole rows of tabs between them: a cell holds tabs and line
   * breaks, and the first line has all cells without it.
   */
  #hasSwallowed(cells: readonly string[]): boolean {
    const { delimiter, rowEnds } = this.#dialect;
    const lineBreak = rowEnds.at(-1) ?? '\n';
    if (delimiter !== '\t' || !cells.some((cell) => cell.includes('\t') && cell.includes(lineBreak)))
      return false;
    const { rowStart, rowEnd, header } = this.#parser;
    const text = this.#written
      .slice(rowStart, rowEnd)
      .toString()
      .replace(/^[\r\n]+/, '');
    return text.split(lineBreak, 1)[0]?.split('\t').length === header?.length;
  }
}

const MARK = 0xfeff;

function raggedMessage(cells: number, columns: number): string {
  const advice =
    cells > columns
      ? 'put cells that hold the delimiter into double quotes'
      : 'add the missing cells, empty ones as well';
  return `the row has ${cells} ${cells === 1 ? 'cell' : 'cells'}, the header ${columns}: ${advice}`;
}
