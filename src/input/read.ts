import { RunError } from '../core/errors.ts';
import type { BadRow, Row, Shape } from '../core/types.ts';
import { decode, type Piece } from './bytes/decode.ts';
import type { ReadAs } from './bytes/encoding-fault.ts';
import { gunzip } from './bytes/gunzip.ts';
import { peek } from './bytes/peek.ts';
import { readSignature, SIGNATURE_BYTES } from './bytes/signature.ts';
import { skipBytes, skipLines } from './bytes/skip.ts';
import { quotesAreText } from './csv/pairing.ts';
import {
  detectByName,
  detectDelimiter,
  detectFormat,
  detectionLength,
  detectRowEnds,
  detectSepLine,
  detectTitleLines,
  firstLineBreak,
} from './detect.ts';
import { withoutFooter } from './footer.ts';
import {
  type InputOptions,
  type ReadingChoice,
  resolveDelimiter,
  resolveEncoding,
  resolveQuote,
} from './options.ts';
import { requireData, requireJsonLines, requireText } from './refuse.ts';

/** An input whose header, or sample, was read. */
export interface RowReading {
  readonly shape: Shape;
  readonly rows: AsyncIterable<readonly (Row | BadRow)[]>;
}

/**
 * Makes rows of stored bytes: unpack, decode, detect, parse. How the bytes are cut into chunks makes no
 * difference to the rows. Throws `RunError` for what is no CSV or JSONL.
 */
export async function readRows(
  stored: AsyncIterable<Uint8Array>,
  name: string,
  input: number,
  options: Omit<InputOptions, 'stdin' | 'signal'>,
): Promise<RowReading> {
  const text = await openText(stored, name, options.encoding);
  let { start, pieces } = await peekStart(text.pieces);
  if (options.encoding === undefined) requireText(start, name);
  requireData(start, name);
  const { skipRows = 0, skipFooter = 0 } = options;
  if (skipRows > 0) {
    // quotes of a title mean nothing, so the first line break says what they are like
    ({ start, pieces } = await peekStart(skipLines(pieces, skipRows, firstLineBreak(start))));
    if (start === '') throw nothingLeft(name, skipRows);
  }

  const byName = detectByName(name);
  const format = options.format ?? byName?.format ?? detectFormat(start);
  const { encoding, isMarked } = text;
  const place = { input, name, encoding, isMarked, firstLine: skipRows + 1 };
  const reading =
    format === 'jsonl'
      ? await readAsJsonl(start, pieces, place)
      : await readAsCsv(start, pieces, place, options, byName?.delimiter);
  return skipFooter === 0 ? reading : { ...reading, rows: withoutFooter(reading.rows, skipFooter) };
}

// --- internal ---

interface Place extends ReadAs {
  readonly input: number;
  readonly name: string;
  readonly firstLine: number;
}

async function readAsJsonl(start: string, pieces: AsyncIterable<Piece>, place: Place): Promise<RowReading> {
  requireJsonLines(start, place.name);
  const { readJsonl } = await import('./jsonl/jsonl.ts');
  const { columns, rows } = await readJsonl(pieces, place);
  return { shape: { input: place.input, name: place.name, format: 'jsonl', columns }, rows };
}

async function readAsCsv(
  start: string,
  pieces: AsyncIterable<Piece>,
  place: Place,
  options: ReadingChoice,
  delimiterByName: string | undefined,
): Promise<RowReading> {
  const sepLine = detectSepLine(start);
  const rest = start.slice(sepLine?.length);
  const assumedQuote = options.quote === undefined ? '"' : resolveQuote(options.quote);
  const delimiter =
    options.delimiter === undefined
      ? (sepLine?.delimiter ?? delimiterByName ?? detectDelimiter(rest, assumedQuote))
      : resolveDelimiter(options.delimiter);
  if (options.quote !== undefined) resolveQuote(options.quote, delimiter);
  const assumed = { delimiter, quote: assumedQuote, rowEnds: detectRowEnds(start, assumedQuote) };
  const isText = options.quote === undefined && quotesAreText(rest, assumed);
  const dialect = isText
    ? { ...assumed, quote: undefined, rowEnds: detectRowEnds(start, undefined) }
    : assumed;

  const { readCsv } = await import('./csv/csv.ts');
  const firstLine = place.firstLine + (sepLine ? 1 : 0);
  const { columns, ambiguous, rows } = await readCsv(skipBytes(pieces, sepLine?.length ?? 0), dialect, {
    ...place,
    firstLine,
  });
  const titleLines = detectTitleLines(rest, dialect.quote);
  const shape: Shape = {
    input: place.input,
    name: place.name,
    format: 'csv',
    columns,
    delimiter,
    ...(ambiguous.size > 0 && { ambiguous }),
    ...(titleLines !== undefined && { headerLine: firstLine + titleLines }),
    ...(isText && { quotesAreText: true }),
  };
  return { shape, rows };
}

function nothingLeft(name: string, skipRows: number): RunError {
  return new RunError(
    'ERR_INPUT',
    `${name} has no more lines than the ${skipRows} that --skip-rows leaves out.`,
  );
}

/** Unpacks and decodes, as the first bytes and `--encoding` say. */
async function openText(
  stored: AsyncIterable<Uint8Array>,
  name: string,
  givenEncoding: string | undefined,
): Promise<ReadAs & { pieces: AsyncIterable<Piece> }> {
  const assumed = givenEncoding === undefined ? 'utf-8' : await resolveEncoding(givenEncoding);
  let { signature, chunks } = await peekSignature(stored, name);
  if (signature.kind === 'gzip') ({ signature, chunks } = await peekSignature(gunzip(chunks, name), name));
  if (signature.kind === 'gzip')
    throw new RunError('ERR_INPUT', `${name} is gzip within gzip: unpack it once.`);
  if (signature.kind === 'refused') throw new RunError('ERR_INPUT', `${name} ${signature.why}.`);
  const encoding = signature.encoding ?? assumed;
  const isMarked = signature.encoding !== undefined;
  return { encoding, isMarked, pieces: decode(chunks, encoding, signature.bomLength) };
}

async function peekSignature(bytes: AsyncIterable<Uint8Array>, name: string) {
  let seen = 0;
  const { head, all } = await peek(bytes, (chunk) => {
    seen += chunk.byteLength;
    return seen >= SIGNATURE_BYTES;
  });
  if (seen === 0) {
    throw new RunError(
      'ERR_INPUT',
      `${name === '-' ? 'stdin' : name} is empty (0 bytes). Was the export finished?`,
    );
  }
  return { signature: readSignature(Buffer.concat(head)), chunks: all };
}

/** The text that detection looks at, and all pieces. */
async function peekStart(
  all: AsyncIterable<Piece>,
): Promise<{ start: string; pieces: AsyncIterable<Piece> }> {
  let seen = Buffer.alloc(0);
  let length: number | undefined;
  const peeked = await peek(all, ({ bytes }) => {
    seen = Buffer.concat([seen, bytes]);
    length = detectionLength(seen);
    return length !== undefined;
  });
  return { start: seen.subarray(0, length).toString(), pieces: peeked.all };
}
