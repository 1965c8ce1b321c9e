import type { Field } from '../document.ts';
import { mappingError } from '../mapping-error.ts';
import {
  CONFLICT_POLICIES,
  type ConflictPolicy,
  EMPTY_POLICIES,
  type EmptyPolicy,
  PARTIAL_POLICIES,
  type PartialPolicy,
} from '../policies.ts';
import { allows, type Target } from '../targets.ts';
import { DEFAULTS_WORDS, wordsOf } from '../vocabulary.ts';
import { asMap, asTexts, child, oneOf, requireKnownKeys } from './nodes.ts';
import type { Node } from './yaml.ts';

/** What fields follow that say nothing themselves; `at` is where the mapping says it. */
export interface Defaults {
  readonly trim: boolean;
  readonly partial: PartialPolicy;
  readonly emptyValues: readonly string[];
  readonly onConflict: ConflictPolicy;
  readonly empty?: { readonly policy: EmptyPolicy; readonly at: string };
  readonly null?: { readonly policy: EmptyPolicy; readonly at: string };
}

/** Checks `defaults`. */
export function parseDefaults(node: Node | undefined): Defaults {
  if (node === undefined) return { trim: true, partial: 'keep', emptyValues: [], onConflict: 'ours' };
  const map = asMap(node, '"defaults"');
  requireKnownKeys(map, wordsOf(DEFAULTS_WORDS), '"defaults"');
  const trim = child(map, 'trim');
  const empty = child(map, 'empty');
  const nulls = child(map, 'null');
  const partial = child(map, 'partial');
  const onConflict = child(map, 'on_conflict');
  return {
    trim: trim ? oneOf(trim, [true, false]) : true,
    partial: partial ? oneOf(partial, PARTIAL_POLICIES) : 'keep',
    emptyValues: parseEmptyValues(child(map, 'empty_values')) ?? [],
    onConflict: onConflict ? oneOf(onConflict, CONFLICT_POLICIES) : 'ours',
    ...(empty && { empty: { policy: oneOf(empty, EMPTY_POLICIES), at: empty.at } }),
    ...(nulls && { null: { policy: oneOf(nulls, EMPTY_POLICIES), at: nulls.at } }),
  };
}

/** The cells that count as empty, without the white space around them; undefined where the mapping does not say. */
export function parseEmptyValues(node: Node | undefined): readonly string[] | undefined {
  if (node === undefined) return undefined;
  // a list of none at a field takes back what "defaults" says
  if (node.kind === 'list' && node.items.length === 0) return [];
  return asTexts(node, 'the cells that count as empty').map((text) => text.trim());
}

/** The policies of one field. Refuses to clear what nothing clears. */
export function parsePolicies(
  path: string,
  target: Target,
  option: (key: string) => Node | undefined,
  defaults: Defaults,
): Pick<Field, 'empty' | 'null' | 'emptyValues'> {
  const emptyValues = parseEmptyValues(option('empty_values')) ?? defaults.emptyValues;
  const emptyNode = option('empty');
  const nullNode = option('null');
  const empty = emptyNode ? oneOf(emptyNode, EMPTY_POLICIES) : (defaults.empty?.policy ?? 'keep');
  if (!allows(target, empty)) {
    const at = emptyNode?.at ?? defaults.empty?.at;
    throw mappingError(at, `${path} cannot be cleared. Write "empty: keep" or "empty: error" at this field.`);
  }
  if (nullNode === undefined) {
    const policy = defaults.null?.policy ?? empty;
    // a null is rare where nothing clears the field: it makes its row invalid, not the mapping
    return { empty, emptyValues, null: allows(target, policy) ? policy : 'error' };
  }
  const policy = oneOf(nullNode, EMPTY_POLICIES);
  if (allows(target, policy)) return { empty, emptyValues, null: policy };
  throw mappingError(nullNode.at, `${path} cannot be cleared. Write "null: keep" or "null: error".`);
}
