import { describe, expect, test } from 'vitest';
import { encodingFault, likelyEncoding } from '../../src/input/bytes/encoding-fault.ts';
import { readSignature } from '../../src/input/bytes/signature.ts';
import { transcoder } from '../../src/input/bytes/transcode.ts';
import { resolveDelimiter, resolveEncoding } from '../../src/input/options.ts';
import { places, readBytes } from './helpers.ts';

test.each([
  ['efbbbf31', { kind: 'text', encoding: 'utf-8', bomLength: 3 }],
  ['fffe3100', { kind: 'text', encoding: 'utf-16le', bomLength: 2 }],
  ['feff0031', { kind: 'text', encoding: 'utf-16be', bomLength: 2 }],
  ['1f8b0800', { kind: 'gzip' }],
  ['6964', { kind: 'text', bomLength: 0 }],
  ['', { kind: 'text', bomLength: 0 }],
])('the bytes %s are %j', (hex, expected) => {
  expect(readSignature(Buffer.from(hex, 'hex'))).toEqual(expected);
});

test.each<[name: string, bytes: Buffer, message: RegExp]>([
  ['a workbook', Buffer.from('504b030414000600', 'hex'), /^contacts\.csv looks like an Excel workbook/],
  ['an old workbook', Buffer.from('d0cf11e0a1b11ae1', 'hex'), /looks like an Excel workbook/],
  ['UTF-32', Buffer.from('fffe000061000000', 'hex'), /is UTF-32, which is not read/],
  [
    'UTF-16 without a mark',
    Buffer.from('id,name\n1,Anna\n', 'utf16le'),
    /without a byte order mark: --encoding utf-16le/,
  ],
  ['UTF-16BE without a mark', Buffer.from('id,name\n1,Anna\n', 'utf16le').swap16(), /--encoding utf-16be/],
  ['a binary file', Buffer.from('a,b\n\0\0\0x\n'), /holds NUL bytes: it is not a text file/],
  ['nothing', Buffer.from(''), /is empty \(0 bytes\)/],
])('%s is refused', async (_name, bytes, message) => {
  await expect(readBytes(bytes, 'contacts.csv')).rejects.toThrow(message);
  await expect(readBytes(bytes, 'contacts.csv')).rejects.toMatchObject({ code: 'ERR_INPUT', exitCode: 2 });
});

test.each([
  ['windows-1252', Buffer.from('1,\x80\x9f\n', 'latin1'), '€Ÿ'],
  ['utf-16le', Buffer.from('1,ü\n', 'utf16le'), 'ü'],
  ['shift_jis', Buffer.from('312c938c8b9e0a', 'hex'), '東京'],
  ['gb18030', Buffer.from('312cb1b1bea90a', 'hex'), '北京'],
])('--encoding %s', async (encoding, row, expected) => {
  const header = encoding === 'utf-16le' ? Buffer.from('id,name\n', 'utf16le') : Buffer.from('id,name\n');
  const { rows } = await readBytes(Buffer.concat([header, row]), 'contacts.csv', { encoding }, [3]);
  expect(places(rows)).toEqual([[1, 2, ['1', expected]]]);
});

// Node 20 throws where it was left with the start of a character and what follows does not go with it
test.each([
  ['gb18030', 'cf333934', 'd0333934', '813000', '81'],
  ['euc-jp', '8feea1', '8fee51'],
  ['iso-2022-jp', '1b24422121', 'a2aa1b2e36'],
  ['shift_jis', '8130', '81'],
  ['big5', '8130', 'f9fe'],
])('bytes that are not %s are the same however they are cut', async (encoding, ...cells) => {
  for (const cell of cells) {
    const bytes = Buffer.concat([Buffer.from('id,name\n1,'), Buffer.from(cell, 'hex')]);
    const whole = await readBytes(bytes, 'contacts.csv', { encoding });
    for (const size of [1, 2, 3, 5]) {
      const { rows } = await readBytes(bytes, 'contacts.csv', { encoding }, [size]);
      expect(rows).toEqual(whole.rows);
    }
  }
});

test('a row of a double-byte encoding that never pauses is refused as too long', async () => {
  const bytes = Buffer.concat([Buffer.from('id,name\n1,'), Buffer.alloc(5 * 1024 * 1024, 'b1b1', 'hex')]);
  const { error } = await readBytes(bytes, 'contacts.csv', { encoding: 'gb18030' }, [64 * 1024]);
  expect(String(error)).toMatch(/longer than|1 MiB/);
});

test('a byte order mark wins over --encoding', async () => {
  const { rows } = await readBytes('\uFEFFid,name\n1,ü', 'contacts.csv', { encoding: 'windows-1252' });
  expect(places(rows)).toEqual([[1, 2, ['1', 'ü']]]);
});

test('all of windows-1252; the five bytes that stand for a control character are faults', async () => {
  const bytes = Buffer.from(Uint8Array.from({ length: 256 }, (_, byte) => byte));
  const text = (await transcoder('windows-1252')).write(bytes).toString();
  expect([...text]).toHaveLength(256);
  expect(text.slice(0x80, 0xa0)).toBe('€\uFFFD‚ƒ„…†‡ˆ‰Š‹Œ\uFFFDŽ\uFFFD\uFFFD‘’“”•–—˜™š›œ\uFFFDžŸ');
  expect(text.slice(0xa0)).toBe(Buffer.from(bytes.subarray(0xa0)).toString('latin1'));
});

describe('what is said of bytes that do not decode', () => {
  test.each([
    ['J\xf6rg M\xfcller', 'utf-8', /looks like windows-1252: --encoding windows-1252$/],
    ['\xb1\xb1\xbe\xa9', 'utf-8', /^is not UTF-8\. Give its encoding, e\.g\. --encoding gb18030/],
    ['\xef\xbf\xbd', 'utf-8', /^holds U\+FFFD, the mark/],
    ['\xef\xbf\xbd', 'shift_jis', /^holds bytes that are not shift_jis/],
  ])('%j', (latin1, encoding, message) => {
    expect(encodingFault(Buffer.from(latin1, 'latin1'), { encoding, isMarked: false })).toMatch(message);
  });

  const marked =
    /^holds bytes that are not UTF-8, which the byte order mark of the file says it is, whatever/;
  test.each([undefined, 'windows-1252'])(
    'a mark wins over --encoding %s, which is said',
    async (encoding) => {
      for (const [name, text] of [
        ['a.csv', '\xef\xbb\xbfid,name\n1,J\xf6rg\n2,b\n'],
        ['a.jsonl', '\xef\xbb\xbf{"id":1,"name":"J\xf6rg"}\n{"id":2}\n'],
      ] as const) {
        const { rows } = await readBytes(Buffer.from(text, 'latin1'), name, { encoding });
        const message = rows.flatMap((row) => ('error' in row ? row.error.message : []));
        expect(message).toEqual([expect.stringMatching(new RegExp(marked.source.replace('^', '^the row ')))]);
        expect(likelyEncoding(message.join())).toBeUndefined();
      }
      const header = Buffer.from('\xef\xbb\xbfid,Stra\xdfe\n1,2\n', 'latin1');
      await expect(readBytes(header, 'a.csv', { encoding })).rejects.toThrow(
        /the header holds bytes that are not UTF-8/,
      );
      const lost = Buffer.from('\xef\xbb\xbfid,name\n1,J\xef\xbf\xbdrg\n', 'latin1');
      const [row] = (await readBytes(lost, 'a.csv', { encoding })).rows;
      expect(row).toMatchObject({
        error: { message: expect.stringContaining('holds U+FFFD, the mark that an') },
      });
    },
  );
});

test('options are resolved or refused', async () => {
  expect(await resolveEncoding('Latin1')).toBe('windows-1252');
  expect(await resolveEncoding('utf8')).toBe('utf-8');
  expect(await resolveEncoding('unicode-1-1-utf-8')).toBe('utf-8');
  expect(await resolveEncoding('iso-8859-16')).toBe('iso-8859-16');
  await expect(resolveEncoding('klingon')).rejects.toThrow('--encoding klingon is unknown');
  await expect(resolveEncoding('iso-2022-kr')).rejects.toThrow('--encoding iso-2022-kr is unknown');
  expect(resolveDelimiter('tab')).toBe('\t');
  expect(resolveDelimiter('\\t')).toBe('\t');
  expect(resolveDelimiter('^')).toBe('^');
  for (const wrong of ['', ';;', '"', '\n', 'x', '1'])
    expect(() => resolveDelimiter(wrong)).toThrow('--delimiter must');
});

test('what is said of a header does not depend on what follows it', async () => {
  const bytes = Buffer.concat([
    Buffer.from('id,Stra\xdfe\n', 'latin1'),
    Buffer.from('1,\xe9\xe8\xe7\xe0\n', 'latin1'),
  ]);
  for (const sizes of [[], [1], [11]]) {
    await expect(readBytes(bytes, 'x.csv', {}, sizes)).rejects.toThrow(
      /the header is not UTF-8; looks like windows-1252/,
    );
  }
});
