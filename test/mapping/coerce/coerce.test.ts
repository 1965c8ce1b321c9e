import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InexactNumber } from '../../../src/core/types.ts';
import { coercerFor } from '../../../src/mapping/coerce/coerce.ts';
import { survivesJson } from '../../../src/mapping/coerce/exact-number.ts';
import { CellFault } from '../../../src/mapping/coerce/fault.ts';
import type { CellReading } from '../../../src/mapping/document.ts';
import { readTarget } from '../../../src/mapping/targets.ts';

const BOOLEANS = { true: ['true', 'yes', 'y', '1', 'on'], false: ['false', 'no', 'n', '0', 'off'] };
const JA_NEIN: CellReading = { type: 'boolean', true: ['ja'], false: ['nein'] };
const COMMA: CellReading = { type: 'number', decimal: ',' };
const DOTTED: CellReading = { type: 'date', format: 'dd/MM/yyyy' };
const BERLIN: CellReading = { type: 'timestamp', zone: 'Europe/Berlin' };

async function coerce(reading: CellReading, value: unknown, path = 'custom_attributes.x'): Promise<unknown> {
  const target = readTarget(path);
  if (typeof target === 'string') throw new Error(target);
  const coercer = await coercerFor(reading, target, undefined);
  const result = typeof value === 'string' ? coercer.text(value) : coercer.json(value);
  return result instanceof CellFault ? result.code : result;
}

test.each<[string, CellReading, unknown, unknown]>([
  ['a text stays as it is', {}, '007', '007'],
  ['a JSON number stays a number', {}, 7, 7],
  ['a JSON object stays an object', {}, { a: [1] }, { a: [1] }],
  ['a number with too many digits', {}, new InexactNumber('12345678901234567890'), 'ERR_NUMBER'],
  ['the same deep inside', {}, { a: [new InexactNumber('0.1234567890123456789')] }, 'ERR_NUMBER'],
  ['NUL', {}, 'a\0b', 'ERR_CHARACTER'],
  ['half of a surrogate pair', {}, 'a\uD83D', 'ERR_CHARACTER'],
  ['both halves', {}, '😀', '😀'],
  ['the replacement character', {}, 'M\uFFFDller', 'ERR_CHARACTER'],
  ['NUL in a nested key', {}, { a: { 'b\0': 1 } }, 'ERR_CHARACTER'],
  ['a reserved key', {}, JSON.parse('{"a":{"__proto__":1}}'), 'ERR_JSON'],

  ['string: a number becomes its text', { type: 'string' }, 2222, '2222'],
  [
    'string: every digit is kept',
    { type: 'string' },
    new InexactNumber('12345678901234567890'),
    '12345678901234567890',
  ],
  ['string: a boolean becomes its text', { type: 'string' }, true, 'true'],
  ['string: an object is none', { type: 'string' }, {}, 'ERR_VALUE'],

  ['integer', { type: 'integer' }, '-42', -42],
  ['integer: a fraction', { type: 'integer' }, '5.0', 'ERR_NUMBER'],
  ['integer: beyond the safe integers', { type: 'integer' }, '9007199254740993', 'ERR_NUMBER'],
  ['integer: JSON', { type: 'integer' }, 5.5, 'ERR_NUMBER'],
  ['number', { type: 'number' }, '1234.50', 1234.5],
  ['number: minus zero', { type: 'number' }, '-0', 0],
  ['number: a comma', { type: 'number' }, '1,5', 'ERR_NUMBER'],
  ['number: thousands', { type: 'number' }, '1,234.5', 'ERR_NUMBER'],
  ['number: scientific', { type: 'number' }, '1e5', 'ERR_NUMBER'],
  ['number: no digit before the point', { type: 'number' }, '.5', 'ERR_NUMBER'],
  ['number: more digits than survive', { type: 'number' }, '0.12345678901234567890', 'ERR_NUMBER'],
  ['number: twenty zeros survive', { type: 'number' }, '100000000000000000000', 1e20],
  ['number: JSON', { type: 'number' }, 12.5, 12.5],
  ['number: a JSON boolean', { type: 'number' }, true, 'ERR_NUMBER'],
  ['decimal comma', COMMA, '12,5', 12.5],
  ['decimal comma: a point', COMMA, '12.5', 'ERR_NUMBER'],

  ['boolean: yes', { type: 'boolean', ...BOOLEANS }, 'YES', true],
  ['boolean: False', { type: 'boolean', ...BOOLEANS }, 'False', false],
  ['boolean: n', { type: 'boolean', ...BOOLEANS }, 'n', false],
  ['boolean: JSON', { type: 'boolean', ...BOOLEANS }, false, false],
  ['boolean: JSON 1', { type: 'boolean', ...BOOLEANS }, 1, true],
  ['boolean: 2', { type: 'boolean', ...BOOLEANS }, '2', 'ERR_BOOLEAN'],
  ['boolean: own words', JA_NEIN, 'Ja', true],
  ['boolean: own words replace the others', JA_NEIN, 'yes', 'ERR_BOOLEAN'],
  ['boolean: a JSON boolean needs no words', JA_NEIN, true, true],

  ['date', { type: 'date' }, '2026-11-22', '2026-11-22'],
  ['date: of a time with an offset', { type: 'date' }, '1980-05-01T00:00:00+02:00', '1980-05-01'],
  ['date: late in the day', { type: 'date' }, '2026-11-22T23:30:00-05:00', '2026-11-22'],
  ['date: of a time in UTC', { type: 'date' }, '2026-11-22T23:30:00Z', '2026-11-22'],
  [
    'date: a format with an offset',
    { type: 'date', format: 'dd.MM.yyyy HH:mm XXX' },
    '01.05.1980 00:00 +02:00',
    '1980-05-01',
  ],
  ['date: in UTC', { type: 'date', zone: 'UTC' }, '2026-11-22T23:30:00-05:00', '2026-11-23'],
  ['date: without an offset in a zone', { type: 'date', zone: 'Asia/Tokyo' }, '2026-11-22', '2026-11-22'],
  ['date: in a zone', { type: 'date', zone: 'America/New_York' }, '2026-11-23T04:30:00Z', '2026-11-22'],
  ['date: 29 February', { type: 'date' }, '2024-02-29', '2024-02-29'],
  ['date: 29 February of another year', { type: 'date' }, '2026-02-29', 'ERR_DATE'],
  ['date: not ISO', { type: 'date' }, '22/11/2026', 'ERR_DATE'],
  ['date: a format', DOTTED, '22/11/2026', '2026-11-22'],
  ['date: all digits are required', DOTTED, '2/1/2026', 'ERR_DATE'],
  ['date: month and day swapped', DOTTED, '11/22/2026', 'ERR_DATE'],
  ['date: a number', { type: 'date' }, 46000, 'ERR_DATE'],
  ['date: a number with a format', { type: 'date', format: 'yyyyMMdd' }, 20261122, '2026-11-22'],

  ['timestamp: UTC', { type: 'timestamp' }, '2026-11-22T02:00:00Z', 1795312800],
  ['timestamp: no offset, UTC', { type: 'timestamp' }, '2026-11-22 02:00', 1795312800],
  ['timestamp: an offset', { type: 'timestamp' }, '2026-11-22T03:00:00+01:00', 1795312800],
  ['timestamp: a zone', BERLIN, '2026-11-22T03:00:00', 1795312800],
  ['timestamp: an hour that does not exist', BERLIN, '2026-03-29T02:30:00', 'ERR_DATE'],
  ['timestamp: an hour that exists twice', BERLIN, '2026-10-25T02:30:00', 'ERR_DATE'],
  ['timestamp: an offset settles it', BERLIN, '2026-10-25T02:30:00+01:00', 1792891800],
  ['timestamp: the year 99 is not 1999', { type: 'timestamp' }, '0099-01-01', -59042995200],
  ['timestamp: unix seconds', { type: 'timestamp' }, 1721793451, 1721793451],
  ['timestamp: unix seconds as a text', { type: 'timestamp' }, '1721793451', 1721793451],
  ['timestamp: milliseconds', { type: 'timestamp' }, 1721793451000, 'ERR_DATE'],
  ['timestamp: milliseconds as a text', { type: 'timestamp' }, '1721793451000', 'ERR_DATE'],

  ['phone', { type: 'phone' }, '+1 (415) 555-2671', '+14155552671'],
  ['phone: a country', { type: 'phone', country: 'US' }, '(415) 555-2671', '+14155552671'],
  ['phone: plus wins over the country', { type: 'phone', country: 'US' }, '+43 664 1234567', '+436641234567'],
  ['phone: no country', { type: 'phone' }, '(415) 555-2671', 'ERR_PHONE'],
  ['phone: scientific', { type: 'phone', country: 'US' }, '1.41556E+10', 'ERR_PHONE'],
  ['phone: an extension', { type: 'phone' }, '+43 664 1234567 ext 5', 'ERR_PHONE'],
  ['phone: too short', { type: 'phone' }, '+1415555', 'ERR_PHONE'],
  ['phone: a word before it', { type: 'phone', country: 'US' }, 'call 415 555 2671', 'ERR_PHONE'],
  ['phone: the apostrophe of a spreadsheet', { type: 'phone' }, "'+14155552671", '+14155552671'],
  ['phone: a JSON number', { type: 'phone', country: 'US' }, 4155552671, '+14155552671'],

  ['email', { type: 'email' }, ' Anna@Example.com ', 'Anna@Example.com'],
  ['email: a@b passes', { type: 'email' }, 'a@b', 'a@b'],
  ['email: no @', { type: 'email' }, 'anna.example.com', 'ERR_EMAIL'],
  ['email: two', { type: 'email' }, 'a@b.c;d@e.f', 'ERR_EMAIL'],
  ['email: a link', { type: 'email' }, 'mailto:zoe@x.com', 'zoe@x.com'],
  ['email: a link with slashes', { type: 'email' }, 'mailto://zoe@x.com', 'zoe@x.com'],
  ['email: decomposed letters', { type: 'email' }, 'zoe\u0301@exa\u0308mple.com', 'zoé@exämple.com'],
  ['email: composed letters', { type: 'email' }, 'zoé@exämple.com', 'zoé@exämple.com'],
  ['email: a wide domain', { type: 'email' }, 'zoe@ｘ．ｃｏｍ', 'zoe@x.com'],
  ['email: wide throughout', { type: 'email' }, 'ｚｏｅ．ａ＠ｘ。ｃｏｍ', 'zoe.a@x.com'],
  ['email: a ligature in the domain', { type: 'email' }, 'zoe@of\ufb01ce.com', 'zoe@office.com'],
  ['email: a domain in another script', { type: 'email' }, 'ज@उदाहरण.भारत', 'ज@उदाहरण.भारत'],
  ['email: an underscore at the end', { type: 'email' }, 'x@example.com_', 'ERR_EMAIL'],
  ['email: a hyphen at the end', { type: 'email' }, 'x@example.com-', 'ERR_EMAIL'],
  ['email: a hyphen at the end of a label', { type: 'email' }, 'x@example-.com', 'ERR_EMAIL'],
  ['email: a hyphen at the start', { type: 'email' }, 'x@-example.com', 'ERR_EMAIL'],
  ['email: a hyphen at the end of other letters', { type: 'email' }, 'x@exämple.de-', 'ERR_EMAIL'],
  ['email: hyphens within', { type: 'email' }, 'x@my--mail-1.example_a.com', 'x@my--mail-1.example_a.com'],
  ['email: an equals sign begins it', { type: 'email' }, '=zoe@x.com', '=zoe@x.com'],
  ['email: a bar begins it', { type: 'email' }, '|zoe@x.com', '|zoe@x.com'],
  ['email: white space inside', { type: 'email' }, 'anna @example.com', 'ERR_EMAIL'],

  ['url', { type: 'url' }, 'https://example.com/a?b', 'https://example.com/a?b'],
  ['url: no scheme', { type: 'url' }, 'example.com', 'ERR_URL'],
  ['url: another scheme', { type: 'url' }, 'javascript:alert(1)', 'ERR_URL'],

  ['json', { type: 'json' }, '{"a":[1,"x"]}', { a: [1, 'x'] }],
  ['json: a bare word', { type: 'json' }, 'gold', 'ERR_JSON'],
  ['json: more digits than survive', { type: 'json' }, '[12345678901234567890]', 'ERR_NUMBER'],
  [
    'json: digits in a text',
    { type: 'json' },
    '["12345678901234567890 \\" 1e999"]',
    ['12345678901234567890 " 1e999'],
  ],
  ['json: NUL behind an escape', { type: 'json' }, '["a\\u0000"]', 'ERR_CHARACTER'],
  ['json: nested beyond reason', { type: 'json' }, `${'['.repeat(5000)}${']'.repeat(5000)}`, 'ERR_JSON'],

  ['list', { type: 'list', separator: ',' }, 'a, b,,c ', ['a', 'b', 'c']],
  ['list: another separator', { type: 'list', separator: '|' }, 'a,b|c', ['a,b', 'c']],
  ['list: nothing in it', { type: 'list', separator: ',' }, ' , ', 'ERR_VALUE'],
  ['list: JSON', { type: 'list', separator: ',' }, ['a', 1], ['a', 1]],
  ['list: a JSON number', { type: 'list', separator: ',' }, 5, 'ERR_VALUE'],
])('%s', async (_, reading, value, result) => {
  expect(await coerce(reading, value)).toEqual(result);
});

test.each<[string, string, unknown]>([
  ['255 characters fit', 'ä'.repeat(255), 'ä'.repeat(255)],
  ['256 do not', 'ä'.repeat(256), 'ERR_TOO_LONG'],
  ['a character outside the basic plane counts once', '😀'.repeat(255), '😀'.repeat(255)],
  ['and 256 of them are too long', '😀'.repeat(256), 'ERR_TOO_LONG'],
])('a string column: %s', async (_, cell, result) => {
  expect(await coerce({ type: 'string' }, cell, 'name')).toBe(result);
});

test('an attribute has no such limit', async () => {
  expect(await coerce({ type: 'string' }, 'x'.repeat(5000))).toHaveLength(5000);
});

test.each([
  ['1.5E+10', 'ERR_SCIENTIFIC'],
  ['1E+10', 'ERR_SCIENTIFIC'],
  ['12e5', '12e5'],
  ['crm-1', 'crm-1'],
  ["'K-1", 'K-1'],
  ["'0815", '0815'],
  ["'1.5E+10", 'ERR_SCIENTIFIC'],
  ["''", "'"],
  ["'", "'"],
  ["O'Brien", "O'Brien"],
])('the identifier %s', async (cell, result) => {
  expect(await coerce({ type: 'string' }, cell, 'identifier')).toBe(result);
});

test('an apostrophe that is text stays', async () => {
  expect(await coerce({ type: 'string' }, "'s-Hertogenbosch", 'name')).toBe("'s-Hertogenbosch");
});

test('only the identifier minds scientific notation', async () => {
  expect(await coerce({ type: 'string' }, '1E+10', 'name')).toBe('1E+10');
});

test('a country without phone numbers is an error of the mapping', async () => {
  await expect(coerce({ type: 'phone', country: 'AN' }, '1')).rejects.toThrow(/"AN" is not a country/);
});

test('a number survives JSON exactly when its shortest form is the same number', () => {
  expect(survivesJson('0.1')).toBe(true);
  expect(survivesJson('1e400')).toBe(false);
  expect(survivesJson('1.000e+2')).toBe(true);
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
      expect(survivesJson(JSON.stringify(number))).toBe(true);
    }),
  );
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 40n }), (integer) => {
      expect(survivesJson(String(integer))).toBe(BigInt(Number(integer)) === integer || roundsBack(integer));
    }),
  );
});

// 10^23 is no double, but JSON writes the nearest one as 1e+23 and so gives every digit back
const roundsBack = (integer: bigint) =>
  BigInt(Number(integer)) !== integer && survives21(String(Number(integer)), String(integer));
function survives21(written: string, digits: string): boolean {
  const [mantissa = '', power = '0'] = written.split('e+');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return (whole + fraction).padEnd(whole.length + Number(power), '0') === digits;
}

test('whatever a text holds, each type gives a value that JSON carries, or a fault', async () => {
  const types = [
    'string',
    'integer',
    'number',
    'date',
    'timestamp',
    'phone',
    'email',
    'url',
    'json',
    'list',
  ] as const;
  for (const type of types) {
    const coercer = await coercerFor({ type }, { kind: 'custom', key: 'x' }, undefined);
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.date({ noInvalidDate: true }).map(String)),
        (text) => {
          const value = coercer.text(text);
          if (!(value instanceof CellFault)) expect(JSON.parse(JSON.stringify(value))).toEqual(value);
        },
      ),
    );
  }
});
