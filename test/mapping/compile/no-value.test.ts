import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isMojibake, isNoValue, isOrdinary, isRounded } from '../../../src/mapping/compile/no-value.ts';

test.each([
  ['Contact 17', true],
  ['2027-02-15', true],
  ['', false],
  [' x', false],
  ['null', false],
  ['#N/A', false],
  ['None', false],
  ['0000-00-00', false],
  ['none', false],
  ['none ', false],
  ['{{first_name}}', false],
  ['nobody', true],
  ['Infinite', true],
  ['0815', true],
  ['1900-01-01', true],
  ['4.91763E+11', false],
  ['JÃ¶rg', false],
])('%j is plainly ordinary: %s', (cell, is) => expect(isOrdinary(cell)).toBe(is));

test.each([
  ...['NaT', 'none', 'NONE', 'None', 'Infinity', '-Infinity', 'inf', '-inf', 'Invalid date', 'Invalid Date'],
  ...[
    '0000-00-00',
    '0000-00-00 00:00:00',
    '1900-01-00',
    '(blank)',
    '<nil>',
    '[object Object]',
    '(en blanco)',
  ],
  ...['#CALC!', '#ERROR!', '#N/D!', '#N/D', '#ADR!', '#ARG!', '#LICZBA!', '#NAZWA?', '#DZIEL/0!'],
  ...['#RIF!', '#VALORE!', '#NOME?', '#VERW!', '#WAARDE!', '#NAAM?', '#GETAL!', '#DEEL/0!', '#N/B'],
  ...['#Н/Д', '#ССЫЛКА!', '#ЗНАЧ!', '#ИМЯ?', '#ЧИСЛО!', '#ДЕЛ/0!', '#N/A N/A', '\\N', '—'],
  ...['{{first_name}}', '{{ contact.email }}', `\${name}`, '*|FNAME|*'],
])('%s stands for no value', (cell) => {
  expect(isNoValue(cell)).toBe(true);
  expect(isOrdinary(cell)).toBe(false);
});

test.each([
  ...[
    '0',
    '1',
    '00',
    '1900-01-01',
    '2000-00-00x',
    'Nonesuch',
    'information',
    'Nathan',
    'Blank',
    '#1',
    '#VIP',
  ],
  ...['{{', '{}', '{{}}', '{{a}} b', '${', '$5', '*', '**', '(blanks)', 'on', ''],
])('%s is a value', (cell) => expect(isNoValue(cell)).toBe(false));

test('what is ordinary is neither empty nor anything that is looked for', () => {
  const part = fc.constantFrom(
    ...'#N/A()[]<>-{}$*|',
    '0000-00-00',
    'none',
    'inf',
    'null',
    'nan',
    'Ã',
    '¶',
    '1.5E',
    '+12',
    '9',
    '.',
    ',',
    ' ',
    'a',
    'é',
  );
  const cell = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(cell, (text) => {
      const trimmed = text.trim();
      const isFound = trimmed === '' || isNoValue(trimmed) || isMojibake(trimmed) || isRounded(trimmed);
      expect(isOrdinary(text) && isFound).toBe(false);
    }),
    { numRuns: 2_000 },
  );
});
