import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type NamedValue, redactApiError, redactText, WITHHELD } from '../../../src/client/answer/redact.ts';

describe('redactText', () => {
  test.each<[what: string, text: string, values: readonly NamedValue[], redacted: string]>([
    ['a value', 'Anna has been taken', [['name', 'Anna']], '<name> has been taken'],
    ['any case', 'ANNA MÜLLER is', [['name', 'Anna Müller']], '<name> is'],
    ['any spacing', 'Anna \n  Müller is', [['name', 'Anna  Müller']], '<name> is'],
    ['inside a word', 'xgolden', [['tier', 'golden']], 'x<tier>'],
    ['a short one as a word only', 'DE in DEFER', [['country', 'de']], '<country> in DEFER'],
    [
      'the longest first',
      'Anna Müller',
      [
        ['first_name', 'Anna'],
        ['name', 'Anna Müller'],
      ],
      '<name>',
    ],
    [
      'overlapping ones whole',
      'abcdefgh!',
      [
        ['a', 'abcdef'],
        ['b', 'efgh'],
      ],
      '<a>!',
    ],
    ['a name that is a value too', 'email', [['channel', 'email']], '<channel>'],
    ['signs of a pattern', 'a.*b (x', [['note', 'a.*b (x']], '<note>'],
    ['a JSON text', '{"n":"O\\"Brien"}', [['name', 'O"Brien']], '{"n":"<name>"}'],
    ['an HTML text', 'O&#39;Brien &amp; Co', [['name', "O'Brien & Co"]], '<name>'],
    ['a URL', '/q=a%26b%20c', [['name', 'a&b c']], '/q=<name>'],
    ['JSON in a URL', 'b=%7B%22n%22%3A%22O%5C%22Bri%C3%ABn%22%7D', [['name', 'O"Briën']], 'b={"n":"<name>"}'],
    ['a form of a browser', 'n=O%27Brien+%26+Co', [['name', "O'Brien & Co"]], 'n=<name>'],
    ['ASCII in HTML', '&#x4a;\\u00f6rg &eacute;', [['name', 'Jörg']], '<name> &eacute;'],
    ['letters in two parts', 'Jo\u0308rg', [['name', 'Jörg']], '<name>'],
    ['escapes that belong to the value', 'x a%41\\n', [['note', 'a%41\\n']], 'x <note>'],
    ['an address of nobody we know', 'to bob@example.com!', [], 'to <email>'],
    ['a number of nobody we know', 'call +1 (555) 123-4567.', [], 'call <number>.'],
    [
      'nothing else',
      'Email has already been taken',
      [['email', 'a@b.example']],
      'Email has already been taken',
    ],
    ['an empty value', 'text', [['note', ' ']], 'text'],
    ['a lone surrogate', 'x', [['note', '\uD800']], 'x'],
  ])('%s', (_what, text, values, redacted) => {
    expect(redactText(text, values)).toBe(redacted);
  });

  test('cuts to 300 characters, after it replaced', () => {
    const text = `${'x'.repeat(295)} Annabella`;
    expect(redactText(text, [])).toHaveLength(300);
    expect(redactText(text, [['name', 'Annabella']])).toMatch(/x <na…$/);
  });

  test('finds a long value that the text cuts short', () => {
    const note = 'Prefers to be called in the morning, lives with two cats and a dog named Rex';
    const said = `Note is too long: "${note.slice(0, 50)}..."`;
    expect(redactText(said, [['note', note]])).toBe('Note is too long: "<note>..."');
    expect(redactText(`${note}.`, [['note', note]])).toBe('<note>.');
  });

  test('a text too long to look through leaves no half value at its end', () => {
    const value = 'Annabella Müller';
    const text = `${' '.repeat(16 * 1024 - 8)}${value}`;
    expect(redactText(text, [['name', value]])).toBe('');
  });

  test('a value of a megabyte is no trouble', () => {
    const value = 'long '.repeat(200_000);
    expect(redactText(`no: ${value}`, [['note', value]])).toMatch(/^no: <note>/);
  });
});

test('a text that shares no word with the row stays, its short values replaced', () => {
  const api = { status: 422, text: 'Li and DE: Email has already been taken, call +49 151 12345678' };
  const values: NamedValue[] = [
    ['name', 'Li'],
    ['country', 'de'],
  ];
  expect(redactApiError(api, values).text).toBe(
    '<name> and <country>: Email has already been taken, call <number>',
  );
});

test.each([
  ['a word of a longer value', 'Mustermann is known'],
  ['in any case, without accents', 'MUSTERMANN'],
  ['encoded', '%4Dustermann'],
  ['split by what nobody sees', 'Muster\u200Bmann'],
  ['after 300 characters', `${'x '.repeat(200)} Mustermann`],
])('a text is withheld whole that quotes %s', (_what, text) => {
  const { text: told } = redactApiError({ status: 422, text }, [['name', 'Erika Müstermann-Weiß']]);
  expect(told).toBe(WITHHELD);
});

test('what was escaped steers no terminal either', () => {
  const text = 'bad %1B[2J &#x9b;31m \\u001b]0;title\\u0007 value';
  expect(redactText(text, [])).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

test('redactApiError keeps what is no value, and only that', () => {
  const values: NamedValue[] = [
    ['email', 'anna@example.com'],
    ['Channel', 'phone_number'],
  ];
  const api = {
    status: 422,
    code: 'taken: anna@example.com',
    attributes: ['email', 'identifier', 'anna@example.com'],
    text: 'anna@example.com has been taken',
  };
  expect(redactApiError(api, values)).toEqual({
    status: 422,
    code: 'taken: <email>',
    attributes: ['email', 'identifier', '<email>'],
    text: WITHHELD,
  });
  expect(redactApiError({ status: 0, code: 'ECONNRESET' }, [['note', 'reset']])).toEqual({
    status: 0,
    code: 'ECONNRESET',
  });
  expect(redactApiError({ status: 400, code: '100301' }, [['n', '100301']]).code).toBe('100301');
});

test('law: no value of the row survives in any text', () => {
  const letters = fc.string({ unit: fc.constantFrom(...'abcÄéß0159@. "&\\/-'), minLength: 2, maxLength: 90 });
  const value = letters.map((text) => text.trim()).filter((text) => text.length >= 4);
  const fold = (text: string): string => text.replace(/\s+/g, ' ').toLowerCase();
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 6 }),
      fc.array(fc.oneof(fc.nat(5), fc.string({ maxLength: 12 })), { maxLength: 12 }),
      (values, parts) => {
        const text = parts.map((part) => (typeof part === 'number' ? (values[part] ?? '') : part)).join('|');
        const named = values.map((one, i): NamedValue => [`FIELD_${'XYZUVW'[i]}`, one]);
        const rest = redactText(text, named).replace(/<[a-zA-Z_]+>|<[a-zA-Z_]*…$/g, '\u0000');
        for (const one of values) expect(fold(rest)).not.toContain(fold(one));
      },
    ),
    { numRuns: 500 },
  );
});
