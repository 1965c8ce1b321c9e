import { expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/types.ts';
import { nights } from '../helpers/nights.ts';

const MAPPING = `
contact_id: id
fields:
  additional_attributes.city: city
  additional_attributes.social_profiles.twitter: twitter
`;

const csv = (city: string, twitter = 'ann') =>
  `id,city,twitter\n${Array.from({ length: 20 }, (_, i) => `${i + 1},${city},${twitter}\n`).join('')}`;

const stored: JsonObject = {
  company_name: 'Acme',
  source_id: 'email:1@example.com',
  social_profiles: { github: 'ann', twitter: '' },
};
const contactList = Array.from({ length: 20 }, (_, i) => ({ id: i + 1, additional_attributes: stored }));

it.each(['merge', 'replace'] as const)(
  'an account that %ss additional_attributes loses no key',
  async (mode) => {
    const { run, emulator } = await nights(MAPPING, { additionalAttributes: mode, contacts: 0, contactList });
    const attributesOf = (id: number) => emulator.contact(id)?.['additional_attributes'];

    await run(csv('Berlin'));
    expect(attributesOf(1)).toEqual({
      ...stored,
      city: 'Berlin',
      social_profiles: { github: 'ann', twitter: 'ann' },
    });

    // agents add keys between the nights
    emulator.edit(1, { additional_attributes: { ...(attributesOf(1) as JsonObject), vat: 'DE1' } });
    const second = await run(csv('Hamburg'));
    expect(second.sent).toHaveLength(20);
    expect(attributesOf(1)).toEqual({
      ...stored,
      city: 'Hamburg',
      vat: 'DE1',
      social_profiles: { github: 'ann', twitter: 'ann' },
    });
    expect((await run(csv('Hamburg'))).requests).toBe(0);
  },
);

it.each(['merge', 'replace'] as const)('nor one that an agent adds during the run (%s)', async (mode) => {
  const { run, emulator } = await nights(MAPPING, { additionalAttributes: mode, contacts: 0, contactList });
  await run(csv('Berlin'));
  emulator.set({ latencyMs: [5, 5] });
  const running = run(csv('Hamburg'), ['--concurrency', '1']);
  while (emulator.journal.length < 3) await new Promise(setImmediate);
  const before = emulator.contact(15)?.['additional_attributes'] as JsonObject;
  expect(before['city']).toBe('Berlin');
  emulator.edit(15, { additional_attributes: { ...before, vat: 'DE15' } });
  await running;
  expect(emulator.contact(15)?.['additional_attributes']).toEqual({
    ...before,
    city: 'Hamburg',
    vat: 'DE15',
  });
});

it.each(['merge', 'replace'] as const)(
  'a run that is told `%ss` where it is true sends one request a row',
  async (mode) => {
    const { run, emulator } = await nights(
      `contact_id: id\nadditional_attributes: ${mode}s\nfields: { additional_attributes.city: city }\n`,
      { additionalAttributes: mode, contacts: 0, contactList },
    );
    const { requests } = await run(csv('Berlin'));
    expect(requests).toBe(mode === 'merge' ? 20 : 40);
    expect(emulator.contact(1)?.['additional_attributes']).toEqual({ ...stored, city: 'Berlin' });
  },
);

it('a nested value is sent whole beside an attribute whose key has a dot', async () => {
  const { run, emulator } = await nights(`
contact_id: id
fields:
  custom_attributes.address: { column: addr, type: json }
  custom_attributes.address.city: city
`);
  const night = (zip: number) => run(`id,addr,city\n1,"{""city"":""Berlin"",""zip"":${zip}}",Berlin\n`);
  await night(1);
  const { sent } = await night(2);
  expect(sent.map(({ body }) => body)).toEqual([
    { custom_attributes: { address: { city: 'Berlin', zip: 2 } } },
  ]);
  expect(emulator.contact(1)).toMatchObject({
    custom_attributes: { address: { city: 'Berlin', zip: 2 }, 'address.city': 'Berlin' },
  });
});
