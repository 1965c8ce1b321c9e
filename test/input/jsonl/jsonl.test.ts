import { describe, expect, test } from 'vitest';
import { InexactNumber } from '../../../src/core/types.ts';
import { places, readBytes } from '../helpers.ts';

const read = (text: string | Uint8Array, options = {}) => readBytes(text, 'contacts.jsonl', options);

describe('rows', () => {
  test('only LF and CRLF end a line, white space is no row', async () => {
    const { rows } = await read('{"a":"x\u2028y"}\r\n\n  \t\n{"a":\r1}\n{"a":2}');
    expect(places(rows)).toEqual([
      [1, 1, { a: 'x\u2028y' }],
      [2, 4, { a: 1 }],
      [3, 5, { a: 2 }],
    ]);
    expect(rows[0]).toMatchObject({ text: '{"a":"x\u2028y"}' });
  });

  test('numbers that a double cannot hold keep their digits', async () => {
    const { rows } = await read(
      '{"id":12345678901234567890,"n":{"x":[1e400,1.5]},"s":"12345678901234567890"}',
    );
    expect(rows[0]).toMatchObject({
      record: {
        id: new InexactNumber('12345678901234567890'),
        n: { x: [new InexactNumber('1e400'), 1.5] },
        s: '12345678901234567890',
      },
    });
  });

  test('keys named __proto__ are keys', async () => {
    const { rows } = await read('{"__proto__":{"polluted":1},"n":12345678901234567890}');
    const [row] = rows;
    expect(row && 'record' in row && Object.keys(row.record)).toEqual(['__proto__', 'n']);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe('bad rows', () => {
  test.each<[name: string, line: string, code: string, message: string]>([
    [
      'a key twice',
      '{"contact_id":95,"name":"first","contact_id":96}',
      'ERR_JSON',
      'the object has "contact_id" twice, with different values, of which only one would count. Leave one of them',
    ],
    [
      'no JSON',
      '{"a":nope}',
      'ERR_JSON',
      'the line is not JSON at column 6: a value belongs here; texts stand in double quotes. Each line must be one JSON object',
    ],
    [
      'cut off',
      '{"a":1',
      'ERR_JSON',
      'the line is not JSON at column 7: the line ends too early. Each line must be one JSON object',
    ],
    [
      'an array',
      '[1]',
      'ERR_JSON',
      'the line is an array, not a JSON object. Each line must be one JSON object',
    ],
    [
      'a number',
      '12',
      'ERR_JSON',
      'the line is a number, not a JSON object. Each line must be one JSON object',
    ],
    ['null', 'null', 'ERR_JSON', 'the line is null, not a JSON object. Each line must be one JSON object'],
    [
      'too deep',
      `{"a":${'['.repeat(200)}${']'.repeat(200)}}`,
      'ERR_JSON',
      'the object is nested more than 100 levels deep. Flatten it',
    ],
    [
      'far too deep',
      `{"a":${'['.repeat(500_000)}`,
      'ERR_JSON',
      'the line is not JSON at column 500006: the line ends too early. Each line must be one JSON object',
    ],
    [
      'over 1 MiB',
      `{"a":"${'x'.repeat(1 << 20)}"}`,
      'ERR_ROW_TOO_LARGE',
      'the line is longer than 1 MiB, so it was not kept. Is a line break missing?',
    ],
    [
      'U+FFFD',
      '{"a":"\uFFFD"}',
      'ERR_ENCODING',
      'the row holds U+FFFD, the mark that an earlier conversion left where a character was lost. Export it anew.',
    ],
  ])('%s', async (_name, line, code, message) => {
    const { rows, error } = await readBytes(`{"a":1}\n${line}\n{"a":3}\n`, 'contacts.jsonl', {}, [65_536]);
    expect(error).toBeUndefined();
    expect(places(rows)).toEqual([
      [1, 1, { a: 1 }],
      [2, 2, code],
      [3, 3, { a: 3 }],
    ]);
    expect(rows[1]).toMatchObject({ error: { message } });
  });

  test('a line of exactly 1 MiB is read, with CRLF too', async () => {
    const line = `{"a":"${'x'.repeat((1 << 20) - 8)}"}`;
    for (const sizes of [[], [4096]]) {
      const { rows } = await readBytes(`${line}\r\n${line}x\r\n{}`, 'contacts.jsonl', {}, sizes);
      expect(rows.map((row) => ('error' in row ? row.error.code : 'well'))).toEqual([
        'well',
        'ERR_ROW_TOO_LARGE',
        'well',
      ]);
    }
  });
});

describe('columns', () => {
  test('are the dotted paths of the first 1,000 rows, bad ones left out', async () => {
    const first = Array.from(
      { length: 998 },
      () => '{"id":1,"custom":{"plan":"x","tags":["a"]},"n":12345678901234567890}',
    );
    const { shape, rows } = await read(['nope', ...first, '{"last":1}', '{"late":1}', ''].join('\n'));
    expect(shape.columns).toEqual(['id', 'custom', 'custom.plan', 'custom.tags', 'n', 'last']);
    expect(rows).toHaveLength(1001);
  });

  test('of a large sample are those of its first 4 MiB', async () => {
    const large = `{"a":"${'x'.repeat(1_000_000)}"}\n`;
    const { shape, rows } = await readBytes(
      `${large.repeat(5)}{"late":1}`,
      'contacts.jsonl',
      {},
      [1_000_000],
    );
    expect(shape.columns).toEqual(['a']);
    expect(rows).toHaveLength(6);
  });
});

describe('JSON that is no JSONL', () => {
  test.each<[text: string, message: string]>([
    ['[{"a":1}]', "contacts.jsonl is a JSON array, not JSONL; `jq -c '.[]'` makes JSONL of it."],
    ['\n[\n', "contacts.jsonl is a JSON array, not JSONL; `jq -c '.[]'` makes JSONL of it."],
    ['{\n  "a": 1\n}', 'contacts.jsonl is JSON over several lines, not JSONL; `jq -c .` makes JSONL of it.'],
  ])('%j', async (text, message) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'ERR_INPUT', exitCode: 2, message });
  });
});
