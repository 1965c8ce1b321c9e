import { describe, expect, it } from 'vitest';
import { decideChanges } from '../../../../src/commands/run/stages/decide-changes.ts';
import type { JsonObject, JsonValue, Patch } from '../../../../src/core/types.ts';

/** What becomes of a field whose change is from `from` to `to`, in a contact that holds `now`. */
function decided(path: string, from: JsonValue, to: JsonValue, now: JsonValue | undefined): string {
  const put = (value: JsonValue | undefined): JsonObject => {
    const [area = '', key] = path.split('.');
    if (value === undefined) return {};
    return key === undefined ? { [area]: value } : { [area]: { [key]: value } };
  };
  const patch: Patch = {
    contactId: 1,
    body: put(to),
    fields: [path],
    complete: false,
    from: { [path]: from },
  };
  const found = Object.entries(decideChanges(patch, { id: 1, ...put(now) }));
  return found.find(([, paths]) => paths.length > 0)?.[0] ?? 'none';
}

const TIER = 'custom_attributes.tier';

describe('a change of a contact that was read just now', () => {
  it.each<[why: string, path: string, from: JsonValue, to: JsonValue, now: JsonValue | undefined, string]>([
    ['it holds what it held', 'name', 'Ann', 'Anna', 'Ann', 'send'],
    ['it holds what is to be set', 'name', 'Ann', 'Anna', 'Anna', 'done'],
    ['it holds neither', 'name', 'Ann', 'Anna', 'Anne', 'moved'],
    ['it was emptied', 'name', 'Ann', 'Anna', null, 'moved'],
    ['it was not there, and is not', TIER, null, 'gold', undefined, 'send'],
    ['it was null, and is empty', TIER, null, 'gold', '', 'send'],
    ['it was not there, and is now', TIER, null, 'gold', 'silver', 'moved'],
    ['it is to be cleared', TIER, 'gold', null, 'gold', 'send'],
    ['it was cleared already', TIER, 'gold', null, undefined, 'done'],
    ['an e-mail in another case', 'email', 'Ann@x.com', 'anna@x.com', 'ann@x.com', 'send'],
    ['a phone number with blanks', 'phone_number', '+49 30 1', '+49302', '+49301', 'send'],
    ['a text is to become a number', TIER, '5', 5, '5', 'send'],
    ['a text has become a number', TIER, '5', 5, 5, 'done'],
    ['a number that the account keeps as a text', TIER, null, 5, '5', 'done'],
    ['what it held, as a number', TIER, '5', '6', 5, 'send'],
    ['a list in another order', TIER, ['a'], ['b'], ['a', 'b'], 'moved'],
    ['an object with its keys in another order', TIER, { a: 1, b: 2 }, { a: 2 }, { b: 2, a: 1 }, 'send'],
    ['blocked was not said', 'blocked', null, true, false, 'send'],
  ])('%s', (_why, path, from, to, now, what) => {
    expect(decided(path, from, to, now)).toBe(what);
  });

  it('each field by itself', () => {
    const patch: Patch = {
      contactId: 1,
      body: { name: 'Anna', email: 'b@x.com', custom_attributes: { tier: 'gold' } },
      fields: ['name', 'email', TIER],
      complete: false,
      from: { name: 'Ann', email: 'a@x.com', [TIER]: null },
    };
    const contact = { name: 'Anna', email: 'a@x.com', custom_attributes: { tier: 'silver' } };
    expect(decideChanges(patch, contact)).toEqual({ done: ['name'], send: ['email'], moved: [TIER] });
  });
});
