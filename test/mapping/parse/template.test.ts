import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InexactNumber } from '../../../src/core/types.ts';
import { readTemplate } from '../../../src/mapping/parse/template.ts';
import { gist, mapCsv, mapJson } from '../helpers.ts';

const NAME = 'name: "{first} {last}"';
const name = (partial: string) => `name: { template: "{first} {last}", partial: ${partial} }`;

test.each<[string, string, Record<string, string>, unknown]>([
  ['all parts', NAME, { first: ' Anna ', last: 'Müller' }, { name: 'Anna Müller' }],
  ['no part is empty', NAME, { first: '', last: ' ' }, 'empty'],
  ['some parts keep the contact', NAME, { first: 'Anna', last: '' }, 'empty'],
  ['partial: send', name('send'), { first: 'Anna', last: '' }, { name: 'Anna' }],
  ['partial: send, the first part empty', name('send'), { first: '', last: 'Müller' }, { name: 'Müller' }],
  ['partial: error', name('error'), { first: 'Anna', last: '' }, 'ERR_EMPTY'],
  [
    'no gap stays',
    'name: { template: "{a} {first} {b}", partial: send }',
    { a: 'A', first: '', b: 'B' },
    { name: 'A B' },
  ],
  ['a marker is meant', NAME, { first: '\\N', last: 'Müller' }, { name: 'Müller' }],
  ['markers alone clear', NAME, { first: '\\N', last: '' }, { name: null }],
  [
    'empty: clear',
    'name: { template: "{first} {last}", empty: clear }',
    { first: '', last: '' },
    { name: null },
  ],
  ['doubled braces are plain', 'name: "{{{first}}}"', { first: 'a' }, { name: '{a}' }],
  ['a column twice', 'name: "{first}{first}"', { first: 'a' }, { name: 'aa' }],
  ['a type', 'email: "{first}@example.com"', { first: 'anna b' }, 'ERR_EMAIL'],
  ['too long as a whole', NAME, { first: 'a'.repeat(128), last: 'b'.repeat(127) }, 'ERR_TOO_LONG'],
])('%s', async (_, fields, cells, result) => {
  expect(gist(await mapCsv(fields, cells, "clear_marker: '\\N'"))).toEqual(result);
});

test.each<[string, Record<string, unknown>, unknown]>([
  ['numbers and booleans become text', { first: 5, last: true }, { name: '5 true' }],
  [
    'every digit is kept',
    { first: new InexactNumber('12345678901234567890'), last: 'x' },
    { name: '12345678901234567890 x' },
  ],
  ['null is empty', { first: null, last: 'x' }, 'empty'],
  ['an object has no text', { first: {}, last: 'x' }, 'ERR_VALUE'],
])('JSONL: %s', async (_, record, result) => {
  expect(gist(await mapJson(NAME, record))).toEqual(result);
});

test('an error of a template names the field and no column', async () => {
  const mapped = await mapCsv(name('error'), { first: 'Anna', last: '' });
  expect(mapped).toMatchObject({
    error: { field: 'name', message: expect.stringMatching(/^The template of name has some/) },
  });
  expect(mapped).not.toHaveProperty('error.column');
});

test('any text becomes a template again when its braces are doubled', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const parts = readTemplate(`${text.replace(/[{}]/g, '$&$&')}{column}`);
      expect(parts).toEqual(text === '' ? [{ column: 'column' }] : [text, { column: 'column' }]);
    }),
  );
});
