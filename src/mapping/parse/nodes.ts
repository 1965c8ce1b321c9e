import { didYouMean } from '../../core/did-you-mean.ts';
import type { JsonObject, JsonValue } from '../../core/types.ts';
import { survivesJson } from '../coerce/exact-number.ts';
import { mappingError } from '../mapping-error.ts';
import type { MapNode, Node } from './yaml.ts';

/** The node as a map; `what` names it in the error. */
export function asMap(node: Node, what: string): MapNode {
  if (node.kind === 'map') return node;
  throw mappingError(node.at, `${what} must be a list of "key: value" pairs.`);
}

/** The node as a text that is not empty; `what` names it in the error. */
export function asText(node: Node, what: string): string {
  if (node.kind === 'scalar' && node.value !== null && node.text !== '') return node.text;
  throw mappingError(
    node.at,
    `here belongs ${what}, as one text. Put it in quotes if it holds odd characters.`,
  );
}

/** One text or a list of them, at least one. */
export function asTexts(node: Node, what: string): readonly string[] {
  const items = node.kind === 'list' ? node.items : [node];
  if (items.length === 0) throw mappingError(node.at, `here belong ${what}: the list is empty.`);
  return items.map((item) => {
    if (item.kind === 'scalar' && (item.value !== null || item.text !== '')) return item.text;
    throw mappingError(item.at, `here belong ${what}, as texts.`);
  });
}

/** The same for texts of cells. A bare `null` is refused: it may be meant as that word or as an empty cell. */
export function asCells(node: Node, what: string): readonly string[] {
  const items = node.kind === 'list' ? node.items : [node];
  for (const item of items) {
    if (item.kind !== 'scalar' || item.value !== null || item.text === '') continue;
    const { at, text } = item;
    throw mappingError(
      at,
      `${text} without quotes may be meant as an empty cell or as that text. Write '' or '${text}'.`,
    );
  }
  return asTexts(node, what);
}

/** The node as one of a few words. */
export function oneOf<const T extends string | boolean>(node: Node, words: readonly T[]): T {
  const found = node.kind === 'scalar' ? words.find((word) => word === node.value) : undefined;
  if (found !== undefined) return found;
  const hint = node.kind === 'scalar' ? didYouMean(node.text, words.map(String)) : '';
  const shown = words.map((word) => (/^\w/.test(String(word)) ? word : JSON.stringify(word)));
  throw mappingError(node.at, `this must be one of ${shown.join(', ')}.${hint}`);
}

/** The node as plain data. A number that would be sent as other characters than those written is refused, as `01234` is. */
export function asData(node: Node): JsonValue {
  if (node.kind === 'list') return node.items.map(asData);
  if (node.kind === 'map') {
    const data: JsonObject = Object.create(null);
    for (const { key, node: value } of node.entries) data[key] = asData(value);
    return data;
  }
  if (typeof node.value !== 'number') return node.value;
  const sent = JSON.stringify(node.value);
  if (sent === node.text) return node.value;
  const isExact = !/^[-+]?[\d.]+(e[-+]?\d+)?$/i.test(node.text) || survivesJson(node.text);
  const message =
    Number.isFinite(node.value) && isExact
      ? `this is the number ${sent}. Put it in quotes to send it as it is written, or write ${sent}.`
      : 'JSON cannot hold this number exactly. Put it in quotes to send it as a text.';
  throw mappingError(node.at, message);
}

/** The value of a key, or undefined. */
export function child(map: MapNode, key: string): Node | undefined {
  return map.entries.find((entry) => entry.key === key)?.node;
}

/** Refuses keys that mean nothing here: a misspelt option must not be ignored. */
export function requireKnownKeys(map: MapNode, known: readonly string[], where: string): void {
  for (const { key, at } of map.entries) {
    if (known.includes(key)) continue;
    const hint = didYouMean(key, known) || ` Known are ${known.join(', ')}.`;
    throw mappingError(at, `${JSON.stringify(key)} means nothing in ${where}.${hint}`);
  }
}
