import { describe, expect, it } from 'vitest';
import { imageOf } from '../../../../src/commands/run/stages/before-images.ts';
import type { JsonObject } from '../../../../src/core/types.ts';

const ROW = { input: 0, row: 3 };

/** What is kept of one field that is about to be set. */
function kept(path: string, shown: JsonObject) {
  const body = path.includes('.')
    ? { [path.split('.')[0] ?? '']: { [path.split('.').slice(1).join('.')]: 'new' } }
    : { [path]: 'new' };
  return imageOf({ contactId: 7, body, fields: [path] }, ROW, { id: 7, ...shown }).fields[path];
}

describe('what is kept of a field before it is written', () => {
  it.each<[what: string, path: string, shown: JsonObject, image: object]>([
    ['a value', 'name', { name: 'Ann' }, { old: 'Ann' }],
    ['null', 'email', { email: null }, { old: null }],
    ['the empty text', 'name', { name: '' }, { old: '' }],
    ['a column that is not shown', 'first_name', {}, { unknown: 'not_shown' }],
    ['an attribute', 'custom_attributes.a', { custom_attributes: { a: [1] } }, { old: [1] }],
    ['an attribute that is null', 'custom_attributes.a', { custom_attributes: { a: null } }, { old: null }],
    ['an attribute that is not there', 'custom_attributes.a', { custom_attributes: { b: 1 } }, {}],
    ['an attribute where there is none', 'custom_attributes.a', { custom_attributes: null }, {}],
    ['attributes that are not shown', 'custom_attributes.a', {}, { unknown: 'not_shown' }],
    [
      'attributes shown as a text',
      'custom_attributes.a',
      { custom_attributes: '{}' },
      { unknown: 'not_shown' },
    ],
    ['a dot in its key', 'custom_attributes.a.b', { custom_attributes: { 'a.b': 1 } }, { old: 1 }],
    ['a name of a prototype', 'custom_attributes.toString', { custom_attributes: {} }, {}],
    ['a fraction', 'custom_attributes.a', { custom_attributes: { a: 0.5 } }, { old: 0.5 }],
    [
      'a number of too many digits',
      'custom_attributes.a',
      { custom_attributes: { a: 2 ** 60 } },
      { unknown: 'inexact' },
    ],
    [
      'such a number in a list',
      'custom_attributes.a',
      { custom_attributes: { a: [{ b: 2 ** 60 }] } },
      { unknown: 'inexact' },
    ],
  ])('%s', (_what, path, shown, image) => {
    expect(kept(path, shown)).toEqual({ ...image, written: 'new' });
  });

  it('names row, input and contact, and what the state remembers', () => {
    const patch = { contactId: 7, body: { name: 'B' }, fields: ['name'] };
    const image = imageOf(
      patch,
      { input: 1, row: 3 },
      { name: 'A' },
      { hasInputs: true, memory: { state: 's' } },
    );
    expect(image).toEqual({
      type: 'image',
      contact: 7,
      input: 1,
      row: 3,
      fields: { name: { old: 'A', written: 'B' } },
      state: { state: 's' },
    });
  });
});
