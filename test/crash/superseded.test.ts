import fc from 'fast-check';
import { expect, test } from 'vitest';
import { comparePositions, type Position } from '../../src/core/position.ts';
import type { JsonObject, JsonValue, Patch, PatchBody } from '../../src/core/types.ts';
import { DeliveredFields, withoutFields } from '../../src/journal/delivered-fields.ts';

const PATHS = [
  'name',
  'email',
  'custom_attributes.a',
  'custom_attributes.b',
  'additional_attributes.city',
  'additional_attributes.social_profiles.x',
  'additional_attributes.social_profiles.y',
];

/** A patch that sets some paths to the number of its row. */
function patchOf(row: number, fields: readonly string[]): Patch {
  const body: JsonObject = {};
  for (const path of fields) set(body, path.split('.'), row);
  const complete = fields.some((field) => field.startsWith('additional_attributes.'));
  return { contactId: 1, body: body as PatchBody, fields, complete };
}

test('after a retry each field has the value of the last row that set it, as if nothing had failed', () => {
  const rows = fc.array(
    fc.record({ fields: fc.uniqueArray(fc.constantFrom(...PATHS), { minLength: 1 }), fails: fc.boolean() }),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(rows, fc.nat(2), (list, input) => {
      const patches = list.map(({ fields }, i) => patchOf(i + 1, fields));
      const deliveries = new DeliveredFields(new Set([1]));
      const state = new Map<string, JsonValue>();
      for (const [i, patch] of patches.entries()) {
        if (list[i]?.fails) continue;
        apply(state, patch.body, '');
        deliveries.add(1, positionOf(input, i + 1), 1, patch.fields);
      }
      for (const [i, patch] of patches.entries()) {
        if (!list[i]?.fails) continue;
        const left = withoutFields(patch, deliveries.superseded(patch, positionOf(input, i + 1), 1));
        if (!left) continue;
        expect(leavesOf(left.body, '').sort()).toEqual([...left.fields].sort());
        expect(left.complete).toBe(left.fields.some((field) => field.startsWith('additional_attributes.')));
        apply(state, left.body, '');
      }
      const wanted = new Map<string, JsonValue>();
      for (const patch of patches) apply(wanted, patch.body, '');
      expect(new Map([...state].sort())).toEqual(new Map([...wanted].sort()));
    }),
  );
});

test('an object that was delivered whole counts for its parts, and a part for the object', () => {
  const whole: Patch = {
    contactId: 1,
    body: { custom_attributes: { a: 1, b: 2 } },
    fields: ['custom_attributes'],
    complete: false,
  };
  const later = new DeliveredFields(new Set([1]));
  later.add(1, positionOf(0, 9), 1, ['custom_attributes.a']);
  expect(later.superseded(whole, positionOf(0, 5), 1)).toEqual(['custom_attributes']);
  expect(later.superseded(patchOf(5, ['custom_attributes.b']), positionOf(0, 5), 1)).toEqual([]);

  const all = new DeliveredFields(new Set([1]));
  all.add(1, positionOf(0, 9), 1, ['custom_attributes']);
  expect(all.superseded(patchOf(5, ['custom_attributes.b', 'name']), positionOf(0, 5), 1)).toEqual([
    'custom_attributes.b',
  ]);
});

test('of two corrections of one row the later one is newer, whichever is sent last', () => {
  const sent = new DeliveredFields(new Set([1]));
  sent.add(1, positionOf(0, 5), 3, ['name']);
  const by = (run: number, isCorrected: boolean) =>
    sent.superseded(patchOf(5, ['name']), positionOf(0, 5), run, isCorrected);
  expect([by(2, true), by(3, true), by(4, true)]).toEqual([['name'], [], []]);
  expect([by(3, false), by(4, false)]).toEqual([['name'], []]);
});

test('a row of a later input is later, whatever its number', () => {
  expect(comparePositions(positionOf(1, 1), positionOf(0, 10_000_000_000))).toBeGreaterThan(0);
});

// --- internal ---

function positionOf(input: number, row: number): Position {
  return { number: 1, input, row };
}

function set(object: JsonObject, [key = '', ...rest]: readonly string[], value: JsonValue): void {
  if (rest.length === 0) {
    object[key] = value;
    return;
  }
  object[key] ??= {};
  set(object[key] as JsonObject, rest, value);
}

function leavesOf(object: JsonObject, prefix: string): string[] {
  return Object.entries(object).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? leavesOf(value, `${prefix}${key}.`)
      : [prefix + key],
  );
}

function apply(state: Map<string, JsonValue>, body: JsonObject, prefix: string): void {
  for (const [key, value] of Object.entries(body)) {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      apply(state, value, `${prefix}${key}.`);
    } else state.set(prefix + key, value);
  }
}
