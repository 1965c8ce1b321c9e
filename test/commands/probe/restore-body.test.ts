import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type SavedContact, TEST_VALUE } from '../../../src/commands/probe/contact-backup.ts';
import { bodyToPutBack, differenceFrom } from '../../../src/commands/probe/restore-body.ts';
import type { JsonObject } from '../../../src/core/types.ts';
import { applyChange } from '../../../src/emulator/apply-change.ts';
import { blankContact, type Contact } from '../../../src/emulator/contact.ts';
import { permit } from '../../../src/emulator/permit.ts';

const saved = (contact: JsonObject, leftOut: string | null, testKey: string | null): SavedContact => ({
  version: 1,
  account: 'a',
  base_url: 'http://127.0.0.1',
  saved_at: '2026-11-22T02:00:00.000Z',
  contact_id: 1,
  contact,
  read_by: 'patch',
  left_out: leftOut,
  test_key: testKey,
});
const attributes = (additional: JsonObject, custom: JsonObject = {}): JsonObject => ({
  additional_attributes: additional,
  custom_attributes: custom,
});

test.each<[what: string, before: JsonObject, now: JsonObject, body: JsonObject | undefined]>([
  ['nothing', attributes({ city: 'A', b: 1 }), attributes({ city: 'A', b: 1 }), undefined],
  [
    'a lost key, whole',
    attributes({ city: 'A', b: 1 }),
    attributes({ b: 1 }),
    { additional_attributes: { city: 'A', b: 1 } },
  ],
  [
    'a lost key beside an edit',
    attributes({ city: 'A', b: 1 }),
    attributes({ b: 2, c: 3 }),
    { additional_attributes: { city: 'A', b: 2, c: 3 } },
  ],
  [
    'the key left out, shown as empty',
    attributes({ city: 'A', b: 1 }),
    attributes({ city: '', b: 1 }),
    { additional_attributes: { city: 'A', b: 1 } },
  ],
  [
    'not another one that was emptied',
    attributes({ city: 'A', b: 'x' }),
    attributes({ city: 'A', b: '' }),
    undefined,
  ],
  [
    'the test key',
    attributes({}, { k: 'v' }),
    attributes({}, { k: null }),
    { custom_attributes: { k: 'v' } },
  ],
  ['a deleted test key', attributes({}, { k: 'v' }), attributes({}), { custom_attributes: { k: 'v' } }],
  ['not a test key that somebody changed', attributes({}, { k: 'v' }), attributes({}, { k: 'w' }), undefined],
  [
    'a test key that was not there',
    attributes({}),
    attributes({}, { k: TEST_VALUE }),
    { custom_attributes: { k: null } },
  ],
  ['not a test key that is null by now', attributes({}), attributes({}, { k: null }), undefined],
])('puts back %s', (_what, before, now, body) => {
  expect(bodyToPutBack(saved(before, 'city', 'k'), now)).toEqual(body);
});

test('what the server moves by itself is no difference; what others change is theirs', () => {
  const before = {
    name: 'A',
    thumbnail: 'x',
    last_activity_at: 1,
    availability_status: 'online',
    ...attributes({ a: 1 }),
  };
  const now = {
    name: 'B',
    thumbnail: 'y',
    availability_status: 'offline',
    ...attributes({ a: 2 }, { new: 1 }),
  };
  expect(differenceFrom(saved(before, null, null), now)).toEqual({
    ours: [],
    stays: [],
    others: ['name', 'additional_attributes.a', 'custom_attributes.new'],
  });
});

test('whatever the contact holds and the account does: after any of its writes it can be put back', () => {
  const values = fc.oneof(fc.string({ minLength: 1 }), fc.integer(), fc.constant(''), fc.constant(null));
  const object = fc.dictionary(fc.constantFrom('city', 'telegram', 'source_id', 'k', 'other'), values);
  fc.assert(
    fc.property(
      object,
      object,
      fc.constantFrom('merge' as const, 'replace' as const),
      fc.constantFrom('stored' as const, 'deletes' as const),
      fc.nat({ max: 2 }),
      (additional, custom, mode, nulls, upTo) => {
        // an account that deletes what is null holds none
        fc.pre(nulls === 'stored' || custom['k'] !== null);
        const leftOut = Object.keys(additional)[0] ?? null;
        const { [leftOut ?? '']: _, ...subset } = additional;
        const start: Contact = {
          ...blankContact(1, 1),
          additional_attributes: additional,
          custom_attributes: custom,
        };
        const shown = ({ additional_attributes, custom_attributes }: Contact): JsonObject =>
          attributes(additional_attributes ?? {}, custom_attributes ?? {});
        const write = (contact: Contact, body: JsonObject): Contact => ({
          ...contact,
          ...applyChange(contact, permit(body), mode, nulls),
        });
        const writes: JsonObject[] = [
          { additional_attributes: subset },
          { custom_attributes: { k: TEST_VALUE } },
          { custom_attributes: { k: null } },
        ];
        const probed = writes.slice(0, upTo + 1).reduce(write, start);
        const before = saved(shown(start), leftOut, 'k');
        const body = bodyToPutBack(before, shown(probed));
        const after = body ? write(probed, body) : probed;
        const { ours, stays, others } = differenceFrom(before, shown(after));
        expect([ours, others]).toEqual([[], []]);
        if (Object.hasOwn(custom, 'k')) expect(shown(after)).toEqual(shown(start));
        expect(stays).toEqual(
          Object.hasOwn(shown(after)['custom_attributes'] as object, 'k') && !Object.hasOwn(custom, 'k')
            ? ['custom_attributes.k']
            : [],
        );
      },
    ),
  );
});
