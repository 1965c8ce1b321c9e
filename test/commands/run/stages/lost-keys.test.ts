import { expect, test } from 'vitest';
import { losesLastKey } from '../../../../src/commands/run/stages/lost-keys.ts';
import type { JsonObject } from '../../../../src/core/types.ts';

test.each<[what: string, body: JsonObject, contact: JsonObject | undefined, loses: boolean]>([
  ['all three cleared', { email: null, phone_number: null, identifier: '' }, undefined, true],
  ['two cleared, and the third not known', { email: null, identifier: null }, undefined, false],
  ['two cleared, and no third', { email: null, identifier: null }, { id: 1, phone_number: null }, true],
  ['two cleared, and a third', { email: null }, { id: 1, phone_number: '+15551112222' }, false],
  ['nothing cleared of a contact without any', { name: 'x' }, { id: 1, email: null }, false],
])('%s', (_what, body, contact, loses) => {
  const patch = { contactId: 1, body, fields: Object.keys(body), complete: false };
  expect(losesLastKey(patch, contact)).toBe(loses);
});
