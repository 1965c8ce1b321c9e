/** Turns stored bytes into UTF-8, a chunk at a time; what a cut left over waits for the next. */
export interface Decoder {
  write(bytes: Buffer): Buffer;
  end(): Buffer;
}

/**
 * The decoder of an encoding other than UTF-8. The decoders of Node are not used: they give other characters than the WHATWG
 * standard for thousands of codes of euc-kr, big5 and shift_jis, differ from one release of Node to the next in single-byte
 * tables, and throw where a chunk ends inside a character.
 */
export async function transcoder(encoding: string): Promise<Decoder> {
  // loaded only for inputs that need it: its tables are half a megabyte
  const { TextDecoder } = await import('@exodus/bytes/encoding.js');
  // `ignoreBOM` keeps a mark in the text: the one at the start is cut off before
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  const text = encoding.startsWith('utf-16') ? (decoded: string) => decoded : withoutStopgaps;
  return {
    write: (bytes) => Buffer.from(text(decoder.decode(bytes, { stream: true }))),
    end: () => Buffer.from(text(decoder.decode())),
  };
}

/**
 * The WHATWG name of an encoding, by any of its labels; undefined for an unknown one, and for those that the standard has
 * taken out of use.
 */
export async function encodingNamed(label: string): Promise<string | undefined> {
  const { normalizeEncoding } = await import('@exodus/bytes/encoding.js');
  const name = normalizeEncoding(label);
  return name === null || name === 'replacement' ? undefined : name;
}

// --- internal ---

/** Control characters above ASCII, and those that have no meaning but by agreement. */
const STOPGAPS = /[\x80-\x9f\u{e000}-\u{f8ff}\u{f0000}-\u{10ffff}]/gu;

/**
 * The text with U+FFFD for what the standard maps a code to only for want of a character: it is no letter of a name, and most
 * often a sign of the wrong encoding.
 */
function withoutStopgaps(text: string): string {
  return text.replace(STOPGAPS, '\uFFFD');
}
