import { expect, test } from 'vitest';
import { namedValues } from '../../../src/client/answer/row-values.ts';
import { InexactNumber, type Patch, type Row } from '../../../src/core/types.ts';

const PLACE = { input: 0, row: 1, line: 2 };

function patchOf(body: Patch['body']): Patch {
  return { contactId: 7, body, fields: [], complete: false };
}
function valuesOf(row: Row, columns: readonly string[], body: Patch['body']): [string, string][] {
  return [...namedValues(row, columns, patchOf(body))].map(([name, value]) => [name, value]);
}

test('what was sent comes first, under its path; then the cells, under their columns', () => {
  const row: Row = { ...PLACE, record: ['7', ' Anna ', '(030) 123', '', 'x'] };
  const body = {
    name: 'Anna',
    blocked: true,
    phone_number: null,
    custom_attributes: { score: 42, tags: ['vip', 'y'], small: 5 },
    additional_attributes: { social_profiles: { github: 'anna' } },
  };
  expect(valuesOf(row, ['id', 'First name', 'Phone'], body)).toEqual([
    ['name', 'Anna'],
    ['custom_attributes.score', '42'],
    ['custom_attributes.tags.0', 'vip'],
    ['additional_attributes.social_profiles.github', 'anna'],
    ['First name', 'Anna'],
    ['Phone', '(030) 123'],
  ]);
});

test('a cell beyond the columns has a name, too', () => {
  expect(valuesOf({ ...PLACE, record: ['10', 'Anna'] }, ['id'], {})).toEqual([
    ['id', '10'],
    ['value', 'Anna'],
  ]);
});

test('JSONL: every leaf, and inexact numbers as they are written', () => {
  const record = {
    id: 318763,
    person: { name: 'Anna', ok: false, none: null },
    big: new InexactNumber('12345678901234567890'),
    absent: undefined,
  };
  expect(valuesOf({ ...PLACE, record, text: '' }, [], {})).toEqual([
    ['id', '318763'],
    ['person.name', 'Anna'],
    ['big', '12345678901234567890'],
  ]);
});

test('however long', () => {
  const long = 'x'.repeat(100_000);
  expect(valuesOf({ ...PLACE, record: [long] }, ['note'], {})).toEqual([['note', long]]);
});
