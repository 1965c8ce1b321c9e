import { describe, expect, it } from 'vitest';
import { decideUndo } from '../../../../src/commands/run/stages/decide-changes.ts';
import type { JsonObject, JsonValue } from '../../../../src/core/types.ts';

const PATH = 'custom_attributes.a';

/** In which list a field lands that a run changed from `old` to `left`, where the contact now holds `now`. */
function decided(now: JsonObject, old: JsonValue, left: JsonValue, or: readonly JsonValue[] = []) {
  const patch = { contactId: 1, body: { custom_attributes: { a: old } }, fields: [PATH], complete: false };
  const lists = decideUndo(
    { ...patch, from: { [PATH]: left } },
    { or: { [PATH]: or }, memory: undefined },
    now,
  );
  return Object.entries(lists).flatMap(([list, paths]) => (paths.length > 0 ? [list] : []));
}

const holding = (value: JsonValue): JsonObject => ({ custom_attributes: { a: value } });

describe('a field that a run changed from old to new', () => {
  it.each<[what: string, now: JsonObject, list: string]>([
    ['holds what the run left', holding('new'), 'send'],
    ['holds what it held before', holding('old'), 'done'],
    ['holds what else the run may have left', holding('maybe'), 'send'],
    ['holds something else', holding('other'), 'edited'],
    ['was emptied', holding(null), 'edited'],
    ['was taken away', { custom_attributes: {} }, 'edited'],
    ['is not shown', {}, 'notShown'],
  ])('%s', (_what, now, list) => {
    expect(decided(now, 'old', 'new', ['maybe'])).toEqual([list]);
  });

  it.each<[what: string, now: JsonValue, old: JsonValue, left: JsonValue, list: string]>([
    ['a number that became its text', '5', 5, '5', 'send'],
    ['such a one that is back', 5, 5, '5', 'done'],
    ['a value that came where nothing was', 'new', null, 'new', 'send'],
    ['nothing, where nothing was', '', null, 'new', 'done'],
    ['a value that was cleared', null, 'old', null, 'send'],
    ['the same before and after', 'same', 'same', 'same', 'done'],
  ])('%s', (_what, now, old, left, list) => {
    expect(decided(holding(now), old, left)).toEqual([list]);
  });
});
