import { RunError } from '../../core/errors.ts';
import type { BadRow, Row } from '../../core/types.ts';
import type { Piece } from '../bytes/decode.ts';
import { encodingFault, type ReadAs } from '../bytes/encoding-fault.ts';
import { MAX_LINE_BYTES, parseJsonRow } from './json-row.ts';
import { type Line, splitLines } from './lines.ts';
import { takeSample } from './sample.ts';

/** Where a JSONL input comes from, for its rows and errors. */
export interface JsonlOrigin extends ReadAs {
  readonly input: number;
  readonly name: string;
  /** Line that the first piece begins on. */
  readonly firstLine: number;
}

/** A JSONL input whose first rows were looked at. */
export interface Jsonl {
  /** Dotted paths of every key seen in the sample. */
  readonly columns: readonly string[];
  readonly rows: AsyncIterable<readonly (Row | BadRow)[]>;
}

/**
 * Reads JSONL. A line that cannot be read is a bad row, and the next one goes on.
 * Throws `ERR_INPUT` (exit 2) where no line of the sample can be read.
 */
export async function readJsonl(pieces: AsyncIterable<Piece>, origin: JsonlOrigin): Promise<Jsonl> {
  const { name } = origin;
  const { columns, rows, fault, all } = await takeSample(parse(pieces, origin));
  if (rows === 0) throw new RunError('ERR_INPUT', `${name} holds nothing but blank lines.`);
  if (fault) {
    const which = rows === 1 ? 'its line' : `none of its first ${rows} lines`;
    throw new RunError(
      'ERR_INPUT',
      `${name}: ${which} can${rows === 1 ? 'not' : ''} be read as JSONL. Line ${fault.line}: ${fault.error.message}.`,
    );
  }
  return { columns, rows: all };
}

async function* parse(
  pieces: AsyncIterable<Piece>,
  origin: JsonlOrigin,
): AsyncGenerator<readonly (Row | BadRow)[]> {
  const { input, firstLine } = origin;
  let number = 0;
  for await (const lines of splitLines(pieces, MAX_LINE_BYTES)) {
    const batch: (Row | BadRow)[] = [];
    for (const line of lines) {
      // a mark stands where a file was joined to the one before
      const text = line.bytes.toString().replace(/^\uFEFF+/, '');
      if (!line.isTooLong && text.trim() === '') continue;
      batch.push(toRow(line, text, { input, row: ++number, line: line.number + firstLine - 1 }, origin));
    }
    yield batch;
  }
}

function toRow(
  line: Line,
  text: string,
  place: { input: number; row: number; line: number },
  readAs: ReadAs,
): Row | BadRow {
  if (line.isTooLong) {
    const message = 'the line is longer than 1 MiB, so it was not kept. Is a line break missing?';
    return { ...place, text: '', error: { code: 'ERR_ROW_TOO_LARGE', message } };
  }
  if (line.isSuspect && text.includes('\uFFFD')) {
    const message = `the row ${encodingFault(line.bytes, readAs)}`;
    return { ...place, text, error: { code: 'ERR_ENCODING', message } };
  }
  return { ...place, text, ...parseJsonRow(text) };
}
