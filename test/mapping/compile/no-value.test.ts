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
  ['4.91763E+11', false],
  ['JÃ¶rg', false],
])('%j is plainly ordinary: %s', (cell, is) => expect(isOrdinary(cell)).toBe(is));

test('what is ordinary is neither empty nor anything that is looked for', () => {
  const part = fc.constantFrom(
    ...'#N/A()[]<>-',
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
