import { plainField } from '../compile/plain-field.ts';
import type { Field, FieldSource } from '../document.ts';
import { mappingError } from '../mapping-error.ts';
import { CONFLICT_POLICIES } from '../policies.ts';
import type { Target } from '../targets.ts';
import { POLICY_WORDS, READING_WORDS, SOURCE_WORDS, wordsOf } from '../vocabulary.ts';
import { asText, child, oneOf, requireKnownKeys } from './nodes.ts';
import { type Defaults, parsePolicies } from './policies.ts';
import { parseReading } from './reading.ts';
import { constantFor, parseSource, templateSource } from './source.ts';
import { looksLikeTemplate } from './template.ts';
import { parseOtherwise, parseValues } from './values.ts';
import type { MapNode, Node } from './yaml.ts';

const FIELD_KEYS = [...wordsOf(SOURCE_WORDS), ...wordsOf(READING_WORDS), ...wordsOf(POLICY_WORDS)];

/** Checks one field: a column, a template if it has braces, or everything written out. */
export function parseField(path: string, target: Target, node: Node, defaults: Defaults): Field {
  const map = node.kind === 'map' ? node : undefined;
  if (map !== undefined) {
    refuseBareTemplate(map);
    requireKnownKeys(map, FIELD_KEYS, path);
  }
  const source = map === undefined ? shortSource(node, defaults) : parseSource(map, path, target, defaults);
  refuseMisfit(path, target, source, node);
  const option = (key: string) => (map === undefined ? undefined : child(map, key));
  const conflict = option('on_conflict');
  const onConflict = conflict ? oneOf(conflict, CONFLICT_POLICIES) : defaults.onConflict;
  if (source.kind === 'value') return { ...plainField(path, target, source), onConflict };

  const trim = option('trim');
  return {
    path,
    target,
    source,
    ...parseReading(map, target, node.at),
    trim: trim ? oneOf(trim, [true, false]) : defaults.trim,
    ...parsePolicies(path, target, option, defaults),
    ...parseTable(option('values'), option('otherwise'), path, target),
    onConflict,
  };
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

function shortSource(node: Node, defaults: Defaults): FieldSource {
  const text = asText(node, 'the name of a column, or a template like "{first_name} {last_name}"');
  return looksLikeTemplate(text) ? templateSource(node, defaults.partial) : { kind: 'column', column: text };
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

function parseTable(
  values: Node | undefined,
  otherwise: Node | undefined,
  path: string,
  target: Target,
): Pick<Field, 'values' | 'otherwise'> {
  if (values === undefined) {
    if (otherwise) throw mappingError(otherwise.at, '"otherwise" needs "values" beside it.');
    return { otherwise: 'error' };
  }
  if (target.kind === 'whole')
    throw mappingError(values.at, `"values" cannot make a cell into all of ${path}.`);
  const read = (node: Node) => constantFor(target, node);
  return {
    values: parseValues(values, read),
    otherwise: otherwise ? parseOtherwise(otherwise, read) : 'error',
  };
}
