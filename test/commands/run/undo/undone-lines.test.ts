import { describe, expect, it } from 'vitest';
import type { WrittenField } from '../../../../src/commands/run/undo/fold-images.ts';
import { type LaterWrites, NO_LATER_WRITES } from '../../../../src/commands/run/undo/later-writes.ts';
import { undoneLine } from '../../../../src/commands/run/undo/undone-lines.ts';

const FIELD: WrittenField = { old: 'A', unknown: undefined, left: ['B'] };

/** The line of a contact with one field. */
function lineOf(
  path: string,
  field: Partial<WrittenField>,
  later = NO_LATER_WRITES,
  fields?: readonly string[],
) {
  const contact = { contact: 7, rows: [{ input: 0, row: 1 }], state: undefined };
  const chosen = fields ? { fields } : {};
  return undoneLine({ ...contact, fields: new Map([[path, { ...FIELD, ...field }]]) }, chosen, later);
}

describe('the line that takes a field back', () => {
  const newer = { has: () => true };
  it.each<[what: string, path: string, field: Partial<WrittenField>, later: LaterWrites, undone: object]>([
    ['a value', 'name', {}, NO_LATER_WRITES, { from: 'B', to: 'A' }],
    ['null', 'email', { old: null }, NO_LATER_WRITES, { from: 'B', to: null }],
    [
      'not there',
      'custom_attributes.a',
      { old: undefined },
      NO_LATER_WRITES,
      { from: 'B', to: null, absent: true },
    ],
    [
      'writes of unknown fate',
      'name',
      { left: ['B', 'C'] },
      NO_LATER_WRITES,
      { from: 'C', to: 'A', or: ['B'] },
    ],
    ['a later run', 'name', {}, newer, { from: 'B', to: 'A', keep: 'newer' }],
    [
      'no old value',
      'name',
      { old: undefined, unknown: 'not_shown' },
      newer,
      { from: 'B', to: null, keep: 'not_reversible', why: 'not_shown' },
    ],
    [
      'a value that cannot be set',
      'blocked',
      { old: null, left: [true] },
      NO_LATER_WRITES,
      { from: true, to: null, keep: 'not_reversible', why: 'not_settable' },
    ],
  ])('%s', (_what, path, field, later, undone) => {
    expect(lineOf(path, field, later)?.fields).toEqual({ [path]: undone });
  });

  it('is there for chosen fields alone, an object counting for its parts', () => {
    const path = 'custom_attributes.a';
    expect(lineOf(path, {}, NO_LATER_WRITES, ['custom_attributes'])).toBeDefined();
    expect(lineOf(path, {}, NO_LATER_WRITES, [path])).toBeDefined();
    expect(lineOf(path, {}, NO_LATER_WRITES, ['custom_attributes.b', 'name'])).toBeUndefined();
  });
});
