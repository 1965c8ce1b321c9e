import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { describeMapping } from '../../src/mapping/describe.ts';
import { loadMapping } from '../../src/mapping/load.ts';
import { parseMapping } from '../../src/mapping/parse/parse.ts';
import { resolvedMapping } from '../../src/mapping/resolved.ts';
import { mappingText } from './helpers.ts';

const fixture = (name: string) => new URL(`../../fixtures/mapping/${name}`, import.meta.url).pathname;

test.each(['every-option.yaml', 'update-contact-page.yaml'])(
  '%s comes back from JSON and from YAML',
  async (name) => {
    const mapping = await loadMapping(fixture(name));
    const resolved = JSON.stringify(resolvedMapping(mapping));
    for (const text of [
      resolved,
      JSON.stringify(resolvedMapping(mapping), undefined, 2),
      describeMapping(mapping),
    ]) {
      const again = parseMapping(text, 'mapping.json');
      expect({ ...again, places: mapping.places }).toEqual(mapping);
      expect(JSON.stringify(resolvedMapping(again))).toBe(resolved);
    }
  },
);

test('a default written out resolves to the same as one left out', () => {
  const short = parseMapping(mappingText('email: Email\nblocked: b'), 'a');
  const long = parseMapping(
    mappingText(
      'email: { column: Email, type: email, trim: true, empty: keep }\nblocked: { column: b, true: [true, yes, y, 1, on], false: [false, no, n, 0, off] }',
      'defaults: { trim: true, empty: keep, null: keep, partial: keep }\non_invalid_field: reject_row',
    ),
    'b',
  );
  expect(JSON.stringify(resolvedMapping(long))).toBe(JSON.stringify(resolvedMapping(short)));
});

test('a mapping described is short', async () => {
  const text = await readFile(fixture('every-option.yaml'), 'utf8');
  expect(describeMapping(parseMapping(text, 'm'))).toMatchInlineSnapshot(`
    "version: 1
    contact_id: contact_id
    only: { Status: [active, trial], Year: ["2026"] }
    fields:
      name: { template: "{first_name} {last_name}", partial: send, null: error }
      email: { column: Email, empty: error, null: error }
      phone_number: { column: Phone, country: US, null: error }
      identifier: { template: "{region}-{number}", partial: error, null: error }
      blocked: { column: "Opt out", true: [ja, "1"], false: [nein] }
      first_name: { column: first_name, trim: false, null: error }
      created_at: { column: Since, format: "dd.MM.yyyy HH:mm", zone: "Europe/Berlin", null: error }
      additional_attributes.company_name: { column: Company, null: error }
      additional_attributes.social_profiles.twitter: { column: Twitter, null: error }
      custom_attributes.vip_level: { column: Tier, values: { "0": null, G: gold, P: platinum }, otherwise: { value: none }, null: error }
      custom_attributes.score: { column: Score, type: number, decimal: ",", null: clear }
      custom_attributes.renewal: { column: Renewal, type: date, format: "dd/MM/yyyy", zone: UTC, null: error }
      custom_attributes.tags: { column: Tags, type: list, separator: "|", empty: clear, null: error }
      custom_attributes.raw: { column: "a {b}", type: json, null: error }
      custom_attributes.source: { value: crm-nightly }
      custom_attributes.limits: { value: { low: 1, high: [2, 3.5], none: null } }
      custom_attributes.*: { columns: [cf_*, "*_cf"], type: string, null: error }
    expect: { identifier: { column: crm_id, empty: error }, custom_attributes.crm_id: { column: crm_id, empty: keep } }
    additional_attributes: merges
    clear_marker: "\\\\N"
    on_invalid_field: drop_field
    "
  `);
});
