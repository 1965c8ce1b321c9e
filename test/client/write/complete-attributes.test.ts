import { expect, test } from 'vitest';
import { completeBody } from '../../../src/client/write/complete-attributes.ts';
import type { JsonObject, PatchBody } from '../../../src/core/types.ts';

const SENT: PatchBody = { name: 'Anna', additional_attributes: { city: 'Ulm' } };

test.each<[what: string, body: PatchBody, contact: JsonObject, completed: PatchBody | undefined]>([
  [
    'keeps the keys that are not sent',
    SENT,
    { additional_attributes: { city: 'Bonn', source_id: 7 } },
    { name: 'Anna', additional_attributes: { city: 'Ulm', source_id: 7 } },
  ],
  [
    'keeps social profiles that are not sent',
    { additional_attributes: { social_profiles: { github: 'anna' } } },
    { additional_attributes: { social_profiles: { github: 'old', twitter: 'a' }, city: 'Bonn' } },
    { additional_attributes: { social_profiles: { github: 'anna', twitter: 'a' }, city: 'Bonn' } },
  ],
  [
    'sends profiles as they are where none are stored',
    { additional_attributes: { social_profiles: { github: 'anna' } } },
    { additional_attributes: { social_profiles: null } },
    { additional_attributes: { social_profiles: { github: 'anna' } } },
  ],
  ['takes null for empty', SENT, { additional_attributes: null }, SENT],
  ['has nothing to do without them', { name: 'Anna' }, {}, { name: 'Anna' }],
  ['cannot where they are not shown', SENT, { id: 1 }, undefined],
  ['cannot where they are text', SENT, { additional_attributes: '{"city":"Bonn"}' }, undefined],
])('%s', (_what, body, contact, completed) => {
  expect(completeBody(body, contact)).toEqual(completed);
});
