import { expect, test } from 'vitest';
import type { Piece } from '../../../src/input/bytes/decode.ts';
import { peek } from '../../../src/input/bytes/peek.ts';
import { splitLines } from '../../../src/input/jsonl/lines.ts';
import { cut } from '../helpers.ts';

async function* pieces(
  text: string,
  size: number,
  isSuspect: (at: number) => boolean,
): AsyncGenerator<Piece> {
  let at = 0;
  for await (const chunk of cut(Buffer.from(text), [size])) {
    yield { bytes: Buffer.from(chunk), isSuspect: isSuspect(at++) };
  }
}

async function split(text: string, size: number, isSuspect: (piece: number) => boolean = () => false) {
  const all = [];
  for await (const lines of splitLines(pieces(text, size, isSuspect), 6)) {
    for (const line of lines)
      all.push([line.number, line.isTooLong ? null : line.bytes.toString(), line.isSuspect]);
  }
  return all;
}

test('LF and CRLF end a line; CR and U+2028 do not', async () => {
  for (const size of [1, 2, 3, 100]) {
    expect(await split('a\r\nb\rc\n\n\u2028d', size)).toEqual([
      [1, 'a', false],
      [2, 'b\rc', false],
      [3, '', false],
      [4, '\u2028d', false],
    ]);
  }
});

test('a line that is too long is left out, and so is no other', async () => {
  for (const size of [1, 2, 5, 100]) {
    expect(await split('123456\r\n1234567\n12345\n12345678901234\nx\n1234567', size)).toEqual([
      [1, '123456', false],
      [2, null, false],
      [3, '12345', false],
      [4, null, false],
      [5, 'x', false],
      [6, null, false],
    ]);
  }
});

test('a line is suspect when one of its pieces is', async () => {
  expect(await split('ab\ncd\nef\n', 4, (piece) => piece === 0)).toEqual([
    [1, 'ab', true],
    [2, 'cd', true],
    [3, 'ef', false],
  ]);
});

test('what was peeked at is given again, and the end closes the source', async () => {
  let isClosed = false;
  async function* count() {
    try {
      for (let at = 1; at <= 4; at++) yield at;
    } finally {
      isClosed = true;
    }
  }
  const { head, all } = await peek(count(), (newest) => newest === 2);
  expect(head).toEqual([1, 2]);
  const seen = [];
  for await (const item of all) {
    seen.push(item);
    if (item === 3) break;
  }
  expect(seen).toEqual([1, 2, 3]);
  expect(isClosed).toBe(true);
});
