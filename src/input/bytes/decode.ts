import { isUtf8 } from 'node:buffer';
import { withoutEndMark } from './end-mark.ts';
import { type Decoder, transcoder } from './transcode.ts';

/** A stretch of the input as UTF-8. It never ends inside a character. */
export interface Piece {
  readonly bytes: Buffer;
  /** Whether it holds U+FFFD or bytes that are not UTF-8: its rows must be looked at one by one. */
  readonly isSuspect: boolean;
}

const REPLACEMENT_MARK = Buffer.from('\uFFFD');

/** Turns stored bytes into UTF-8, without the `bomLength` bytes of a byte order mark. `encoding` is a WHATWG name. */
export async function* decode(
  chunks: AsyncIterable<Uint8Array>,
  encoding: string,
  bomLength: number,
): AsyncGenerator<Piece> {
  const decoder = encoding === 'utf-8' ? alignUtf8() : await transcoder(encoding);
  for await (const bytes of withoutEndMark(decoded(chunks, decoder, bomLength))) {
    yield { bytes, isSuspect: !isUtf8(bytes) || bytes.includes(REPLACEMENT_MARK) };
  }
}

// --- internal ---

async function* decoded(
  chunks: AsyncIterable<Uint8Array>,
  decoder: Decoder,
  bomLength: number,
): AsyncGenerator<Buffer> {
  let toSkip = bomLength;
  for await (const chunk of chunks) {
    const skipped = Math.min(toSkip, chunk.byteLength);
    toSkip -= skipped;
    yield decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset + skipped, chunk.byteLength - skipped));
  }
  yield decoder.end();
}

function alignUtf8(): Decoder {
  let torn = Buffer.alloc(0);
  return {
    write(bytes) {
      const joined = torn.length === 0 ? bytes : Buffer.concat([torn, bytes]);
      const whole = joined.length - tornLength(joined);
      torn = Buffer.from(joined.subarray(whole));
      return joined.subarray(0, whole);
    },
    end: () => torn,
  };
}

/** How many bytes at the end begin a UTF-8 character that is not complete. */
function tornLength(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0b1100_0000) === 0b1000_0000) continue;
    const wanted = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return wanted > back ? back : 0;
  }
  return 0;
}
