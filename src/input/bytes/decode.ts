import { isUtf8 } from 'node:buffer';
import { decodeWindows1252 } from './windows-1252.ts';

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
  const decoder = encoding === 'utf-8' ? alignUtf8() : transcode(encoding);
  let toSkip = bomLength;
  for await (const chunk of chunks) {
    const skipped = Math.min(toSkip, chunk.byteLength);
    toSkip -= skipped;
    const bytes = decoder.write(
      Buffer.from(chunk.buffer, chunk.byteOffset + skipped, chunk.byteLength - skipped),
    );
    if (bytes.length > 0) yield pieceOf(bytes);
  }
  const last = decoder.end();
  if (last.length > 0) yield pieceOf(last);
}

function pieceOf(bytes: Buffer): Piece {
  return { bytes, isSuspect: !isUtf8(bytes) || bytes.includes(REPLACEMENT_MARK) };
}

interface Decoder {
  write(bytes: Buffer): Buffer;
  end(): Buffer;
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

function transcode(encoding: string): Decoder {
  if (encoding === 'windows-1252') {
    return { write: (bytes) => Buffer.from(decodeWindows1252(bytes)), end: () => Buffer.alloc(0) };
  }
  // `ignoreBOM` keeps a mark in the text: the one at the start is cut off before.
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  if (encoding.startsWith('utf-16')) {
    return {
      write: (bytes) => Buffer.from(decoder.decode(bytes, { stream: true })),
      end: () => Buffer.from(decoder.decode()),
    };
  }
  return decodeBetweenPauses(decoder);
}

/** Bytes held back for want of a pause. A row longer than this is refused anyway. */
const MAX_HELD_BYTES = 2 * 1024 * 1024;
const SPACE = 0x20;
const ESCAPE = 0x1b;

/**
 * Hands the decoder whole characters only, by cutting at blanks and controls, which are never the later byte of
 * a character. A decoder of Node that was left with the start of one throws `ERR_ENCODING_INVALID_ENCODED_DATA`,
 * `fatal` or not, where what follows does not go with it (gb18030, euc-jp and iso-2022-jp on Node 20).
 */
function decodeBetweenPauses(decoder: TextDecoder): Decoder {
  const held: Buffer[] = [];
  let heldBytes = 0;
  const release = () => {
    heldBytes = 0;
    return Buffer.concat(held.splice(0));
  };
  const hold = (bytes: Buffer) => {
    held.push(Buffer.from(bytes));
    heldBytes += bytes.length;
  };
  return {
    write(bytes) {
      const pause = bytes.findLastIndex((byte) => byte <= SPACE && byte !== ESCAPE) + 1;
      if (pause === 0) {
        hold(bytes);
        return heldBytes > MAX_HELD_BYTES ? Buffer.from(decoder.decode(release())) : Buffer.alloc(0);
      }
      held.push(bytes.subarray(0, pause));
      const text = decoder.decode(release(), { stream: true });
      hold(bytes.subarray(pause));
      return Buffer.from(text);
    },
    end: () => Buffer.from(decoder.decode(release())),
  };
}
