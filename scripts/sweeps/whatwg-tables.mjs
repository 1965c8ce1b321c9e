// @ts-check
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fourBytes } from './encoding-codes.mjs';

/**
 * The valid codes of an encoding and their text, made from the standard's own index files by the formulas that it gives for
 * encoders. Keys are the bytes as Latin-1.
 * @param {string} encoding
 * @param {string} folder Of the index files.
 * @returns {ReadonlyMap<string, string>}
 */
export function tableOf(encoding, folder) {
  /** @type {Map<string, string>} */
  const table = new Map();
  const index = (/** @type {string} */ name) => readIndex(join(folder, `index-${name}.txt`));
  const add = (/** @type {readonly number[]} */ bytes, /** @type {number[]} */ ...points) => {
    const key = String.fromCharCode(...bytes);
    if (!table.has(key)) table.set(key, String.fromCodePoint(...points));
  };
  for (let byte = 0; byte < 0x80; byte++) add([byte], byte);
  switch (encoding) {
    case 'gbk':
    case 'gb18030': {
      add([0x80], 0x20ac);
      for (const [pointer, point] of index('gb18030')) {
        const trail = pointer % 190;
        add([0x81 + Math.floor(pointer / 190), trail + (trail < 0x3f ? 0x40 : 0x41)], point);
      }
      const ranges = index('gb18030-ranges');
      for (const [at, [pointer, point]] of ranges.entries()) {
        const end = ranges[at + 1]?.[0] ?? pointer + 0x110000 - point;
        const last = point < 0x10000 ? Math.min(end, 39420) : end;
        for (let each = pointer; each < last; each++) add(fourBytes(each), point + each - pointer);
      }
      table.set(String.fromCharCode(...fourBytes(7457)), '\ue7c7');
      return table;
    }
    case 'big5':
      for (const [pointer, point] of index('big5')) {
        const trail = pointer % 157;
        add([0x81 + Math.floor(pointer / 157), trail + (trail < 0x3f ? 0x40 : 0x62)], point);
      }
      add([0x88, 0x62], 0xca, 0x304);
      add([0x88, 0x64], 0xca, 0x30c);
      add([0x88, 0xa3], 0xea, 0x304);
      add([0x88, 0xa5], 0xea, 0x30c);
      return table;
    case 'euc-kr':
      for (const [pointer, point] of index('euc-kr'))
        add([0x81 + Math.floor(pointer / 190), 0x41 + (pointer % 190)], point);
      return table;
    case 'euc-jp':
      for (let byte = 0xa1; byte <= 0xdf; byte++) add([0x8e, byte], 0xff61 - 0xa1 + byte);
      for (const [pointer, point] of index('jis0208')) {
        if (pointer < 94 * 94) add([0xa1 + Math.floor(pointer / 94), 0xa1 + (pointer % 94)], point);
      }
      for (const [pointer, point] of index('jis0212'))
        add([0x8f, 0xa1 + Math.floor(pointer / 94), 0xa1 + (pointer % 94)], point);
      return table;
    case 'shift_jis': {
      add([0x80], 0x80);
      for (let byte = 0xa1; byte <= 0xdf; byte++) add([byte], 0xff61 - 0xa1 + byte);
      const bytesOf = (/** @type {number} */ pointer) => {
        const lead = Math.floor(pointer / 188);
        const trail = pointer % 188;
        return [lead + (lead < 0x1f ? 0x81 : 0xc1), trail + (trail < 0x3f ? 0x40 : 0x41)];
      };
      for (const [pointer, point] of index('jis0208')) add(bytesOf(pointer), point);
      for (let pointer = 8836; pointer <= 10715; pointer++) add(bytesOf(pointer), 0xe000 - 8836 + pointer);
      return table;
    }
    case 'iso-2022-jp':
      for (const byte of [0x0e, 0x0f, 0x1b]) table.delete(String.fromCharCode(byte));
      for (const [pointer, point] of index('jis0208')) {
        if (pointer >= 94 * 94) continue;
        add(
          [0x1b, 0x24, 0x42, 0x21 + Math.floor(pointer / 94), 0x21 + (pointer % 94), 0x1b, 0x28, 0x42],
          point,
        );
      }
      return table;
    default:
      for (const [pointer, point] of index(encoding)) add([0x80 + pointer], point);
      return table;
  }
}

/**
 * The text of a code; undefined where the standard has none: of its two bytes each may be a character of its own.
 * @param {ReadonlyMap<string, string>} table
 * @param {readonly number[]} code
 */
export function textOf(table, code) {
  const whole = table.get(String.fromCharCode(...code));
  if (whole !== undefined) return whole;
  const each = code.map((byte) => table.get(String.fromCharCode(byte)));
  return each.includes(undefined) ? undefined : each.join('');
}

// --- internal ---

/** @param {string} path @returns {[pointer: number, point: number][]} */
function readIndex(path) {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => /^\s*\d/.test(line))
    .map((line) => {
      const [pointer = '', point = ''] = line.trim().split(/\s+/);
      return [Number(pointer), Number.parseInt(point, 16)];
    });
}
