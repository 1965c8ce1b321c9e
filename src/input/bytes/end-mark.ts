const END_MARK = 0x1a;
const LF = 0x0a;
const CR = 0x0d;
/** CP/M filled its last block of 128 bytes with marks; more than this many bytes are data. */
const MAX_HELD_BYTES = 64 * 1024;

/**
 * Gives the bytes without the Ctrl-Z that old programs end a text with, repeated or followed by line breaks. Anywhere else it
 * is a character like others. Empty stretches are left out.
 */
export async function* withoutEndMark(stretches: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  for await (const stretch of stretches) {
    const bytes = held.length === 0 ? stretch : Buffer.concat([held, stretch]);
    const end = endOfText(bytes);
    if (end > 0) yield bytes.subarray(0, end);
    held = bytes.subarray(end);
  }
}

// --- internal ---

/** Where the marks and line breaks at the end begin, from the first mark on. */
function endOfText(bytes: Buffer): number {
  let end = bytes.length;
  for (let at = bytes.length - 1; at >= bytes.length - MAX_HELD_BYTES && at >= 0; at--) {
    const byte = bytes[at];
    if (byte === END_MARK) end = at;
    else if (byte !== LF && byte !== CR) return end;
  }
  return bytes.length > MAX_HELD_BYTES ? bytes.length : end;
}
