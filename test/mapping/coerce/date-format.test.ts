import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readDateFormat, readIsoDate } from '../../../src/mapping/coerce/date-format.ts';

test.each([
  ['dd/mm/yyyy', 'the format of a date needs MM. mm are minutes, MM is the month.'],
  ['DD/MM/YYYY', '"DD" is not part of a date format (yyyy MM dd HH mm ss XXX). Write dd.'],
  ['d.M.yyyy', '"d" is not part of a date format (yyyy MM dd HH mm ss XXX). Write dd.'],
  ['yyyy-MM-ddTHH:mm:ssZ', '"Z" is not part of a date format (yyyy MM dd HH mm ss XXX). Write XXX.'],
  ['yyyy-MM-dd o', `"o" is not part of a date format (yyyy MM dd HH mm ss XXX). Put letters in quotes: 'o'.`],
  ['yyyy-MM', 'the format of a date needs dd.'],
  ['yyyy-MM-dd yyyy', 'yyyy stands twice in the format.'],
  ['yyyy-MM-dd mm', 'mm are minutes: the format has no HH before them. MM is the month.'],
  ['yyyy-MM-dd HH ss', 'ss are seconds: the format has no mm before them.'],
])('the format %s is refused', (format, message) => {
  expect(readDateFormat(format, 'date')).toBe(message);
});

test.each([
  ['yyyyMMddHHmmss', '20261122020304', { year: 2026, month: 11, day: 22, hour: 2, minute: 3, second: 4 }],
  ["dd.MM.yyyy 'um' HH:mm", '22.11.2026 um 02:03', { day: 22, hour: 2, minute: 3, second: 0 }],
  ['(yyyy) [MM] dd*', '(2026) [11] 22*', { year: 2026, month: 11, day: 22 }],
  ['yyyy-MM-ddTHH:mm:ssXXX', '2026-11-22T02:03:04-05:30', { hour: 2, offset: -330 }],
  ['yyyy-MM-ddTHH:mm:ssXXX', '2026-11-22T02:03:04Z', { offset: 0 }],
])('%s reads %s', (format, text, parts) => {
  const read = readDateFormat(format, 'timestamp');
  expect(typeof read === 'string' ? read : read(text)).toMatchObject(parts);
});

test.each([
  '2026-11-22T24:00',
  '2026-11-22T23:60',
  '2026-11-22T23:59:60',
  '2026-13-01',
  '2026-00-01',
  '2026-04-31',
  '0000-01-01',
  '1900-02-29',
  '2026-11-22T02:00+19:00',
  '2026-11-22T02:00+01:60',
  '2026-11-22T',
  '2026-W47',
  '20261122',
  '2026-11-22T02:00:00.',
  '+2026-11-22',
])('%s is no date', (text) => {
  expect(readIsoDate(text)).toBeUndefined();
});

test('every instant that JavaScript writes is read', () => {
  const range = { min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true };
  fc.assert(
    fc.property(fc.date(range), (date) => {
      expect(readIsoDate(date.toISOString())).toMatchObject({
        year: date.getUTCFullYear(),
        day: date.getUTCDate(),
        offset: 0,
      });
    }),
  );
});
