import { RunError } from '../errors.ts';
import type { BadRow, Row } from '../types.ts';
import { addPaths } from './columns.ts';
import type { Piece } from './decode.ts';
import { encodingFault } from './encoding-fault.ts';
import { parseJsonRow } from './json-row.ts';
import { type Line, splitLines } from './lines.ts';
import { peek } from './peek.ts';

const MAX_LINE_BYTES = 1024 * 1024; // 1 MiB
/** How far to look for columns. The rows are held until they are asked for, so bytes are bounded as well. */
const SAMPLE_ROWS = 1_000;
const SAMPLE_BYTES = 4 * 1024 * 1024; // 4 MiB

/** A JSONL input whose first rows were looked at. */
export interface Jsonl {
  /** Dotted paths of every key seen in the sample. */
  readonly columns: readonly string[];
  readonly rows: AsyncIterable<readonly (Row | BadRow)[]>;
}

/**
 * Reads JSONL. A line that cannot be read is a bad row, and the next one goes on. `encoding` is a WHATWG name.
 * Throws `ERR_INPUT` (exit 2) where no line of the sample can be read.
 */
export async function readJsonl(
  pieces: AsyncIterable<Piece>,
  input: number,
  name: string,
  encoding: string,
): Promise<Jsonl> {
  const paths = new Set<string>();
  let sampledRows = 0;
  let sampledBytes = 0;
  let isReadable = false;
  let fault: BadRow | undefined;
  const { all } = await peek(parse(pieces, input, encoding), (batch) => {
    for (const row of batch) {
      if (sampledRows === SAMPLE_ROWS || sampledBytes >= SAMPLE_BYTES) return true;
      sampledRows += 1;
      sampledBytes += row.text?.length ?? 0;
      if ('error' in row) fault ??= row;
      else isReadable = true;
      if ('record' in row && !Array.isArray(row.record)) {
        addPaths(paths, row.record as { readonly [key: string]: unknown });
      }
    }
    return sampledRows >= SAMPLE_ROWS || sampledBytes >= SAMPLE_BYTES;
  });
  if (sampledRows === 0) throw new RunError('ERR_INPUT', `${name} holds nothing but blank lines.`);
  if (fault && !isReadable) {
    const which = sampledRows === 1 ? 'its line' : `none of its first ${sampledRows} lines`;
    throw new RunError(
      'ERR_INPUT',
      `${name}: ${which} can${sampledRows === 1 ? 'not' : ''} be read as JSONL. Line ${fault.line}: ${fault.error.message}.`,
    );
  }
  return { columns: [...paths], rows: all };
}

async function* parse(
  pieces: AsyncIterable<Piece>,
  input: number,
  encoding: string,
): AsyncGenerator<readonly (Row | BadRow)[]> {
  let number = 0;
  for await (const lines of splitLines(pieces, MAX_LINE_BYTES)) {
    const batch: (Row | BadRow)[] = [];
    for (const line of lines) {
      const text = line.bytes.toString();
      if (!line.isTooLong && text.trim() === '') continue;
      batch.push(toRow(line, text, { input, row: ++number, line: line.number }, encoding));
    }
    yield batch;
  }
}

function toRow(
  line: Line,
  text: string,
  place: { input: number; row: number; line: number },
  encoding: string,
): Row | BadRow {
  if (line.isTooLong) {
    const message = 'the line is longer than 1 MiB, so it was not kept. Is a line break missing?';
    return { ...place, text: '', error: { code: 'ERR_ROW_TOO_LARGE', message } };
  }
  if (line.isSuspect && text.includes('\uFFFD')) {
    const message = `the row ${encodingFault(line.bytes, encoding)}`;
    return { ...place, text, error: { code: 'ERR_ENCODING', message } };
  }
  return { ...place, text, ...parseJsonRow(text) };
}
