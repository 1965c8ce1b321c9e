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

const SEVERAL = 'more than one number';

test.each([
  ['DE', '030 901820/21', SEVERAL],
  ['DE', '030 901820 ~ 25', SEVERAL],
  ['DE', '030 901820/901821', SEVERAL],
  ['DE', '030 9018\n030 9019', SEVERAL],
  ['DE', '030 90 18 20 / 21', SEVERAL],
  ['DE', '(030) 901820 (21)', SEVERAL],
  ['DE', '0171-1234567/8', SEVERAL],
  ['DE', '+33 1 23 45 67 80 / 81', SEVERAL],
  ['DE', '+1 212 555 0100/01', SEVERAL],
  ['US', '212 555 0100/01', SEVERAL],
  ['JP', '03-1234-5678〜9', SEVERAL],
  ['DE', '+298 123456 / 123457', 'is not a phone number'],
  ['DE', '+298 201234 / 201235', SEVERAL],
  ['DE', '+1 415 555 2671 2672', 'is not a phone number'],
  ['DE', '+1.4155552672.5', SEVERAL],
  ['DE', '4930901841.5', SEVERAL],
  ['DE', '+4930901841.125', SEVERAL],
])('two numbers or a range are no third number: in %s %j', (country, text, reason) => {
  const value = reader(false)(text, country);
  expect(value).toBeInstanceOf(CellFault);
  expect((value as CellFault).reason).toContain(reason);
});

test.each([
  ['DE', '0171/1234567', '+491711234567'],
  ['DE', '0171 / 123 45 67', '+491711234567'],
  ['DE', '0049171/1234567', '+491711234567'],
  ['DE', '0049/171/1234567', '+491711234567'],
  ['DE', '0049171.1234567', '+491711234567'],
  ['DE', '+49 (0) 30/901820-21', '+493090182021'],
  ['DE', '+49\n30 901820', '+4930901820'],
  ['DE', '4930901841.0', '+4930901841'],
  ['AT', '05574/4951', '+4355744951'],
  ['FR', '01/23/45/67/89', '+33123456789'],
  ['BE', '0475/12/34/56', '+32475123456'],
  ['BE', '02/512.34.56', '+3225123456'],
  ['SE', '031/12 34 56', '+4631123456'],
  ['US', '+1.4155552672', '+14155552672'],
  ['US', '(415)/555-2672', '+14155552672'],
])('a slash after an area code or between pairs parts no numbers: in %s %j', (country, text, number) => {
  expect(reader(false)(text, country)).toBe(number);
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
  // longer than the plan of the country, shorter than a number can be
  expect(read('+141555526712', 'DE')).toBeInstanceOf(CellFault);
});
