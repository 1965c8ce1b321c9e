import { expect, test } from 'vitest';
import { decode } from '../../../src/input/bytes/decode.ts';
import { cut, places, readBytes } from '../helpers.ts';

test('pieces end between characters, so that good text is never suspect', async () => {
  const text = 'aü漢😀'.repeat(5);
  for (const size of [1, 2, 3, 4, 7]) {
    let decoded = '';
    for await (const piece of decode(cut(Buffer.from(text), [size]), 'utf-8', 0)) {
      expect(piece.isSuspect).toBe(false);
      decoded += piece.bytes.toString();
    }
    expect(decoded).toBe(text);
  }
});

test.each<[name: string, bytes: Buffer]>([
  ['UTF-8', Buffer.from('id\n{}\nx\xc3', 'latin1')],
  ['UTF-16', Buffer.from('\uFEFFid\n{}\nxy', 'utf16le').subarray(0, -1)],
])('a character cut off at the end of %s makes its row bad', async (_name, bytes) => {
  for (const name of ['x.csv', 'x.jsonl']) {
    const { rows } = await readBytes(bytes, name, {}, [3]);
    expect(places(rows).at(-1)).toEqual([name === 'x.csv' ? 2 : 3, 3, 'ERR_ENCODING']);
  }
});
