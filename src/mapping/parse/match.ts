import { didYouMean } from '../../core/did-you-mean.ts';
import { KEY_FIELDS, type KeyField } from '../../core/types.ts';
import { plainField } from '../compile/plain-field.ts';
import type { Key } from '../document.ts';
import { mappingError } from '../mapping-error.ts';
import { optionsAt } from '../options.ts';
import type { Target } from '../targets.ts';
import { asText, child, requireKnownKeys } from './nodes.ts';
import { type Defaults, readOptions } from './options.ts';
import { sourceNode, templateSource } from './source.ts';
import { looksLikeTemplate } from './template.ts';
import type { MapNode, Node } from './yaml.ts';

const EXAMPLE = 'as in match: { identifier: crm_id }';

/** Checks `match`: keys to columns in the order in which they are tried, or a list with one key in each item. */
export function parseMatch(node: Node, defaults: Defaults, places: Map<string, string>): readonly Key[] {
  const entries = entriesOf(node);
  if (entries.length === 0) throw mappingError(node.at, `"match" is empty: name a key, ${EXAMPLE}.`);
  return entries.map((entry) => {
    const field = keyFieldOf(entry.key, entry.at);
    const place = `match.${field}`;
    if (places.has(place)) {
      throw mappingError(entry.at, `${field} stands twice in "match". Keep one of them.`);
    }
    places.set(place, sourceNode(entry.node).at);
    return parseKey(field, entry.node, defaults);
  });
}

// --- internal ---

function entriesOf(node: Node): MapNode['entries'] {
  if (node.kind === 'map') return node.entries;
  if (node.kind === 'scalar') {
    throw mappingError(node.at, `"match" says which column holds which key, ${EXAMPLE}.`);
  }
  return node.items.flatMap((item) => {
    if (item.kind === 'map' && item.entries.length === 1) return item.entries;
    throw mappingError(item.at, 'each item of "match" is one key and its column, as in - identifier: crm_id');
  });
}

function keyFieldOf(name: string, at: string): KeyField {
  const field = KEY_FIELDS.find((known) => known === name);
  if (field !== undefined) return field;
  if (name === 'id' || name === 'contact_id') {
    throw mappingError(
      at,
      `a contact whose id is known needs no match. Write contact_id: <column> instead of "match".`,
    );
  }
  const hint =
    didYouMean(name, KEY_FIELDS) ||
    ` Contacts are found by ${KEY_FIELDS.join(', ')}: nothing else is unique in an account.`;
  throw mappingError(at, `${JSON.stringify(name)} is no key of a contact.${hint}`);
}

function parseKey(field: KeyField, node: Node, defaults: Defaults): Key {
  const target: Target = { kind: 'column', key: field };
  const map = node.kind === 'map' ? node : undefined;
  const words = optionsAt('match');
  if (map !== undefined) {
    requireKnownKeys(map, ['column', 'template', ...words], `"match" by ${field}`);
  }
  const source = sourceOf(field, node);
  const options = readOptions(words, { path: field, target }, map, defaults);
  return { ...plainField(field, target, source), path: field, source, ...options };
}

function sourceOf(field: KeyField, node: Node): Key['source'] {
  if (node.kind !== 'map') {
    const text = asText(node, 'the name of a column, or a template like "{region}-{number}"');
    return looksLikeTemplate(text) ? keyTemplate(node) : { kind: 'column', column: text };
  }
  const column = child(node, 'column');
  const template = child(node, 'template');
  if (column !== undefined && template !== undefined) {
    throw mappingError(template.at, `${field} has two sources, "column" and "template". Keep one.`);
  }
  if (template !== undefined) return keyTemplate(template);
  if (column === undefined) throw mappingError(node.at, `"column" is missing for ${field}.`);
  return { kind: 'column', column: asText(column, 'the name of a column') };
}

/** Half a key would find another contact, so a template with an empty column is no key, whatever `defaults` says. */
const keyTemplate = (node: Node) => templateSource(node, 'keep');
