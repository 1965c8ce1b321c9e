import type { Expectation, Field } from '../document.ts';
import { mappingError } from '../mapping-error.ts';
import { EXPECT_POLICIES } from '../policies.ts';
import { readTarget, type Target } from '../targets.ts';
import { EXPECT_WORDS, wordsOf } from '../vocabulary.ts';
import { parseField } from './field.ts';
import { asMap, asText, child, oneOf, requireKnownKeys } from './nodes.ts';
import { type Defaults, readOptions } from './options.ts';
import { sourceNode } from './source.ts';
import type { MapNode, Node } from './yaml.ts';

/** Checks `fields`, each alone and then against each other, and notes where each stands. */
export function parseFields(node: Node, defaults: Defaults, places: Map<string, string>): readonly Field[] {
  const map = asMap(node, '"fields"');
  if (map.entries.length === 0) throw mappingError(map.at, '"fields" is empty: nothing would be sent.');
  const fields = map.entries.map((entry) => {
    const target = targetOf(entry.key, entry.at);
    places.set(`fields.${entry.key}`, sourceNode(entry.node).at);
    return parseField(entry.key, target, entry.node, defaults);
  });
  refuseOverlaps(map);
  return fields;
}

/** Checks `expect`: field to column, or to { column, empty }. */
export function parseExpect(
  node: Node | undefined,
  defaults: Defaults,
  places: Map<string, string>,
): readonly Expectation[] {
  if (node === undefined) return [];
  return asMap(node, '"expect"').entries.map((entry) => {
    const target = targetOf(entry.key, entry.at);
    if (target.kind === 'whole' || target.key === '*') {
      throw mappingError(entry.at, '"expect" compares single values: name one field, as in identifier.');
    }
    places.set(`expect.${entry.key}`, sourceNode(entry.node).at);
    const { emptyValues } = readOptions(['empty_values'], { path: entry.key, target }, undefined, defaults);
    return { ...parseExpectation(entry.key, target, entry.node), emptyValues };
  });
}

// --- internal ---

function targetOf(path: string, at: string): Target {
  const target = readTarget(path);
  if (typeof target === 'string') throw mappingError(at, target);
  return target;
}

function parseExpectation(path: string, target: Target, node: Node): Omit<Expectation, 'emptyValues'> {
  if (node.kind !== 'map')
    return { path, target, column: asText(node, 'the name of a column'), empty: 'error' };
  requireKnownKeys(node, wordsOf(EXPECT_WORDS), `"expect" of ${path}`);
  const column = child(node, 'column');
  if (column === undefined) throw mappingError(node.at, `"column" is missing for ${path}.`);
  const empty = child(node, 'empty');
  return {
    path,
    target,
    column: asText(column, 'the name of a column'),
    empty: empty ? oneOf(empty, EXPECT_POLICIES) : 'error',
  };
}

const WHOLES = ['custom_attributes', 'additional_attributes', 'additional_attributes.social_profiles'];

/** Two sources for one place in the body: whichever came last would win, so neither is taken. */
function refuseOverlaps(map: MapNode): void {
  const paths = new Set(map.entries.map(({ key }) => key));
  for (const { key, at } of map.entries) {
    const whole = WHOLES.find((outer) => paths.has(outer) && key.startsWith(`${outer}.`));
    if (whole === undefined) continue;
    throw mappingError(
      at,
      `${key} is set twice: ${whole} is mapped as a whole object too. Keep one of them.`,
    );
  }
}
