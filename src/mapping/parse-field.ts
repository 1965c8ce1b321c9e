import type { JsonValue } from '../types.ts';
import {
  EMPTY_POLICIES,
  type EmptyPolicy,
  type Expectation,
  type Field,
  PARTIAL_POLICIES,
  type PartialPolicy,
  type Source,
} from './document.ts';
import { mappingError } from './mapping-error.ts';
import { asData, asMap, asText, asTexts, child, oneOf, requireKnownKeys } from './nodes.ts';
import { parseReading, READING_KEYS } from './parse-reading.ts';
import { parseOtherwise, parseValues } from './parse-values.ts';
import { refusedConstant } from './sendable.ts';
import { allows, readTarget, type Target } from './targets.ts';
import { looksLikeTemplate, readTemplate } from './template.ts';
import type { MapNode, Node } from './yaml.ts';

/** What fields follow that say nothing themselves; `at` is where the mapping says it. */
export interface Defaults {
  readonly trim: boolean;
  readonly partial: PartialPolicy;
  readonly empty?: { readonly policy: EmptyPolicy; readonly at: string };
  readonly null?: { readonly policy: EmptyPolicy; readonly at: string };
}

const SOURCE_KEYS = ['column', 'template', 'columns', 'value'] as const;
const FIELD_KEYS = [
  ...SOURCE_KEYS,
  ...READING_KEYS,
  'trim',
  'empty',
  'null',
  'partial',
  'values',
  'otherwise',
] as const;

/** Checks `fields`, each alone and then against each other, and notes where each stands. */
export function parseFields(node: Node, defaults: Defaults, places: Map<string, string>): readonly Field[] {
  const map = asMap(node, '"fields"');
  if (map.entries.length === 0) throw mappingError(map.at, '"fields" is empty: nothing would be sent.');
  const fields = map.entries.map((entry) => {
    const target = targetOf(entry.key, entry.at);
    places.set(`fields.${entry.key}`, entry.node.at);
    return parseField(entry.key, target, entry.node, defaults);
  });
  refuseOverlaps(fields, map);
  return fields;
}

/** Checks `expect`: field to column, or to { column, empty }. */
export function parseExpect(node: Node | undefined, places: Map<string, string>): readonly Expectation[] {
  if (node === undefined) return [];
  return asMap(node, '"expect"').entries.map(({ key: path, at, node }) => {
    const target = targetOf(path, at);
    if (target.kind === 'whole' || target.key === '*') {
      throw mappingError(
        at,
        `"expect" compares single values: name one field, as in custom_attributes.crm_id.`,
      );
    }
    places.set(`expect.${path}`, node.at);
    if (node.kind !== 'map')
      return { path, target, column: asText(node, 'the name of a column'), empty: 'error' };
    requireKnownKeys(node, ['column', 'empty'], `"expect" of ${path}`);
    const column = child(node, 'column');
    if (column === undefined) throw mappingError(node.at, `"column" is missing for ${path}.`);
    const empty = child(node, 'empty');
    return {
      path,
      target,
      column: asText(column, 'the name of a column'),
      empty: empty ? oneOf(empty, ['error', 'keep']) : 'error',
    };
  });
}

// --- internal ---

function targetOf(path: string, at: string): Target {
  const target = readTarget(path);
  if (typeof target === 'string') throw mappingError(at, target);
  return target;
}

function parseField(path: string, target: Target, node: Node, defaults: Defaults): Field {
  if (node.kind !== 'map') {
    const text = asText(node, 'the name of a column, or a template like "{first_name} {last_name}"');
    const source: Source = looksLikeTemplate(text)
      ? templateSource(text, node)
      : { kind: 'column', column: text };
    return fieldOf(path, target, source, undefined, node, defaults);
  }
  requireKnownKeys(node, FIELD_KEYS, path);
  return fieldOf(path, target, parseSource(node, path, target), node, node, defaults);
}

function parseSource(map: MapNode, path: string, target: Target): Source {
  const given = SOURCE_KEYS.filter((key) => child(map, key) !== undefined);
  const [kind, second] = given;
  if (kind === undefined) {
    throw mappingError(map.at, `${path} needs a source: one of column, template, columns or value.`);
  }
  if (second !== undefined) {
    throw mappingError(map.at, `${path} has two sources, "${kind}" and "${second}". Keep one.`);
  }
  const node = child(map, kind) ?? map;
  switch (kind) {
    case 'column':
      return { kind, column: asText(node, 'the name of a column') };
    case 'template':
      return templateSource(asText(node, 'a template'), node);
    case 'columns':
      return { kind, globs: parseGlobs(node) };
    case 'value': {
      const extra = map.entries.find((entry) => entry.key !== 'value');
      if (extra) throw mappingError(extra.at, `"${extra.key}" has no effect on a fixed value. Remove it.`);
      return { kind, value: constantFor(target, node) };
    }
  }
}

function templateSource(text: string, node: Node): Source {
  const parts = readTemplate(text);
  if (typeof parts === 'string') throw mappingError(node.at, parts);
  return { kind: 'template', text, parts };
}

function parseGlobs(node: Node): readonly string[] {
  return asTexts(node, 'patterns of column names').map((glob) => {
    if (glob.split('*').length === 2) return glob;
    throw mappingError(node.at, 'a pattern holds one "*", as in "cf_*": what it stands for becomes the key.');
  });
}

/** A fixed value, checked as far as its target is choosy. */
function constantFor(target: Target, node: Node): JsonValue {
  const value = asData(node);
  const refused = refusedConstant(target, value);
  if (refused !== undefined) throw mappingError(node.at, refused);
  return value;
}

function fieldOf(
  path: string,
  target: Target,
  source: Source,
  map: MapNode | undefined,
  node: Node,
  defaults: Defaults,
): Field {
  const isGlobTarget = target.kind === 'custom' && target.key === '*';
  if (isGlobTarget !== (source.kind === 'columns')) {
    throw mappingError(
      node.at,
      isGlobTarget
        ? '"custom_attributes.*" takes its columns by a pattern. Write { columns: "cf_*" }.'
        : '"columns" belongs to "custom_attributes.*" alone. Write { column: … } for a single one.',
    );
  }
  const option = (key: string) => (map === undefined ? undefined : child(map, key));
  const trim = option('trim');
  const partial = option('partial');
  if (partial && source.kind !== 'template') {
    throw mappingError(
      partial.at,
      '"partial" belongs to templates: it says what happens when some columns are empty.',
    );
  }
  const values = option('values');
  const otherwise = option('otherwise');
  if (otherwise && !values) throw mappingError(otherwise.at, '"otherwise" needs "values" beside it.');
  const empty = emptyPolicy(path, target, option('empty'), defaults.empty);
  return {
    path,
    target,
    source,
    ...parseReading(map, target, node.at),
    trim: trim ? oneOf(trim, [true, false]) : defaults.trim,
    empty,
    null: nullPolicy(path, target, option('null'), defaults, empty),
    partial: partial ? oneOf(partial, PARTIAL_POLICIES) : defaults.partial,
    ...(values && { values: parseValues(values, (node) => constantFor(target, node)) }),
    otherwise: otherwise ? parseOtherwise(otherwise, (node) => constantFor(target, node)) : 'error',
  };
}

function emptyPolicy(
  path: string,
  target: Target,
  node: Node | undefined,
  fallback: Defaults['empty'],
): EmptyPolicy {
  const policy = node ? oneOf(node, EMPTY_POLICIES) : (fallback?.policy ?? 'keep');
  if (allows(target, policy)) return policy;
  const at = node?.at ?? fallback?.at;
  throw mappingError(at, `${path} cannot be cleared. Write "empty: keep" or "empty: error" at the field.`);
}

/** Nulls are rare where a field cannot be cleared, so a default of `clear` makes such a row invalid instead of the mapping. */
function nullPolicy(
  path: string,
  target: Target,
  node: Node | undefined,
  defaults: Defaults,
  empty: EmptyPolicy,
): EmptyPolicy {
  if (node === undefined) {
    const policy = defaults.null?.policy ?? empty;
    return allows(target, policy) ? policy : 'error';
  }
  const policy = oneOf(node, EMPTY_POLICIES);
  if (allows(target, policy)) return policy;
  throw mappingError(node.at, `${path} cannot be cleared. Write "null: keep" or "null: error".`);
}

/** Two sources for one place in the body: whichever came last would win, so neither is taken. */
function refuseOverlaps(fields: readonly Field[], map: MapNode): void {
  const paths = new Set(fields.map((field) => field.path));
  for (const { key, at } of map.entries) {
    for (let dot = key.indexOf('.'); dot !== -1; dot = key.indexOf('.', dot + 1)) {
      const outer = key.slice(0, dot);
      const isWhole = outer.endsWith('_attributes') || outer === 'additional_attributes.social_profiles';
      if (isWhole && paths.has(outer)) {
        throw mappingError(
          at,
          `${key} is set twice: ${outer} is mapped as a whole object too. Keep one of them.`,
        );
      }
    }
  }
}
