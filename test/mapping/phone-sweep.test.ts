import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  countReadings,
  type Phone,
  randomPhones,
  SPELLINGS,
  WITH_EXTENSION,
} from '../../scripts/sweeps/phone-spellings.mjs';
import { CellFault } from '../../src/mapping/coerce/fault.ts';
import { coercePhone } from '../../src/mapping/coerce/phone.ts';
import { fixture } from '../helpers/fixture.ts';

const EXAMPLES: readonly Phone[] = JSON.parse(readFileSync(fixture('phones/examples.json'), 'utf8'));

function reader(strict: boolean) {
  const coercers = new Map<string, ReturnType<typeof coercePhone>>();
  return (text: string, country: string) => {
    const coerce = coercers.get(country) ?? coercePhone({ country, strict }, undefined);
    coercers.set(country, coerce);
    return coerce.text(text);
  };
}

function numberOr(read: ReturnType<typeof reader>) {
  return (text: string, country: string) => {
    const value = read(text, country);
    return typeof value === 'string' ? value : undefined;
  };
}

// `node scripts/phone-sweep.mjs` goes through many more
test.each([false, true])(
  'every spelling of every country’s examples is its number or is refused, strict: %s',
  (strict) => {
    const { table, wrong } = countReadings(EXAMPLES, numberOr(reader(strict)));
    expect(wrong).toEqual([]);
    expect(Object.keys(table).sort()).toEqual(Object.keys(SPELLINGS).sort());
    const refused = Object.values(table).reduce((sum, counts) => sum + counts.refused, 0);
    expect(refused).toBeLessThanOrEqual(strict ? 105 : 25);
    expect(table['E.164']).toMatchObject({ right: EXAMPLES.length, refused: 0 });
  },
);

test('no random number is read as another', () => {
  const { wrong, table } = countReadings(randomPhones(2, 20_261_128), numberOr(reader(false)));
  expect(wrong).toEqual([]);
  expect(table['national']?.right).toBeGreaterThan(800);
});

test('an extension is told from the number, and refused as what it is', () => {
  const read = reader(false);
  for (const phone of EXAMPLES) {
    const value = read(WITH_EXTENSION(phone), phone.country);
    const without = read(WITH_EXTENSION(phone).replace(' ext. 12', ''), phone.country);
    expect(value).toBeInstanceOf(CellFault);
    if (!(without instanceof CellFault)) expect((value as CellFault).reason).toContain('has an extension');
  }
});

test.each([
  ['two numbers', '030 901820, 030 901821'],
  ['two numbers without blanks', '030901820,030901821'],
  ['two with plus', '+4930901820/+4930901821'],
  ['a minus', '-4930901820'],
  ['a plus within', '0049+30901820'],
  ['words', 'Tel. 030 901820'],
  ['letters for digits', '0800 FLOWERS'],
  ['a note', '030 901820 (home)'],
  ['nothing but punctuation', '( ) -'],
  ['a trunk zero alone', '(0)'],
])('%s is no number', (_what, text) => {
  expect(reader(false)(text, 'DE')).toBeInstanceOf(CellFault);
});

test.each([
  ['DE', '4915123456789', '+49 1512… or +49 4915…'],
  ['KH', '00855 91 234 567', undefined],
  ['CH', '14155552671', 'meant as +1 4155…'],
])('what is refused in %s is named by its beginning: %s', (country, text, named) => {
  const value = reader(false)(text, country);
  if (named === undefined) return expect(value).toBe('+85591234567');
  expect((value as CellFault).reason).toContain(named);
  expect((value as CellFault).reason).not.toContain(text.slice(-6));
});

test('strict refuses what could be a number of another country', () => {
  expect(reader(false)('3212345678', 'US')).toBe('+13212345678');
  expect((reader(true)('3212345678', 'US') as CellFault).reason).toContain('could be +1 3212… or +32 1234…');
  expect(reader(true)('+14155552671', 'US')).toBe('+14155552671');
});

test('a number with plus is taken at its word, and no further', () => {
  const read = reader(false);
  expect(read('+5215512345678', 'DE')).toBe('+5215512345678');
  expect(read('+1415555', 'DE')).toBeInstanceOf(CellFault);
  expect(read('+999123456789', 'DE')).toBeInstanceOf(CellFault);
  expect(read('+491511234567890123', 'DE')).toBeInstanceOf(CellFault);
});
