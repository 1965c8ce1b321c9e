import { codeOf, RunError } from '../../core/errors.ts';
import type { BadRow, Row } from '../../core/types.ts';
import type { Piece } from '../bytes/decode.ts';
import { encodingFault } from '../bytes/encoding-fault.ts';
import { peek } from '../bytes/peek.ts';
import { explainCsvBreak } from './csv-fault.ts';
import { checkHeader } from './header.ts';
import { Written } from './raw-bytes.ts';
import { type Dialect, type Inspect, MAX_ROW_BYTES, RowParser } from './row-parser.ts';

/** Where a CSV comes from, for its rows and errors. */
export interface CsvOrigin {
  readonly input: number;
  readonly name: string;
  /** WHATWG name of the encoding it was decoded from. */
  readonly encoding: string;
  /** Line that the first piece begins on. */
  readonly firstLine: number;
}

/** A CSV whose header was read. */
export interface Csv {
  readonly columns: readonly string[];
  readonly rows: AsyncIterable<readonly (Row | BadRow)[]>;
}

/**
 * Reads the header of a CSV, and its rows as they are asked for. Ragged rows and rows that do not decode are
 * bad rows; a quote fault or a row over 1 MiB throws `ERR_INPUT` (exit 3) after the rows before it.
 */
export async function readCsv(
  pieces: AsyncIterable<Piece>,
  dialect: Dialect,
  origin: CsvOrigin,
): Promise<Csv> {
  const written = new Written();
  const inspect: Inspect = (cells, row, line) => {
    const columns = parser.header?.length ?? 0;
    const isUndecoded = written.isSuspect && cells.some((cell) => cell.includes('\uFFFD'));
    if (cells.length === columns && !isUndecoded) return undefined;
    const bytes = written.slice(parser.rowStart, parser.rowEnd);
    const text = bytes.toString().replace(/^[\r\n]+|\r?\n$|\r$/g, '');
    const error = isUndecoded
      ? { code: 'ERR_ENCODING', message: `the row ${encodingFault(bytes, origin.encoding)}` }
      : { code: 'ERR_RAGGED_ROW', message: raggedMessage(cells.length, columns) };
    return { input: origin.input, row, line, text, error };
  };
  const parser = new RowParser(origin.input, origin.firstLine, dialect, inspect);
  const { all } = await peek(
    parse(pieces, parser, written, dialect, origin),
    () => parser.header !== undefined,
  );
  const { header } = parser;
  if (!header)
    throw new RunError('ERR_HEADER', `${origin.name} has no header: it holds nothing but blank lines.`);
  if (header.some((cell) => cell.includes('\uFFFD'))) {
    const fault = encodingFault(written.slice(0, parser.headerEnd), origin.encoding);
    throw new RunError('ERR_ENCODING', `${origin.name}: the header ${fault}`);
  }
  return { columns: checkHeader(header, origin.name), rows: all };
}

async function* parse(
  pieces: AsyncIterable<Piece>,
  parser: RowParser,
  written: Written,
  dialect: Dialect,
  origin: CsvOrigin,
): AsyncGenerator<readonly (Row | BadRow)[]> {
  const breakOff = (isTooLong: boolean) => {
    const text = written.slice(parser.rowEnd, written.length).toString();
    return explainCsvBreak({
      name: origin.name,
      text,
      line: parser.line,
      dialect,
      header: parser.header,
      isTooLong,
    });
  };
  for await (const piece of pieces) {
    written.add(piece, parser.rowEnd);
    const fault = await parser.feed(piece.bytes);
    yield parser.takeRows();
    // csv-parse bounds the characters of a row, not the number of its cells
    const isEndless = written.length - parser.rowEnd > 2 * MAX_ROW_BYTES;
    if (fault || isEndless) throw breakOff(isEndless || codeOf(fault) === 'CSV_MAX_RECORD_SIZE');
  }
  const fault = await parser.finish();
  yield parser.takeRows();
  if (fault) throw breakOff(codeOf(fault) === 'CSV_MAX_RECORD_SIZE');
}

function raggedMessage(cells: number, columns: number): string {
  const advice =
    cells > columns
      ? 'put cells that hold the delimiter into double quotes'
      : 'add the missing cells, empty ones as well';
  return `the row has ${cells} ${cells === 1 ? 'cell' : 'cells'}, the header ${columns}: ${advice}`;
}
