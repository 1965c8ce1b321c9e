import { describe, expect, test } from 'vitest';
import type { BadRow } from '../../../src/core/types.ts';
import { places, readBytes } from '../helpers.ts';

const read = (text: string | Uint8Array, options = {}) => readBytes(text, 'contacts.csv', options);

describe('rows', () => {
  test.each<[name: string, text: string, rows: unknown[]]>([
    ['no final newline', 'a,b\n1,2', [[1, 2, ['1', '2']]]],
    [
      'CRLF',
      'a,b\r\n1,2\r\n3,4\r\n',
      [
        [1, 2, ['1', '2']],
        [2, 3, ['3', '4']],
      ],
    ],
    [
      'mixed line breaks',
      'a,b\r\n1,2\n3,4\r\n',
      [
        [1, 2, ['1', '2']],
        [2, 3, ['3', '4']],
      ],
    ],
    [
      'old Mac line breaks',
      'a,b\r1,2\r"3\r",4',
      [
        [1, 2, ['1', '2']],
        [2, 3, ['3\r', '4']],
      ],
    ],
    [
      'blank lines',
      '\n\na,b\n\n1,2\n\n\n3,4\n\n',
      [
        [1, 5, ['1', '2']],
        [2, 8, ['3', '4']],
      ],
    ],
    [
      'newlines in cells',
      'a,b\n"1\n1","2\r\n2"\n3,4',
      [
        [1, 2, ['1\n1', '2\r\n2']],
        [2, 5, ['3', '4']],
      ],
    ],
    ['newlines in the header', '"a\nb",c\n1,2', [[1, 3, ['1', '2']]]],
    [
      'CR alone in a cell is no line',
      'a,b\n1\r1,2\n3,4',
      [
        [1, 2, ['1\r1', '2']],
        [2, 3, ['3', '4']],
      ],
    ],
    ['doubled quotes', 'a,b\n"x ""y""",2', [[1, 2, ['x "y"', '2']]]],
    [
      'one empty quoted cell',
      'a\n""\nx',
      [
        [1, 2, ['']],
        [2, 3, ['x']],
      ],
    ],
    ['cells keep their spaces', 'a,b\n 1 , 2', [[1, 2, [' 1 ', ' 2']]]],
    ['Excel names the delimiter', 'sep=;\r\na;b\r\n1,0;2', [[1, 3, ['1,0', '2']]]],
    ['a header and no rows', 'a,b\n', []],
  ])('%s', async (_name, text, rows) => {
    const { rows: actual, error } = await read(text);
    expect(places(actual)).toEqual(rows);
    expect(error).toBeUndefined();
  });

  test('what is detected does not depend on how the bytes arrive', async () => {
    const detected = `a,b;c\n${'1;2\n'.repeat(9)}${'1,2\n'.repeat(90)}`;
    expect((await readBytes(detected, 'x', {}, [7])).shape).toEqual((await readBytes(detected, 'x')).shape);
    expect((await readBytes(detected, 'x')).shape.delimiter).toBe(';');
    const { rows } = await readBytes('sep=;\na;b\n111111;2\n333333;4\n', 'x', {}, [4]);
    expect(places(rows)).toEqual([
      [1, 3, ['111111', '2']],
      [2, 4, ['333333', '4']],
    ]);
  });

  test('of 500 good rows before a fault in the same chunk all are given', async () => {
    const good = Array.from({ length: 500 }, (_, index) => `${index},x`).join('\n');
    const { rows, error } = await read(`a,b\n${good}\n"never closed,x\n1,2\n`);
    expect(rows).toHaveLength(500);
    expect(error).toMatchObject({ code: 'ERR_INPUT', exitCode: 3 });
    expect((error as Error).message).toContain(
      'contacts.csv, line 502, column "a": a double quote opens here',
    );
  });
});

describe('bad rows', () => {
  test('ragged rows keep their text and the rest goes on', async () => {
    const { rows } = await read('a,b\r\n\r\n1,"x\r\ny",3\r\n2\r\n3,4\r\n');
    expect(places(rows)).toEqual([
      [1, 3, 'ERR_RAGGED_ROW'],
      [2, 5, 'ERR_RAGGED_ROW'],
      [3, 6, ['3', '4']],
    ]);
    expect(rows[0]).toMatchObject({
      text: '1,"x\r\ny",3',
      error: {
        message: 'the row has 3 cells, the header 2: put cells that hold the delimiter into double quotes',
      },
    });
    expect(rows[1]).toMatchObject({ text: '2' });
  });

  test('bytes that are not UTF-8 spoil their row alone, also over chunks', async () => {
    const bytes = Buffer.from('id,name\n1,J\xf6rg\n2,Anna\n3,x\xe4\n', 'latin1');
    const { rows } = await readBytes(bytes, 'contacts.csv', {}, [5]);
    expect(places(rows)).toEqual([
      [1, 2, 'ERR_ENCODING'],
      [2, 3, ['2', 'Anna']],
      [3, 4, 'ERR_ENCODING'],
    ]);
    const { error, text } = rows[0] as BadRow;
    expect(text).toBe('1,J\uFFFDrg');
    expect(error.message).toBe('the row is not UTF-8; looks like windows-1252: --encoding windows-1252');
  });

  test('the encoding that was named is the one that is read', async () => {
    const bytes = Buffer.from('id,name\n1,J\xf6rg \x80\n', 'latin1');
    const { rows } = await read(bytes, { encoding: 'latin1' });
    expect(places(rows)).toEqual([[1, 2, ['1', 'Jörg €']]]);
  });
});

describe('a CSV that cannot be read on', () => {
  test.each<[name: string, text: string, message: RegExp]>([
    [
      'an unclosed quote',
      'a,b\n1,2\n3,"x\n5,6\n',
      /line 3, column "b": a double quote opens here and is never/,
    ],
    ['an unclosed quote after CRLF cells', 'a,b\r\n"1\r\n1",2\r\n3,"x\r\n', /line 4, column "b"/],
    [
      'an unclosed quote swallows quoted rows',
      'a,b\n1,"x\n2,"y"\n',
      /line 2, column "b": the quoted cell that begins/,
    ],
    ['text after a quote', 'a,b\n1,"x"y,z\n', /line 2, column "b": the quoted cell that begins here/],
    ['a quote inside a cell', 'a,b\n\n1,5" x,y\n', /line 3, column "b": a double quote stands in a cell/],
    [
      'a row over 1 MiB',
      `a,b\n1,2\n3,${'x'.repeat(1.1e6)}\n`,
      /line 3: the row that begins on line 3 is longer/,
    ],
    [
      'a quote open for 1 MiB',
      `a,b\n1,2\n3,"${'x\n'.repeat(1 << 20)}`,
      /line 3, column "b": the row .* Is the quote/,
    ],
    [
      'a row of endless commas',
      `a,b\n1,2\n${','.repeat(3 << 20)}`,
      /line 3: the row that begins on line 3 is longer/,
    ],
  ])('%s', async (_name, text, message) => {
    const { error, rows } = await readBytes(text, 'contacts.csv', {}, [65_536]);
    expect(error).toMatchObject({ name: 'RunError', code: 'ERR_INPUT', exitCode: 3 });
    expect((error as Error).message).toMatch(message);
    // whatever came before is delivered
    expect(rows.every((row) => 'record' in row)).toBe(true);
  });
});

describe('empty lines without end are neither a row nor too long for one', () => {
  const many = 1_100_000;
  test.each<[name: string, text: string, last: unknown]>([
    ['at the end', `a,b\r\n1,2\r\n3,4\r\n${'\r\n'.repeat(many)}`, [2, 3, ['3', '4']]],
    ['above the header', `${'\n'.repeat(3_000_000)}a,b\n1,2\n`, [1, 3_000_002, ['1', '2']]],
    ['between rows', `a,b\n1,2\n${'\r\r\n'.repeat(many)}"3\n",4\n5,6`, [3, many + 5, ['5', '6']]],
    ['of CR', `a,b\r1,2\r${'\r'.repeat(3_000_000)}3,4`, [2, 3_000_003, ['3', '4']]],
  ])('%s', async (_name, text, last) => {
    const { rows, error } = await readBytes(text, 'contacts.csv', {}, [65_535]);
    expect(error).toBeUndefined();
    expect(places(rows).at(-1)).toEqual(last);
  });

  test('a row behind them that is too long is found on its own line', async () => {
    const text = `a,b\n1,2\n${'\n'.repeat(3_000_000)}"${'x'.repeat(3_000_000)}`;
    const { error } = await readBytes(text, 'contacts.csv', {}, [65_536]);
    expect(error).toMatchObject({
      message: expect.stringContaining('begins on line 3000003 is longer than'),
    });
  });
});

describe('a header that is refused', () => {
  test.each<[name: string, text: string | Buffer, message: string | RegExp]>([
    ['over-long', `id,${'x'.repeat(1001)}\n`, /the name of column 2 is longer than 1000 characters/],
    ['of a million columns', `${'x,'.repeat(500_000)}x\n`, /500001 columns; at most 10000 are read/],
    ['blank', '\n\n', /has no header: it holds nothing but blank lines/],
    ['only a byte order mark', '\uFEFF', /has no header/],
    [
      'not UTF-8',
      Buffer.from('id,Stra\xdfe\n1,2\n', 'latin1'),
      /the header is not UTF-8; looks like windows-1252/,
    ],
  ])('%s', async (_name, text, message) => {
    await expect(read(text)).rejects.toThrow(message);
    await expect(read(text)).rejects.toMatchObject({ name: 'RunError', exitCode: 2 });
  });

  test('columns without a name, and doubled ones, are for whoever asks for them', async () => {
    expect((await read('id,,c\n')).shape).toMatchObject({ columns: ['id', '', 'c'] });
    for (const [header, why] of [
      ['id,email,id\n', 'columns 1 and 3 are both named "id". Rename one of them.'],
      ['id, id\n', 'columns 1 and 2 are both named "id". Rename one of them.'],
    ] as const) {
      expect((await read(header)).shape.ambiguous).toEqual(new Map([['id', `contacts.csv, header: ${why}`]]));
    }
  });

  test('spaces around names go, those inside stay', async () => {
    expect((await read('\uFEFFid ,"First name"\n')).shape.columns).toEqual(['id', 'First name']);
  });
});
