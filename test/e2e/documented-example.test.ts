import { describe, expect, it } from 'vitest';
import { emulatorHere } from '../helpers/emulator-here.ts';
import { fixture } from '../helpers/fixture.ts';
import { sync } from '../helpers/sync.ts';

const ID = 318763;
const INPUT = fixture('documented-example/contact.jsonl');
/** What the account had before: some of it is in the example, some is not and must survive. */
const STORED = {
  id: ID,
  name: 'Before',
  email: 'before@example.com',
  phone_number: '+4915112345678',
  identifier: 'crm-1',
  additional_attributes: {
    company_name: 'Acme',
    source_id: 'email:1@mail.example.com',
    social_profiles: { github: 'before', mastodon: 'before' },
  },
  custom_attributes: { plan: 'team', vip_level: 'gold' },
  created_at: 1_700_000_000,
};
const EMPTY_PROFILES = { facebook: '', github: '', instagram: '', linkedin: '', twitter: '' };
const EMPTY_ATTRIBUTES = {
  description: '',
  company_name: '',
  city: '',
  telegram: '',
  country: '',
  country_code: '',
};
/** Of the fields sent, those that the API drops and whose value the answer therefore does not show. */
const DROPPED = ['last_activity_at', 'created_at', 'first_name'];

describe.each(['merge', 'replace'] as const)('an account that would %s additional_attributes', (mode) => {
  it('takes every field of the documented example, keeping the keys that it does not name', async () => {
    const emulator = await emulatorHere({ contactList: [STORED], additionalAttributes: mode });
    const mapping = fixture('documented-example/each-field.yaml');
    const { code, rows, summary } = await sync({ url: emulator.url, args: [INPUT, '-m', mapping] });

    expect(code).toBe(0);
    expect(rows).toMatchObject([{ row: 1, contact_id: ID, status: 'updated', http_status: 200 }]);
    expect(emulator.contact(ID)).toMatchObject({
      name: 'test',
      email: 'test@example.com', // stored in lower case
      phone_number: null,
      identifier: '2222',
      blocked: false,
      thumbnail: '',
      availability_status: 'offline',
      created_at: STORED.created_at,
      custom_attributes: { plan: 'team', vip_level: 'platinum' },
    });
    expect(emulator.contact(ID)).not.toHaveProperty('last_activity_at');
    expect(emulator.contact(ID)?.['additional_attributes']).toEqual({
      ...EMPTY_ATTRIBUTES,
      source_id: 'email:1@mail.example.com',
      social_profiles: { ...EMPTY_PROFILES, mastodon: 'before' },
    });
    expect(rows[0]?.fields).toHaveLength(23);
    expect(rows[0]?.not_applied).toEqual(DROPPED);
    expect(summary.not_applied).toEqual(Object.fromEntries(DROPPED.map((field) => [field, 1])));
    // the second request is the read that completes the object
    expect(summary.requests).toBe(2);
  });

  it('gets a whole additional_attributes as it is written, in one request', async () => {
    const emulator = await emulatorHere({ contactList: [STORED], additionalAttributes: mode });
    const mapping = fixture('documented-example/whole-object.yaml');
    const { code, summary } = await sync({ url: emulator.url, args: [INPUT, '-m', mapping] });

    expect(code).toBe(0);
    expect(summary.requests).toBe(1);
    expect(emulator.contact(ID)).toMatchObject({
      name: 'test',
      email: 'before@example.com',
      custom_attributes: { plan: 'team', vip_level: 'platinum' },
    });
    expect(emulator.contact(ID)?.['additional_attributes']).toEqual({
      ...(mode === 'merge' ? { source_id: 'email:1@mail.example.com' } : {}),
      ...EMPTY_ATTRIBUTES,
      social_profiles: EMPTY_PROFILES,
    });
  });
});
