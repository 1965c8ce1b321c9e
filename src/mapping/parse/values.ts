import type { JsonValue } from '../../core/types.ts';
import { refusedConstant } from '../coerce/sendable.ts';
import { mappingError } from '../mapping-error.ts';
import { OTHERWISE_POLICIES } from '../policies.ts';
import type { Target } from '../targets.ts';
import { asData, asMap, child, oneOf, requireKnownKeys } from './nodes.ts';
import type { Node } from './yaml.ts';

/** What happens to a cell that `values` does not list. */
export type Otherwise = (typeof OTHERWISE_POLICIES)[number] | { readonly value: JsonValue };

/** Checks `values`, from the text of a cell to what is sent; `read` checks each value against the target. */
export function parseValues(node: Node, read: (node: Node) => JsonValue): ReadonlyMap<string, JsonValue> {
  const map = asMap(node, '"values"');
  if (map.entries.length === 0)
    throw mappingError(node.at, '"values" is empty. List what each cell stands for, as in { G: gold }.');
  const values = new Map<string, JsonValue>();
  for (const entry of map.entries) {
    const text = entry.key.trim();
    if (text === '') throw mappingError(entry.at, 'an empty cell follows "empty:", not "values".');
    if (values.has(text))
      throw mappingError(entry.at, 'this cell stands twice in "values". Keep one of them.');
    values.set(text, read(entry.node));
  }
  return values;
}

/** Checks `otherwise`: a word, or { value: … } for what is sent instead. */
export function parseOtherwise(node: Node, read: (node: Node) => JsonValue): Otherwise {
  if (node.kind === 'map') {
    requireKnownKeys(node, ['value'], '"otherwise"');
    const value = child(node, 'value');
    if (value === undefined) throw mappingError(node.at, 'write otherwise: { value: … }.');
    return { value: read(value) };
  }
  const words = OTHERWISE_POLICIES;
  if (node.kind === 'scalar' && words.every((word) => word !== node.value)) {
    const message = `"otherwise" is error, keep (leave the contact as it is) or send (the cell as it is).`;
    throw mappingError(node.at, `${message} For a fixed value write otherwise: { value: … }.`);
  }
  return oneOf(node, words);
}

/** A value written in the mapping, checked against what its target takes. */
export function constantFor(target: Target, node: Node): JsonValue {
  const value = asData(node);
  const refused = refusedConstant(target, value);
  if (refused !== undefined) throw mappingError(node.at, refused);
  return value;
}
