import { describe, expect, it } from 'vitest';
import {
  foldField,
  foldImage,
  type ImageFate,
  type WrittenContact,
} from '../../../../src/commands/run/undo/fold-images.ts';
import type { JsonObject, JsonValue } from '../../../../src/core/types.ts';
import type { ImageField, ImageLine } from '../../../../src/journal/before-images/before-line.ts';

type Step = readonly [old: JsonValue | undefined, written: JsonValue, fate?: 'maybe'];

/** What was done to a field by writes in their order. */
function folded(path: string, steps: readonly Step[]) {
  let field: ReturnType<typeof foldField> | undefined;
  for (const [old, written, fate] of steps) {
    const image: ImageField = old === undefined ? { written } : { old, written };
    field = foldField(path, field, image, fate !== 'maybe');
  }
  return field;
}

describe('what a run did to a field', () => {
  it.each<[what: string, steps: readonly Step[], old: JsonValue | undefined, left: readonly JsonValue[]]>([
    ['one write', [['A', 'B']], 'A', ['B']],
    ['a field that was not there', [[undefined, 'B']], undefined, ['B']],
    ['null is told from not there', [[null, 'B']], null, ['B']],
    [
      'two writes',
      [
        ['A', 'B'],
        ['B', 'C'],
      ],
      'A',
      ['C'],
    ],
    [
      'an edit between two writes',
      [
        ['A', 'B'],
        ['X', 'C'],
      ],
      'X',
      ['C'],
    ],
    [
      'a write that was sent twice, the first one applied',
      [
        ['A', 'B', 'maybe'],
        ['B', 'B'],
      ],
      'A',
      ['B'],
    ],
    [
      'a write that was sent twice, the first one lost',
      [
        ['A', 'B', 'maybe'],
        ['A', 'B'],
      ],
      'A',
      ['B'],
    ],
    [
      'an edit after a write that was lost',
      [
        ['A', 'B', 'maybe'],
        ['X', 'B'],
      ],
      'X',
      ['B'],
    ],
    [
      'a last write of unknown fate',
      [
        ['A', 'B'],
        ['B', 'C', 'maybe'],
      ],
      'A',
      ['B', 'C'],
    ],
    [
      'one of unknown fate after an edit',
      [
        ['A', 'B'],
        ['X', 'C', 'maybe'],
      ],
      'X',
      ['C'],
    ],
    [
      'the same value in doubt twice',
      [
        ['A', 'B', 'maybe'],
        ['B', 'B', 'maybe'],
      ],
      'A',
      ['B'],
    ],
    [
      'a case that means the same',
      [
        ['A', 'b@X.de'],
        ['b@x.de', 'c@x.de'],
      ],
      'A',
      ['c@x.de'],
    ],
  ])('%s', (_what, steps, old, left) => {
    expect(folded('email', steps)).toEqual({ old, unknown: undefined, left });
  });

  it('an old value that was not shown stays unknown, unless somebody has set another one since', () => {
    const hidden = foldField('a', undefined, { unknown: 'not_shown', written: 'B' }, true);
    expect(hidden).toEqual({ old: undefined, unknown: 'not_shown', left: ['B'] });
    expect(foldField('a', hidden, { old: 'B', written: 'C' }, true)).toMatchObject({ unknown: 'not_shown' });
    expect(foldField('a', hidden, { old: 'X', written: 'C' }, true)).toMatchObject({
      old: 'X',
      unknown: undefined,
    });
    const seen = foldField('a', undefined, { old: 'A', written: 'B' }, true);
    expect(foldField('a', seen, { unknown: 'not_shown', written: 'C' }, true)).toEqual({
      old: 'A',
      unknown: undefined,
      left: ['C'],
    });
  });
});

describe('what a run did to a contact', () => {
  const image = (row: number, fields: ImageLine['fields'], state?: JsonObject): ImageLine => ({
    type: 'image',
    contact: 7,
    row,
    fields,
    ...(state ? { state } : {}),
  });
  const fold = (...images: readonly (readonly [ImageLine, ImageFate])[]) =>
    images.reduce<WrittenContact | undefined>(
      (known, [next, fate]) => foldImage(known, next, fate),
      undefined,
    );

  it('a write that was refused counts for nothing', () => {
    const first = image(1, { name: { old: 'A', written: 'B' } });
    const refused = image(2, { name: { old: 'B', written: 'C' }, email: { old: 'x', written: 'y' } });
    const known = fold([first, 'written'], [refused, 'refused']);
    expect([...(known?.fields ?? [])]).toEqual([['name', { old: 'A', unknown: undefined, left: ['B'] }]]);
    expect(known?.rows).toEqual([{ input: 0, row: 1 }]);
    expect(fold([refused, 'refused'])).toBeUndefined();
  });

  it('the state comes back as it was before the first write of each field', () => {
    const known = fold(
      [image(1, { name: { old: 'A', written: 'B' } }, { state: 's', fields: {} }), 'written'],
      [
        image(
          2,
          { name: { old: 'B', written: 'C' }, email: { old: 'x', written: 'y' } },
          { state: 's', fields: { name: { base: 'of B' }, email: { base: 'of x' } } },
        ),
        'written',
      ],
    );
    expect(known?.state).toEqual({ state: 's', fields: { email: { base: 'of x' } } });
  });
});
