import { mappingError } from '../mapping-error.ts';
import {
  type OptionContext,
  type OptionValues,
  type OptionWord,
  optionOf,
  optionsAt,
  propertyOf,
} from '../options.ts';
import type { FieldType } from '../policies.ts';
import { asMap, child, requireKnownKeys } from './nodes.ts';
import type { MapNode, Node } from './yaml.ts';

/** What `defaults` says, as it is written: a field that says nothing itself reads its options there. */
export type Defaults = MapNode | undefined;

/** Checks `defaults` by itself, since there may be no field that follows it. */
export function parseDefaults(node: Node | undefined): Defaults {
  if (node === undefined) return undefined;
  const map = asMap(node, '"defaults"');
  const words = optionsAt('defaults');
  requireKnownKeys(map, words, '"defaults"');
  for (const word of words) {
    const option = child(map, word);
    if (option) optionOf(word).read(option, ANY_FIELD);
  }
  return map;
}

/** Checks the options of a field, every default filled in: its own, those of `defaults`, those of the language. */
export function readOptions<K extends OptionWord>(
  words: readonly K[],
  field: Pick<OptionContext, 'path' | 'target'>,
  map?: MapNode,
  defaults?: Defaults,
): OptionValues<K> {
  const values: { [property: string]: unknown; type?: FieldType } = {};
  const context: OptionContext = { ...field, own: (word) => map && child(map, word), read: values };
  for (const word of words) {
    const { types, beside, read, fallback } = optionOf(word);
    const own = context.own(word);
    if (types !== undefined && !(values.type && types.includes(values.type))) {
      if (own === undefined) continue;
      const type = values.type === undefined ? 'has no type' : `is of type ${values.type}`;
      const message = `"${word}" belongs to type ${types.join(' and ')}, and this field ${type}.`;
      throw mappingError(own.at, message);
    }
    if (own && beside && context.own(beside.word) === undefined) throw mappingError(own.at, beside.why);
    const node = own ?? (defaults && child(defaults, word));
    const value = node === undefined ? fallback?.(context) : read(node, context);
    if (value !== undefined) values[propertyOf(word)] = value;
  }
  return values as OptionValues<K>;
}

// --- internal ---

/** A field at which every policy may stand. */
const ANY_FIELD: OptionContext = {
  path: 'defaults',
  target: { kind: 'custom', key: '' },
  own: () => undefined,
  read: {},
};
