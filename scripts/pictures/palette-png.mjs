// @ts-check
import { crc32, deflateSync } from 'node:zlib';

const COLOURS = 256;

/**
 * A picture as a PNG of 256 colours: the most frequent ones as they are, each other one as the nearest of them.
 * @param {Buffer} rgba four bytes a pixel; what is transparent becomes opaque
 * @param {number} width
 */
export function palettePng(rgba, width) {
  const height = rgba.length / 4 / width;
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (let at = 0; at < rgba.length; at += 4) {
    const colour = rgba.readUIntBE(at, 3);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const byCount = [...counts].sort((a, b) => b[1] - a[1]).map(([colour]) => colour);
  const palette = byCount.slice(0, COLOURS);
  const places = new Map(byCount.map((colour, i) => [colour, i < COLOURS ? i : nearest(colour, palette)]));

  // each line begins with its filter: none, which suits a palette
  const lines = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      lines[y * (width + 1) + x + 1] = places.get(rgba.readUIntBE((y * width + x) * 4, 3)) ?? 0;
    }
  }
  const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 3, 0, 0, 0]); // 8 bits, palette
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('PLTE', Buffer.from(palette.flatMap(partsOf))),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

// --- internal ---

/** @param {number} colour */
function partsOf(colour) {
  return [colour >> 16, (colour >> 8) & 255, colour & 255];
}

/**
 * @param {number} colour
 * @param {readonly number[]} palette
 */
function nearest(colour, palette) {
  const own = partsOf(colour);
  const distances = palette.map((other) =>
    partsOf(other).reduce((sum, part, i) => sum + (part - (own[i] ?? 0)) ** 2, 0),
  );
  return distances.indexOf(Math.min(...distances));
}

/**
 * @param {string} type
 * @param {Buffer} data
 */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const around = Buffer.alloc(8);
  around.writeUInt32BE(data.length, 0);
  around.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([around.subarray(0, 4), body, around.subarray(4)]);
}
