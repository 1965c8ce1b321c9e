import { plainField } from '../compile/plain-field.ts';
import type { Field, FieldSource } from '../document.ts';
import { mappingError } from '../mapping-error.ts';
import { OPTION_WORDS, optionsAt } from '../options.ts';
import type { Target } from '../targets.ts';
import { SOURCE_WORDS, wordsOf } from '../vocabulary.ts';
import { asText, requireKnownKeys } from './nodes.ts';
import { type Defaults, readOptions } from './options.ts';
import { parseSource, templateSource } from './source.ts';
import { looksLikeTemplate } from './template.ts';
import type { MapNode, Node } from './yaml.ts';

const FIELD_KEYS = [...wordsOf(SOURCE_WORDS), ...OPTION_WORDS];

/** Checks one field: a column, a template if it has braces, or everything written out. */
export function parseField(path: string, target: Target, node: Node, defaults: Defaults): Field {
  const map = node.kind === 'map' ? node : undefined;
  if (map !== undefined) {
    refuseBareTemplate(map);
    requireKnownKeys(map, FIELD_KEYS, path);
  }
  const field = { path, target };
  const source =
    map === undefined ? shortSource(field, node, defaults) : parseSource(map, path, target, defaults);
  refuseMisfit(path, target, source, node);
  const constant = readOptions(optionsAt('constant'), field, map, defaults);
  if (source.kind === 'value') return { ...plainField(path, target, source), ...constant };
  return { ...field, source, ...readOptions(optionsAt('field'), field, map, defaults) };
}

// --- internal ---

/** YAML takes `name: {first_name}` for a list of keys. */
function refuseBareTemplate(map: MapNode): void {
  const [only, ...others] = map.entries;
  if (FIELD_KEYS.some((key) => key === only?.key)) return;
  if (!only || others.length > 0 || only.node.kind !== 'scalar' || only.node.value !== null) return;
  throw mappingError(
    map.at,
    `put a template into quotes: "{${only.key}}". For a column alone write its name.`,
  );
}

function shortSource(field: Pick<Field, 'path' | 'target'>, node: Node, defaults: Defaults): FieldSource {
  const text = asText(node, 'the name of a column, or a template like "{first_name} {last_name}"');
  if (!looksLikeTemplate(text)) return { kind: 'column', column: text };
  return templateSource(node, readOptions(optionsAt('template'), field, undefined, defaults).partial);
}

/** A glob needs a target with a `*`, and a whole object comes from one place. */
function refuseMisfit(path: string, target: Target, source: FieldSource, node: Node): void {
  const isGlobTarget = target.kind === 'custom' && target.key === '*';
  if (isGlobTarget && source.kind !== 'columns') {
    throw mappingError(node.at, `${path} takes its columns by a pattern. Write { columns: "cf_*" }.`);
  }
  if (!isGlobTarget && source.kind === 'columns') {
    throw mappingError(
      node.at,
      '"columns" belongs to custom_attributes.* alone. Write { column: … } for one.',
    );
  }
  if (target.kind === 'whole' && source.kind === 'template') {
    throw mappingError(node.at, `${path} is a whole object: it takes one column, not a template.`);
  }
}
