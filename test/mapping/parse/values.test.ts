import { expect, test } from 'vitest';
import { gist, mapCsv, mapJson } from '../helpers.ts';

const TIER = 'custom_attributes.t: { column: T, values: { G: gold, 1: first, off: false, gone: null }';

test.each<[string, string, string, unknown]>([
  ['a listed cell', `${TIER} }`, ' G ', { custom_attributes: { t: 'gold' } }],
  ['a number as a key', `${TIER} }`, '1', { custom_attributes: { t: 'first' } }],
  ['a value of another kind', `${TIER} }`, 'off', { custom_attributes: { t: false } }],
  ['null clears', `${TIER} }`, 'gone', { custom_attributes: { t: null } }],
  [
    'null clears an additional attribute with a text',
    'additional_attributes.t: { column: T, values: { gone: null } }',
    'gone',
    { additional_attributes: { t: '' } },
  ],
  ['the case counts', `${TIER} }`, 'g', 'ERR_VALUE'],
  ['an empty cell follows empty:', `${TIER} }`, '', 'empty'],
  ['otherwise: keep', `${TIER}, otherwise: keep }`, 'x', 'empty'],
  ['otherwise: send', `${TIER}, otherwise: send }`, 'x', { custom_attributes: { t: 'x' } }],
  ['otherwise: send goes through the type', `${TIER}, otherwise: send, type: integer }`, 'x', 'ERR_NUMBER'],
  ['otherwise: a value', `${TIER}, otherwise: { value: none } }`, 'x', { custom_attributes: { t: 'none' } }],
  [
    'blocked by a word',
    'blocked: { column: T, values: { churned: true, active: false } }',
    'churned',
    { blocked: true },
  ],
])('%s', async (_, fields, cell, result) => {
  expect(gist(await mapCsv(fields, { T: cell }))).toEqual(result);
});

test.each<[string, unknown, unknown]>([
  ['a number is looked up by its text', 1, { custom_attributes: { t: 'first' } }],
  ['an object is not listed', { G: 1 }, 'ERR_VALUE'],
  ['a key of every object is not listed', 'constructor', 'ERR_VALUE'],
])('JSONL: %s', async (_, value, result) => {
  expect(gist(await mapJson(`${TIER} }`, { T: value }))).toEqual(result);
});
