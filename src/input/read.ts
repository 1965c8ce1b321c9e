import { RunError } from '../core/errors.ts';
import type { BadRow, Row, Shape } from '../core/types.ts';
import { decode, type Piece } from './bytes/decode.ts';
import { gunzip } from './bytes/gunzip.ts';
import { peek } from './bytes/peek.ts';
import { readSignature, SIGNATURE_BYTES } from './bytes/signature.ts';
import {
  detectByName,
  detectDelimiter,
  detectFormat,
  detectionLength,
  detectRowEnds,
  detectSepLine,
} from './detect.ts';
import { type InputOptions, resolveDelimiter, resolveEncoding } from './options.ts';
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
  const { start, pieces } = await peekStart(text.pieces);
  if (options.encoding === undefined) requireText(start, name);
  requireData(start, name);

  const byName = detectByName(name);
  const format = options.format ?? byName?.format ?? detectFormat(start);
  if (format === 'jsonl') {
    requireJsonLines(start, name);
    const { readJsonl } = await import('./jsonl/jsonl.ts');
    const { columns, rows } = await readJsonl(pieces, input, name, text.encoding);
    return { shape: { input, name, format, columns }, rows };
  }
  const sepLine = detectSepLine(start);
  const rest = start.slice(sepLine?.length);
  const delimiter =
    options.delimiter === undefined
      ? (sepLine?.delimiter ?? byName?.delimiter ?? detectDelimiter(rest))
      : resolveDelimiter(options.delimiter);
  const { readCsv } = await import('./csv/csv.ts');
  const { columns, rows } = await readCsv(
    skip(pieces, sepLine?.length ?? 0),
    { delimiter, rowEnds: detectRowEnds(start) },
    { input, name, encoding: text.encoding, firstLine: sepLine ? 2 : 1 },
  );
  return { shape: { input, name, format, columns, delimiter }, rows };
}

/** Unpacks and decodes, as the first bytes and `--encoding` say. */
async function openText(
  stored: AsyncIterable<Uint8Array>,
  name: string,
  givenEncoding: string | undefined,
): Promise<{ encoding: string; pieces: AsyncIterable<Piece> }> {
  const assumed = givenEncoding === undefined ? 'utf-8' : await resolveEncoding(givenEncoding);
  let { signature, chunks } = await peekSignature(stored, name);
  if (signature.kind === 'gzip') ({ signature, chunks } = await peekSignature(gunzip(chunks, name), name));
  if (signature.kind === 'gzip')
    throw new RunError('ERR_INPUT', `${name} is gzip within gzip: unpack it once.`);
  if (signature.kind === 'refused') throw new RunError('ERR_INPUT', `${name} ${signature.why}.`);
  const encoding = signature.encoding ?? assumed;
  return { encoding, pieces: decode(chunks, encoding, signature.bomLength) };
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

async function* skip(pieces: AsyncIterable<Piece>, bytes: number): AsyncGenerator<Piece> {
  let toSkip = bytes;
  for await (const piece of pieces) {
    const skipped = Math.min(toSkip, piece.bytes.length);
    toSkip -= skipped;
    yield skipped === 0 ? piece : { ...piece, bytes: piece.bytes.subarray(skipped) };
  }
}
