import fc from 'fast-check';
import { expect, test } from 'vitest';
import { places, readBytes } from './helpers.ts';

/** A line of a file, or more, by what must come of it: a row with cells or with an error code, or no row. */
interface Written {
  readonly text: string;
  readonly row: readonly string[] | string | undefined;
  /** Line breaks in it. */
  readonly breaks?: number;
}

const KINDS: readonly ((d: string, i: number) => Written)[] = [
  (d, i) => ({ text: [i, 'Anna', 'x'].join(d), row: [`${i}`, 'Anna', 'x'] }),
  (d, i) => ({ text: [i, '"a ""b"""', '"x"'].join(d), row: [`${i}`, 'a "b"', 'x'] }),
  (d, i) => ({ text: [i, `"a${d}b\nc"`, 'x'].join(d), row: [`${i}`, `a${d}b\nc`, 'x'], breaks: 1 }),
  (d, i) => ({ text: `\uFEFF${[i, 'Ben', 'x'].join(d)}`, row: [`${i}`, 'Ben', 'x'] }),
  (d, i) => ({ text: `\uFEFF${[`"${i}"`, 'Ben', 'x'].join(d)}`, row: [`${i}`, 'Ben', 'x'] }),
  (d) => ({ text: ['id', 'name', 'note'].join(d), row: ['id', 'name', 'note'] }),
  (d) => ({ text: d + d, row: ['', '', ''] }),
  (d) => ({ text: d + d + d, row: ['', '', ''] }),
  () => ({ text: '""', row: ['', '', ''] }),
  () => ({ text: ' \u00a0 ', row: undefined }),
  () => ({ text: '', row: undefined }),
  (d, i) => ({ text: [i, '27" screen', 'x'].join(d), row: 'ERR_QUOTE' }),
  (d, i) => ({ text: [i, 'x', '5"'].join(d), row: 'ERR_QUOTE' }),
  (d, i) => ({ text: [i, '"Ben" Doe', 'x'].join(d), row: 'ERR_QUOTE' }),
  (d, i) => ({ text: [i, `"Ben \\"B${d}\\" Doe"`, 'x'].join(d), row: 'ERR_QUOTE' }),
  (d, i) => ({ text: [i, 'Anna'].join(d), row: 'ERR_RAGGED_ROW' }),
  (d, i) => ({ text: [i, 'Anna', 'x', 'y'].join(d), row: 'ERR_RAGGED_ROW' }),
];

const file = fc.record({
  delimiter: fc.constantFrom(',', ';', '|'),
  lineBreak: fc.constantFrom('\n', '\r\n', '\r\r\n', '\r'),
  kinds: fc.array(fc.constantFrom(...KINDS), { maxLength: 25 }),
  above: fc.array(fc.constantFrom('', 'Title', 'a "b', 'x,y;z|w'), { maxLength: 3 }),
  isFinished: fc.boolean(),
});
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 6 });

test('no row disappears, and each stands on its line, whatever the rows around it are', async () => {
  let rowsSeen = 0;
  await fc.assert(
    fc.asyncProperty(file, sizes, async ({ delimiter, lineBreak, kinds, above, isFinished }, cuts) => {
      // Mac files are known by their start: no line feed outside quotes
      const written = kinds.map((kind, i) => kind(delimiter, i + 1));
      const header = ['id', 'name', 'note'].join(delimiter);
      const text = [...above, header, ...written.map((one) => one.text)].join(lineBreak);
      const options = { delimiter, format: 'csv', skipRows: above.length } as const;
      const { rows, error } = await readBytes(
        isFinished ? text + lineBreak : text,
        'contacts.csv',
        options,
        cuts,
      );
      expect(error).toBeUndefined();

      const expected: unknown[] = [];
      let line = above.length + 2;
      for (const { row, breaks = 0 } of written) {
        if (row !== undefined) expected.push([expected.length + 1, line, row]);
        line += 1 + (lineBreak === '\r' ? 0 : breaks);
      }
      expect(places(rows)).toEqual(expected);
      rowsSeen += rows.length;
    }),
    { numRuns: 500 },
  );
  expect(rowsSeen).toBeGreaterThan(500);
});

test.each([1, 2, 5])('a footer of %i rows is left out, and no other row', async (skipFooter) => {
  const kinds = fc.array(fc.constantFrom('1,a', ',', '"', '2'), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(kinds, sizes, async (given, cuts) => {
      const lines = given.filter((line) => line !== '"');
      const { rows } = await readBytes(['id,b', ...lines].join('\n'), 'x.csv', { skipFooter }, cuts);
      const filled = lines.flatMap((line, i) => (line === ',' ? [] : [i]));
      expect(rows.map(({ line }) => line - 2)).toEqual(
        Array.from({ length: filled.length < skipFooter ? 0 : (filled.at(-skipFooter) ?? 0) }, (_, i) => i),
      );
    }),
    { numRuns: 200 },
  );
});
