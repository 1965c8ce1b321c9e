// @ts-check
import { createHash } from 'node:crypto';

/** Every encoding of the WHATWG standard that is neither UTF-8 nor UTF-16 and holds more than ASCII. */
export const ENCODINGS = [
  ...['gb18030', 'gbk', 'big5', 'euc-jp', 'shift_jis', 'euc-kr', 'iso-2022-jp'],
  ...['ibm866', 'koi8-r', 'koi8-u', 'macintosh', 'x-mac-cyrillic', 'windows-874'],
  ...[2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16].map((part) => `iso-8859-${part}`),
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8].map((page) => `windows-125${page}`),
];

const MULTI_BYTE = new Set(ENCODINGS.slice(0, 7));

/**
 * Codes of an encoding, valid or not: all of one and of two bytes, all of three in euc-jp, and of the four in gb18030 every
 * `step`-th. None holds a line feed.
 * @param {string} encoding
 * @param {number} step
 * @returns {Generator<readonly number[]>}
 */
export function* codesOf(encoding, step) {
  for (let a = 0; a < 0x100; a++) if (a !== LF) yield wrap(encoding, [a]);
  if (!MULTI_BYTE.has(encoding)) return;
  const from = encoding === 'iso-2022-jp' ? 0x21 : 0x80;
  for (let a = from; a < 0x100; a++)
    for (let b = 0; b < 0x100; b++) if (b !== LF) yield wrap(encoding, [a, b]);
  if (encoding === 'euc-jp')
    for (let a = 0x80; a < 0x100; a++) for (let b = 0x80; b < 0x100; b++) yield [0x8f, a, b];
  if (encoding !== 'gb18030' && encoding !== 'gbk') return;
  for (let at = 0; at < 126 * 10 * 126 * 10; at += step) yield fourBytes(at);
}

/** The bytes of a four-byte pointer of gb18030. @param {number} pointer */
export function fourBytes(pointer) {
  return [
    0x81 + Math.floor(pointer / 12600),
    0x30 + (Math.floor(pointer / 1260) % 10),
    0x81 + (Math.floor(pointer / 10) % 126),
    0x30 + (pointer % 10),
  ];
}

/**
 * Decodes codes, each on a line of its own, in chunks of a size.
 * @param {readonly (readonly number[])[]} codes
 * @param {{ write(bytes: Buffer): Buffer, end(): Buffer }} decoder
 * @param {number} [chunkBytes]
 * @returns {readonly string[]} The text of each.
 */
export function decodeCodes(codes, decoder, chunkBytes = 1024 * 1024) {
  const bytes = Buffer.from(codes.flatMap((code) => [...code, LF]));
  const texts = [];
  for (let at = 0; at < bytes.length; at += chunkBytes)
    texts.push(decoder.write(bytes.subarray(at, at + chunkBytes)));
  texts.push(decoder.end());
  return Buffer.concat(texts).toString().split('\n').slice(0, -1);
}

/** What is kept of a table: how many of its codes are text, how many a fault, and a digest of all. @param {readonly string[]} texts */
export function digestOf(texts) {
  const faults = texts.filter((text) => text.includes('\uFFFD')).length;
  return {
    texts: texts.length - faults,
    faults,
    sha256: createHash('sha256').update(texts.join('\n')).digest('hex'),
  };
}

// --- internal ---

const LF = 0x0a;
const TO_KANJI = [0x1b, 0x24, 0x42];
const TO_ASCII = [0x1b, 0x28, 0x42];

/** iso-2022-jp has its two-byte codes between escapes. @param {string} encoding @param {readonly number[]} code */
function wrap(encoding, code) {
  return encoding === 'iso-2022-jp' && code.length === 2 ? [...TO_KANJI, ...code, ...TO_ASCII] : code;
}
