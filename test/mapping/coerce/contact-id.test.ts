import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InexactNumber } from '../../../src/core/types.ts';
import { ContactIdReader } from '../../../src/mapping/coerce/contact-id.ts';
import { CellFault } from '../../../src/mapping/coerce/fault.ts';

const read = (value: unknown) => {
  const id = new ContactIdReader().read(value);
  return id instanceof CellFault ? id.reason.split(/[,:.]/)[0] : id;
};

test.each<[unknown, number]>([
  ['318763', 318763],
  ['  318763 ', 318763],
  ["'318763", 318763],
  ['318763.0', 318763],
  ['318763.00', 318763],
  ['17629000001207', 17629000001207],
  ['9007199254740991', Number.MAX_SAFE_INTEGER],
  [318763, 318763],
])('%j is the id %j', (cell, id) => {
  expect(read(cell)).toBe(id);
});

test.each<[unknown, string]>([
  ['', 'is empty'],
  ["'", 'is empty'],
  [undefined, 'is empty'],
  [null, 'is empty'],
  ['3.18763E+05', 'is in scientific notation'],
  ['3,18763E+05', 'is in scientific notation'],
  ['1e5', 'is in scientific notation'],
  ['-5', 'has a sign'],
  ['+5', 'has a sign'],
  ['−5', 'has a sign'],
  ['318,763', 'has separators between its digits'],
  ['318.763', 'has separators between its digits'],
  ['318 763', 'has separators between its digits'],
  ['318_763', 'has separators between its digits'],
  ['318763,0', 'has separators between its digits'],
  ['３１８', 'is written with digits other than 0-9'],
  ['٣١٨', 'is written with digits other than 0-9'],
  ['007', 'begins with a zero'],
  ['0', 'begins with a zero'],
  ['9007199254740992', 'is larger than a contact id can be (2^53 - 1)'],
  ['318\u200B763', 'holds an invisible character'],
  ['C-318763', 'is not a contact id'],
  ["''318763", 'is not a contact id'],
  [1.5, 'is not a whole number above zero'],
  [0, 'is not a whole number above zero'],
  [Number.NaN, 'is not a whole number above zero'],
  [1e300, 'is larger than a contact id can be (2^53 - 1)'],
  [new InexactNumber('9007199254740993'), 'is larger than a contact id can be (2^53 - 1)'],
  [true, 'is neither a number nor a text of digits'],
  [[5], 'is neither a number nor a text of digits'],
])('%j is refused: %s', (cell, reason) => {
  expect(read(cell)).toBe(reason);
});

test('every safe integer above zero is read as itself, as a number and as a text', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (id) => {
      expect(read(id)).toBe(id);
      expect(read(String(id))).toBe(id);
    }),
  );
});

test('no cell makes the reader throw, and what it takes is a safe integer', () => {
  fc.assert(
    fc.property(fc.anything(), (cell) => {
      const id = new ContactIdReader().read(cell);
      expect(id instanceof CellFault || (Number.isSafeInteger(id) && id > 0)).toBe(true);
    }),
  );
});

test('ids written with a decimal zero are counted', () => {
  const ids = new ContactIdReader();
  for (const cell of ['1.0', '2', '3.0', '4.5']) ids.read(cell);
  expect(ids.decimals).toBe(2);
});
