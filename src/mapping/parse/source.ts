import type { FieldSource } from '../document.ts';
import { mappingError } from '../mapping-error.ts';
import { optionsAt } from '../options.ts';
import type { PartialPolicy } from '../policies.ts';
import type { Target } from '../targets.ts';
import { SOURCE_WORDS, wordsOf } from '../vocabulary.ts';
import { asText, asTexts, child } from './nodes.ts';
import { type Defaults, readOptions } from './options.ts';
import { readTemplate } from './template.ts';
import { constantFor } from './values.ts';
import type { MapNode, Node } from './yaml.ts';

/** Checks the source of a field that is written out. */
export function parseSource(map: MapNode, path: string, target: Target, defaults: Defaults): FieldSource {
  const [kind, second] = wordsOf(SOURCE_WORDS).filter((key) => child(map, key) !== undefined);
  if (kind === undefined) {
    throw mappingError(map.at, `${path} needs a source: one of column, template, columns or value.`);
  }
  if (second !== undefined) {
    throw mappingError(map.at, `${path} has two sources, "${kind}" and "${second}". Keep one.`);
  }
  const { partial } = readOptions(optionsAt('template'), { path, target }, map, defaults);
  const node = child(map, kind) ?? map;
  switch (kind) {
    case 'column':
      return { kind, column: asText(node, 'the name of a column') };
    case 'template':
      return templateSource(node, partial);
    case 'columns':
      return { kind, globs: parseGlobs(node) };
    case 'value': {
      const known: readonly string[] = [kind, ...optionsAt('constant')];
      const extra = map.entries.find(({ key }) => !known.includes(key));
      if (extra) throw mappingError(extra.at, `"${extra.key}" has no effect on a fixed value. Remove it.`);
      return { kind, value: constantFor(target, node) };
    }
  }
}

/** A template such as `{first_name} {last_name}`. */
export function templateSource(
  node: Node,
  partial: PartialPolicy,
): Extract<FieldSource, { readonly kind: 'template' }> {
  const text = asText(node, 'a template');
  const parts = readTemplate(text);
  if (typeof parts === 'string') throw mappingError(node.at, parts);
  return { kind: 'template', text, parts, partial };
}

/** Where the columns of a field are named, which is what an error points at. */
export function sourceNode(node: Node): Node {
  if (node.kind !== 'map') return node;
  return child(node, 'column') ?? child(node, 'template') ?? child(node, 'columns') ?? node;
}

// --- internal ---

function parseGlobs(node: Node): readonly string[] {
  return asTexts(node, 'patterns of column names').map((glob) => {
    if (glob.split('*').length === 2) return glob;
    throw mappingError(node.at, 'a pattern holds one "*", as in "cf_*": what it stands for becomes the key.');
  });
}
