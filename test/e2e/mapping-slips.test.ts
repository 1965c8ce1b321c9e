import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cliHere } from '../helpers/cli-here.ts';
import { tempDir } from '../helpers/temp-dir.ts';

/** A mapping, the examples that its user keeps beside it, and slips of a person who edits it. */
interface Edited {
  readonly mapping: string;
  readonly examples: string;
  readonly slips: readonly (readonly [from: string, to: string])[];
}

const BY_ID: Edited = {
  mapping: `version: 1
contact_id: id
only: { Status: [active] }
fields:
  name: "{first} {last}"
  email: { column: Email, type: email }
  phone_number: { column: Phone, type: phone, country: US }
  custom_attributes.vip_level: { column: Tier, values: { G: gold, P: platinum }, otherwise: error }
  custom_attributes.score: { column: Score, type: number }
  custom_attributes.*: { columns: "cf_*" }
`,
  examples: `- name: a gold customer
  row: { id: 12, Status: active, first: Anna, last: Ito, Email: Anna@Example.com, Phone: (415) 555-2671, Tier: G, Score: 1.50, cf_plan: team }
  sends:
    contact_id: 12
    name: Anna Ito
    email: Anna@Example.com
    phone_number: "+14155552671"
    custom_attributes.vip_level: gold
    custom_attributes.score: 1.5
    custom_attributes.plan: team
- row: { id: 12, Status: lapsed, first: Anna }
  skips: only
- row: { id: 12, Status: active }
  skips: true
- row: { id: 12, Status: active, Tier: X }
  invalid: { code: ERR_VALUE, field: custom_attributes.vip_level, column: Tier }
- row: { id: 0012, Status: active, Tier: G }
  invalid: ERR_CONTACT_ID
`,
  slips: [
    ['contact_id: id', 'contact_id: Score'],
    ['[active]', '[Active]'],
    ['[active]', '[lapsed]'],
    ['only: { Status: [active] }\n', ''],
    ['"{first} {last}"', '"{last} {first}"'],
    ['"{first} {last}"', 'first'],
    ['"{first} {last}"', '"{first}{last}"'],
    ['{ column: Email, type: email }', 'Phone'],
    ['  email: { column: Email, type: email }\n', ''],
    ['country: US', 'country: DE'],
    ['G: gold', 'G: platinum'],
    ['G: gold', 'g: gold'],
    ['otherwise: error', 'otherwise: keep'],
    ['Score, type: number', 'Score'],
    ['Score, type: number', 'Tier, type: number'],
    ['custom_attributes.score:', 'custom_attributes.points:'],
    ['custom_attributes.*: { columns: "cf_*" }', 'custom_attributes.*: { columns: "c*" }'],
    ['custom_attributes.*: { columns: "cf_*" }\n', 'company: Tier\n'],
    ['first} {last}"', 'first} {last}!"'],
    ['type: phone, country: US', 'type: string'],
  ],
};

const BY_KEYS: Edited = {
  mapping: `version: 1
match: { identifier: customer, phone_number: { column: Mobile, country: DE } }
on_missing: skip
fields:
  name: "{first_name} {last_name}"
  email: { column: Email, empty: clear }
  phone_number: { column: Mobile, country: DE }
  blocked: { column: "Opt out", true: [ja], false: [nein] }
  additional_attributes.city: { column: City, empty_values: [k.A.] }
  custom_attributes.birthday: { column: Birthday, type: date, format: dd.MM.yyyy }
  custom_attributes.balance: { column: Balance, type: number, decimal: ",", empty: clear, on_conflict: enforce }
  custom_attributes.segment: { column: Segment, values: { A: key account, B: standard }, otherwise: { value: unknown } }
clear_marker: "-"
`,
  examples: `- name: all columns filled
  row: { customer: K-100, first_name: Jörg, last_name: Weiß, Email: joerg@example.de, Mobile: 0171 5550199, Opt out: nein, City: Köln, Birthday: 03.11.1980, Balance: "1250,75", Segment: A }
  sends:
    match: { identifier: K-100, phone_number: "+491715550199" }
    name: Jörg Weiß
    email: joerg@example.de
    phone_number: "+491715550199"
    blocked: false
    additional_attributes.city: Köln
    custom_attributes.birthday: 1980-11-03
    custom_attributes.balance: 1250.75
    custom_attributes.segment: key account
- name: what an empty cell clears
  row: { customer: K-101, last_name: Weiß, City: k.A., Segment: B, Opt out: ja }
  sends:
    match: { identifier: K-101 }
    email: null
    blocked: true
    custom_attributes.balance: null
    custom_attributes.segment: standard
- name: a dash clears, too
  row: { customer: K-102, City: "-", Segment: Z, Email: a@example.de, Balance: "0" }
  sends:
    match: { identifier: K-102 }
    email: a@example.de
    additional_attributes.city: ""
    custom_attributes.balance: 0
    custom_attributes.segment: unknown
- name: a number that is none
  row: { customer: K-103, Mobile: 12 }
  invalid: ERR_PHONE
- name: a row that names no contact
  row: { first_name: Jörg, last_name: Weiß }
  invalid: ERR_NO_KEY
`,
  slips: [
    ['identifier: customer', 'identifier: Email'],
    [
      'identifier: customer, phone_number: { column: Mobile, country: DE }',
      'phone_number: { column: Mobile, country: DE }, identifier: customer',
    ],
    ['phone_number: { column: Mobile, country: DE }\n', 'phone_number: { column: Mobile, country: AT }\n'],
    ['email: { column: Email, empty: clear }', 'email: Email'],
    ['true: [ja], false: [nein]', 'true: [nein], false: [ja]'],
    [', empty_values: [k.A.]', ''],
    ['dd.MM.yyyy', 'MM.dd.yyyy'],
    ['otherwise: { value: unknown }', 'otherwise: { value: standard }'],
    ['clear_marker: "-"\n', ''],
    ['on_missing: skip', 'on_missing: error'],
  ],
};

const JSON_LINES: Edited = {
  mapping: `version: 1
contact_id: livedesk.id
only: { state: [active, trial] }
expect: { identifier: ref }
fields:
  name: person.name
  email: person.mail
  custom_attributes.source: { value: billing }
  custom_attributes.plan: { column: plan.code, values: { p1: basic, p2: pro } }
  custom_attributes.seats: { column: plan.seats, type: integer }
  custom_attributes.renews_on: { column: plan.renews, type: date, null: clear }
  custom_attributes.tags: { column: tags, type: json }
  additional_attributes.company_name: person.company
  additional_attributes.social_profiles.twitter: person.twitter
additional_attributes: merges
`,
  examples: `- name: a customer who pays
  row: { state: active, ref: B-7, livedesk: { id: 7 }, person: { name: Ada King, mail: ada@example.com, company: Engines Ltd, twitter: ada }, plan: { code: p2, seats: 25, renews: 2027-01-31 }, tags: [beta, eu] }
  sends:
    contact_id: 7
    expect: { identifier: B-7 }
    name: Ada King
    email: ada@example.com
    custom_attributes.source: billing
    custom_attributes.plan: pro
    custom_attributes.seats: 25
    custom_attributes.renews_on: 2027-01-31
    custom_attributes.tags: [beta, eu]
    additional_attributes.company_name: Engines Ltd
    additional_attributes.social_profiles.twitter: ada
- name: a trial that renews no more
  row: { state: trial, ref: B-8, livedesk: { id: 8 }, person: { name: Bo }, plan: { code: p1, renews: null } }
  sends:
    name: Bo
    custom_attributes.source: billing
    custom_attributes.plan: basic
    custom_attributes.renews_on: null
- row: { state: closed, ref: B-9, livedesk: { id: 9 }, person: { name: Cy } }
  skips: only
- name: a plan that is not sold
  row: { state: active, ref: B-10, livedesk: { id: 10 }, plan: { code: p9 } }
  invalid: { code: ERR_VALUE, column: plan.code }
`,
  slips: [
    ['contact_id: livedesk.id', 'contact_id: ref'],
    ['[active, trial]', '[active]'],
    ['[active, trial]', '[active, trial, closed]'],
    ['expect: { identifier: ref }\n', ''],
    ['expect: { identifier: ref }', 'expect: { identifier: livedesk.id }'],
    ['value: billing', 'value: biling'],
    ['plan.seats, type: integer', 'plan.seats, type: string'],
    [', null: clear', ''],
    ['additional_attributes: merges', 'additional_attributes: replaces'],
    ['.twitter: person.twitter', '.facebook: person.twitter'],
  ],
};

/** Whether the command, run over a mapping and its examples, ends well. */
async function passes(mapping: string, examples: string): Promise<boolean> {
  const dir = tempDir();
  writeFileSync(join(dir, 'mapping.yaml'), mapping);
  writeFileSync(join(dir, 'mapping.test.yaml'), examples);
  return (await cliHere(['test', join(dir, 'mapping.yaml')])).code === 0;
}

describe('slips in a mapping', () => {
  const ALL = [BY_ID, BY_KEYS, JSON_LINES];

  it.each(ALL)('the mapping as it should be passes', async ({ mapping, examples }) => {
    expect(await passes(mapping, examples)).toBe(true);
  });

  it('14 examples of three mappings find at least 36 of 40 slips', async () => {
    const unfound: string[] = [];
    for (const { mapping, examples, slips } of ALL) {
      for (const [from, to] of slips) {
        expect(mapping, 'the slip is one').toContain(from);
        if (await passes(mapping.replace(from, to), examples)) unfound.push(`${from} -> ${to}`);
      }
    }
    expect(ALL.flatMap(({ slips }) => slips)).toHaveLength(40);
    expect(unfound.length, unfound.join('; ')).toBeLessThanOrEqual(4);
  });
});
