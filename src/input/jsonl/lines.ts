import type { Piece } from '../bytes/decode.ts';

/** A line of the input, without its line break. */
export interface Line {
  /** Empty when the line was too long to keep. */
  readonly bytes: Buffer;
  /** From 1. */
  readonly number: number;
  /** Whether it may hold U+FFFD or bytes that are not UTF-8. */
  readonly isSuspect: boolean;
  readonly isTooLong: boolean;
}

const LF = 10;
const CR = 13;

/**
 * Splits at LF and CRLF alone, a batch of lines per piece: `node:readline` also splits at U+2028, which may
 * stand in a JSON string. Of a line over `maxBytes` nothing is kept.
 */
export async function* splitLines(
  pieces: AsyncIterable<Piece>,
  maxBytes: number,
): AsyncGenerator<readonly Line[]> {
  let number = 1;
  let torn: Buffer[] = [];
  let tornBytes = 0;
  let isTornSuspect = false;

  const finish = (last: Buffer, isSuspect: boolean): Line => {
    const whole = tornBytes === 0 ? last : Buffer.concat([...torn, last]);
    const bytes = whole.at(-1) === CR ? whole.subarray(0, -1) : whole;
    const isTooLong = bytes.length > maxBytes || tornBytes + last.length > maxBytes + 1;
    const line = {
      bytes: isTooLong ? Buffer.alloc(0) : bytes,
      number: number++,
      isSuspect: isSuspect || isTornSuspect,
      isTooLong,
    };
    torn = [];
    tornBytes = 0;
    isTornSuspect = false;
    return line;
  };

  for await (const { bytes, isSuspect } of pieces) {
    const lines: Line[] = [];
    let start = 0;
    for (let end = bytes.indexOf(LF); end !== -1; end = bytes.indexOf(LF, start)) {
      lines.push(finish(bytes.subarray(start, end), isSuspect));
      start = end + 1;
    }
    if (start < bytes.length) {
      const rest = bytes.subarray(start);
      tornBytes += rest.length;
      isTornSuspect ||= isSuspect;
      // one byte more than allowed may be the CR of the line break
      if (tornBytes > maxBytes + 1) torn = [];
      else torn.push(rest);
    }
    yield lines;
  }
  if (tornBytes > 0) yield [finish(Buffer.alloc(0), false)];
}
