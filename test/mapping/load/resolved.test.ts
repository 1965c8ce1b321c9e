import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/types.ts';
import { describeMapping } from '../../../src/mapping/load/describe.ts';
import { loadMapping } from '../../../src/mapping/load/load.ts';
import { resolvedMapping } from '../../../src/mapping/load/resolved.ts';
import { parseMapping } from '../../../src/mapping/parse/parse.ts';
import { mappingText } from '../helpers.ts';

const fixture = (name: string) => new URL(`../../../fixtures/mapping/${name}`, import.meta.url).pathname;

test.each(['every-option.yaml', 'match-in-order.yaml', 'update-contact-page.yaml'])(
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

const column = fc.string({ unit: 'grapheme', minLength: 1 });
const trim = fc.boolean();
const keyOf = (options: { readonly [key: string]: fc.Arbitrary<unknown> }) =>
  fc.oneof(
    column.filter((name) => !/[{}]/.test(name)),
    fc.record({ column, ...options }, { requiredKeys: ['column'] }),
    fc.record({ template: fc.constant('{a}-{b}'), ...options }, { requiredKeys: ['template'] }),
  );
const keys = fc
  .shuffledSubarray(
    [
      fc.record({ identifier: keyOf({ trim, type: fc.constant('string') }) }),
      fc.record({ email: keyOf({ trim }) }),
      fc.record({ phone_number: keyOf({ trim, country: fc.constantFrom('US', 'DE') }) }),
    ],
    { minLength: 1 },
  )
  .chain((records) => fc.tuple(...records));
const conflicts = fc.record({ on_conflict: fc.constantFrom('ours', 'theirs') }, { requiredKeys: [] });
const missing = fc.constantFrom<JsonObject>(
  {},
  { on_missing: 'error' },
  { on_missing: 'skip' },
  { on_missing: 'create', inbox_id: 407 },
);

test('any match, policy of conflicts and inbox comes back in its order', () => {
  fc.assert(
    fc.property(keys, fc.boolean(), missing, conflicts, conflicts, (items, isList, more, field, defaults) => {
      const text = JSON.stringify({
        version: 1,
        match: isList ? items : Object.assign({}, ...items),
        ...more,
        fields: { email: { column: 'E', ...field }, name: { value: 'x', ...field }, identifier: 'I' },
        defaults,
      });
      const mapping = parseMapping(text, 'm');
      const resolved = resolvedMapping(mapping);
      expect(Object.keys(resolved['match'] ?? {})).toEqual(items.flatMap((item) => Object.keys(item)));
      for (const again of [JSON.stringify(resolved), describeMapping(mapping)]) {
        expect({ ...parseMapping(again, 'm'), places: mapping.places }).toEqual(mapping);
      }
    }),
  );
});

test('a match described is short', async () => {
  expect(describeMapping(await loadMapping(fixture('match-in-order.yaml')))).toMatchInlineSnapshot(`
    "version: 1
    match: { phone_number: { column: Phone, country: US, trim: false }, identifier: { template: "{region}-{number}", trim: false }, email: { column: "E {mail}" } }
    on_missing: create
    inbox_id: 407
    fields:
      name: { column: Name, trim: false }
      custom_attributes.source: { value: crm-nightly }
      custom_attributes.plan: { column: Plan, trim: false, on_conflict: theirs }
      custom_attributes.*: { columns: [cf_*], trim: false, on_conflict: theirs }
    expect: { identifier: { column: crm_id, empty: keep } }
    "
  `);
});

test('a match that says no more than its key is one line', () => {
  const text = 'version: 1\nmatch: { email: Email }\nfields:\n  name: Name\n';
  expect(describeMapping(parseMapping(text, 'm'))).toBe(text);
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
      custom_attributes.renewal: { column: Renewal, type: date, format: "dd/MM/yyyy", null: error }
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
