import { expect, test } from 'vitest';
import { compileMapping } from '../../../src/mapping/compile/compile.ts';
import { parseMapping } from '../../../src/mapping/parse/parse.ts';
import { compileCsv, jsonlShape, mappingText, thrownBy } from '../helpers.ts';

test.each<[string, string, string, string]>([
  ['nothing', 'name: A', '', 'ours'],
  ['the field', 'name: { column: A, on_conflict: theirs }', '', 'theirs'],
  ['defaults', 'name: A', 'defaults: { on_conflict: theirs }', 'theirs'],
  [
    'the field against defaults',
    'name: { column: A, on_conflict: ours }',
    'defaults: { on_conflict: theirs }',
    'ours',
  ],
  ['a template', 'name: { template: "{A}", on_conflict: theirs }', '', 'theirs'],
  ['a fixed value', 'name: { value: x, on_conflict: theirs }', '', 'theirs'],
  ['a fixed value by default', 'name: { value: x }', 'defaults: { on_conflict: theirs }', 'theirs'],
])('%s decides who wins', async (_, fields, more, policy) => {
  const { conflictPolicy } = await compileCsv(fields, ['A'], more);
  expect(conflictPolicy('name')).toBe(policy);
});

test('a glob gives its policy to its fields, a whole object to its keys, and nobody else', async () => {
  const text = mappingText(`
custom_attributes.*: { columns: "cf_*", on_conflict: theirs }
custom_attributes.plan: p
additional_attributes: { column: a, on_conflict: theirs }`);
  const { conflictPolicy } = await compileMapping(
    parseMapping(text, 'm.yaml'),
    jsonlShape(['id', 'cf_a', 'p', 'a']),
  );
  const paths = {
    'custom_attributes.a': 'theirs',
    'custom_attributes.plan': 'ours',
    'custom_attributes.other': 'ours',
    'additional_attributes.city': 'theirs',
    'additional_attributes.social_profiles.x': 'theirs',
    'additional_attributes.key.with.dots': 'theirs',
    name: 'ours',
    '': 'ours',
  };
  expect(Object.fromEntries(Object.keys(paths).map((path) => [path, conflictPolicy(path)]))).toEqual(paths);
});

test.each([
  ['name: { column: A, on_conflict: mine }', '', 'm.yaml:5:35: this must be one of ours, theirs, enforce.'],
  ['name: { column: A, on_conflict: their }', '', 'Did you mean "theirs"?'],
  ['name: A', 'defaults: { on_conflict: error }', 'm.yaml:3:26: this must be one of ours, theirs, enforce.'],
  ['name: { column: A, onconflict: ours }', '', 'Did you mean "on_conflict"?'],
])('%s %s is refused', (fields, more, message) => {
  expect(thrownBy(() => parseMapping(mappingText(fields, more), 'm.yaml')).message).toContain(message);
});
