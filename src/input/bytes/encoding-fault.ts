import { isUtf8 } from 'node:buffer';
import type { RowError } from '../../core/types.ts';

/** How an input was decoded. */
export interface ReadAs {
  /** WHATWG name. */
  readonly encoding: string;
  /** Whether its own byte order mark says so, which wins over what the user says. */
  readonly isMarked: boolean;
}

/**
 * What to say of bytes that did not decode: `bytes` are a row or a header of an input that was read as said. Says nothing
 * of their content.
 */
export function encodingFault(bytes: Buffer, { encoding, isMarked }: ReadAs): string {
  const isReplaced = encoding === 'utf-8' && isUtf8(bytes);
  if (isMarked && !isReplaced) {
    const name = encoding.toUpperCase();
    return `holds bytes that are not ${name}, which the byte order mark of the file says it is, whatever --encoding says. Save the file as ${name} once more, or take the mark away and give the right --encoding.`;
  }
  if (encoding !== 'utf-8') return `holds bytes that are not ${encoding}. Give the right --encoding.`;
  if (isReplaced) {
    return 'holds U+FFFD, the mark that an earlier conversion left where a character was lost. Export it anew.';
  }
  return isSingleByte(bytes)
    ? 'is not UTF-8; looks like windows-1252: --encoding windows-1252'
    : 'is not UTF-8. Give its encoding, e.g. --encoding gb18030, shift_jis or windows-1252.';
}

/** The encoding that a message of {@link encodingFault} names as the likely one; undefined where it names none. */
export function likelyEncoding(message: string): string | undefined {
  return /looks like ([\w-]+): --encoding/.exec(message)?.[1];
}

/** The same of rows: the encoding that the messages of all of them name; undefined where one has another fault. */
export function likelyEncodingOf(faults: readonly Pick<RowError, 'code' | 'message'>[]): string | undefined {
  const named = new Set(
    faults.map(({ code, message }) => (code === 'ERR_ENCODING' ? likelyEncoding(message) : undefined)),
  );
  return named.size === 1 ? [...named][0] : undefined;
}

/** Whether high bytes stand alone between ASCII, as umlauts do; two-byte encodings put them side by side. */
function isSingleByte(bytes: Buffer): boolean {
  let alone = 0;
  let together = 0;
  for (let at = 0; at < bytes.length; at++) {
    if ((bytes[at] ?? 0) < 0x80) continue;
    const isBeside = (bytes[at - 1] ?? 0) >= 0x80 || (bytes[at + 1] ?? 0) >= 0x80;
    if (isBeside) together += 1;
    else alone += 1;
  }
  return alone > together;
}
